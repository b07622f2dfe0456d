"""The resident's mark for the work, from one to five, once the request is closed as fixed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.actors import Actor
from requests_app.lifecycle.operation import Made, event_of, operate, said
from requests_app.lifecycle.refusals import Refused
from requests_app.models import BEST, WORST, EventKind, Mark, Request, RequestEvent
from requests_app.statuses import Outcome, Status
from requests_app.steps import Role

# As long as an objection is heard: who may still say that it broke again has seen the work.
MARK_WITHIN = timedelta(days=30)
_SPEAKERS = frozenset({Role.RESIDENT, Role.OPERATOR})


def may_be_marked(item: Request, *, at: datetime) -> bool:
    """Whether a resident may give or change the mark now."""
    return (
        item.status == Status.CLOSED
        and item.outcome == Outcome.FIXED
        and item.closed_at is not None
        and at <= item.closed_at + MARK_WITHIN
    )


def mark(
    item: Request,
    *,
    value: int,
    by: Actor,
    at: datetime,
    text: str = "",
    address: str = "",
    seen_version: int | None = None,
    idempotency_key: str = "",
) -> Request:
    """
    Give the request the resident's mark, or change it; an operator writes down what was said.

    `address` is where a resident's mark comes from; only a keyed digest of it is kept.
    """

    def make(made: Made) -> RequestEvent:
        if not WORST <= value <= BEST:
            raise Refused("mark", _("Choose a mark from one to five."), "mark_needed")
        if not may_be_marked(made.item, at=made.at):
            raise Refused(
                "", _("Only work that was done within the last month is marked."), "not_to_mark"
            )
        event = event_of(
            made, EventKind.MARKED, text=said(text, needed=False), data={"mark": value}
        )
        Mark.objects.update_or_create(
            request=made.item,
            defaults={
                "value": value,
                "at": made.at,
                "by": event.author,
                "origin": _digest(address) if made.role is Role.RESIDENT else "",
            },
        )
        return event

    return operate(
        item,
        "mark",
        make,
        by=by,
        at=at,
        meant={"mark": value, "text": text},
        seen_version=seen_version,
        idempotency_key=idempotency_key,
        roles=_SPEAKERS,
    )


def _digest(address: str) -> str:
    if not address:
        return ""
    return salted_hmac("requests_app.mark", address, algorithm="sha256").hexdigest()[:32]
