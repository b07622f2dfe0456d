"""
Taking a table of states: all of it or nothing, and once however often it is sent.

The preview makes every step and rolls all of it back, so what it promises is what happens. A row
that says what is so already changes nothing: the same file sent again is taken and does nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Executor
from disclosure.sheets.form_file import CellFault
from requests_app import lifecycle
from requests_app.cabinet import bringing, sheet
from requests_app.cabinet.sheet import Row
from requests_app.models import Request
from requests_app.statuses import Status

_COLUMN_OF = {
    "to": sheet.STATE,
    "planned_at": sheet.PLANNED,
    "act.signed_on": sheet.ACT_ON,
    "act.signer": sheet.ACT_BY,
    "text": sheet.WORDS,
}


@dataclass(frozen=True)
class Change:
    """What a row does to its request, in words."""

    number: str
    address: str
    before: str
    after: str
    planned_at: datetime | None


@dataclass
class Outcome:
    """What was done, or would be; with any fault, nothing."""

    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0
    faults: list[CellFault] = field(default_factory=list)


def run(rows: Sequence[Row], *, by: Executor, at: datetime, is_rehearsal: bool) -> Outcome:
    """Bring the requests to what the rows say; a rehearsal or any fault leaves all as it was."""
    found = Outcome()
    with transaction.atomic():
        items = {
            item.number: item
            for item in Request.objects.visible_to(by)
            .filter(number__in=[row.number for row in rows])
            .select_related("building")
            .without_texts()
        }
        acts = bringing.acts_of(items.values())
        # In one order for everybody: two files of the same requests must not wait for each other.
        for row in sorted(rows, key=lambda one: one.number):
            item = items.get(row.number)
            if item is None:
                # As if it did not exist: it may be another organisation's.
                found.faults.append(
                    CellFault(row.cells[sheet.NUMBER], _("You have no request with this number."))
                )
                continue
            try:
                with transaction.atomic():
                    after = bringing.bring(row, item, acts.get(item.pk, frozenset()), by=by, at=at)
            except lifecycle.Refused as refused:
                found.faults.append(CellFault(_cell(row, refused.field), refused.message))
            else:
                if after is None:
                    found.unchanged += 1
                else:
                    found.changes.append(_change(item, after))
        if is_rehearsal or found.faults:
            transaction.set_rollback(True)
    return found


def _change(before: Request, after: Request) -> Change:
    return Change(
        number=after.number,
        address=before.building.address,
        before=str(Status(before.status).label),
        after=str(Status(after.status).label),
        planned_at=after.planned_at if after.planned_at != before.planned_at else None,
    )


def _cell(row: Row, field_name: str) -> str:
    column = _COLUMN_OF.get(field_name, sheet.NUMBER)
    # A column that the file has not is told of at the number.
    return row.cells.get(column, row.cells[sheet.NUMBER])
