"""
Taking a step back while nothing of it has left: the letters are deleted, the row stands as before.

The timeline keeps both lines: what was written there is never unwritten.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Operator
from notifications import outbox
from notifications.models import Priority
from requests_app import letters
from requests_app.lifecycle.operation import CHANGING
from requests_app.models import Author, EventKind, Request, RequestEvent
from requests_app.statuses import Status

# How long the letters of a batch wait for second thoughts.
HOLD = timedelta(minutes=2)

# What a step may change; number, text, contact and moment of filing are never touched.
COLUMNS = [name for name in CHANGING if name not in {"version", "changed_at"}]


class CannotTakeBack(Exception):
    """The step stands; the message says why, for people."""


def snapshot(item: Request) -> dict[str, Any]:
    """Return the columns that a step may change, as JSON."""
    values = {}
    for name in COLUMNS:
        field: Any = Request._meta.get_field(name)
        values[name] = field.value_to_string(item) if _value(item, name) is not None else None
    return values


def hold(event: RequestEvent, *, at: datetime) -> None:
    """Let the letters about the event wait; what an emergency needs is not held."""
    held = outbox.written_under(letters.keys_of(event.pk)).filter(not_before__lt=at + HOLD)
    held.exclude(priority=Priority.EMERGENCY).update(not_before=at + HOLD)


def take_back(
    item: Request,
    event: RequestEvent,
    *,
    before: dict[str, Any],
    version: int,
    by: Operator,
    at: datetime,
) -> None:
    """
    Restore the request to `before`, if it still stands at `version` and no letter has left.

    Raise CannotTakeBack and write nothing.
    """
    with transaction.atomic():
        row = (
            Request.objects.visible_to(by)
            .select_for_update()
            .defer("search")
            .filter(pk=item.pk)
            .first()
        )
        if row is None:
            raise CannotTakeBack(_("There is no such request."))
        if row.version != version:
            raise CannotTakeBack(_("somebody has gone on with it"))
        try:
            outbox.take_back(letters.keys_of(event.pk))
        except outbox.HasLeft:
            raise CannotTakeBack(_("a letter has left already")) from None
        if row.status == Status.CLOSED:
            outbox.matter_goes_on(letters.topic(row))
        for name, text in before.items():
            field: Any = Request._meta.get_field(name)
            value = None if text is None else field.to_python(text)
            setattr(row, field.attname, value)
        row.version += 1
        row.changed_at = max(at, row.changed_at)
        row.save(update_fields=[*before, "version", "changed_at"])
        RequestEvent.objects.create(
            request=row,
            at=row.changed_at,
            kind=event.kind,
            step="undo" if event.kind == EventKind.STATUS else "",
            status=row.status,
            text=_("Taken back by the contact centre."),
            public=event.public,
            author=Author.OPERATOR,
            user_id=by.id,
            data={"operator": row.assigned_to_id} if event.kind == EventKind.ASSIGNED else {},
        )


def _value(item: Request, name: str) -> Any:
    return getattr(item, Request._meta.get_field(name).attname)  # type: ignore[union-attr]
