"""A broken deadline climbs: the timeline says who was told of it."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.actors import System
from notifications.webhooks.emitting import emit
from requests_app.lifecycle.operation import Made, event_of, operate
from requests_app.lifecycle.refusals import Refused
from requests_app.models import Escalation, EventKind, Request, RequestEvent, Rung
from requests_app.steps import Role

_PORTAL = frozenset({Role.SYSTEM})


def escalate(item: Request, rung: Rung, *, at: datetime) -> Request:
    """
    Write down that `rung` is told of the request's broken deadline; the caller tells it.

    Raise Refused when the work is done or the clock stands meanwhile, or the rung knows already.
    """

    def make(made: Made) -> RequestEvent:
        row = made.item
        if not row.is_open or row.paused_at is not None or row.due_at >= made.at:
            raise Refused("", _("The request is not overdue."), "not_overdue")
        told, is_new = Escalation.objects.get_or_create(
            request=row, rung=rung, defaults={"at": made.at, "due_at": row.due_at}
        )
        if not is_new:
            raise Refused("", _("They were told already."), "escalated")
        if not Escalation.objects.filter(request=row).exclude(pk=told.pk).exists():
            emit("request.deadline_passed", row.pk, at=made.at, due_at=row.due_at.isoformat())
        return event_of(
            made,
            EventKind.ESCALATED,
            data={"rung": rung.value, "due_at": row.due_at.isoformat()},
        )

    return operate(item, "escalate", make, by=System(), roles=_PORTAL, at=at, meant={})
