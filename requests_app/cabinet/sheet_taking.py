"""
Taking a table of states: all of it or nothing, and once however often it is sent.

The preview makes every step and rolls all of it back, so what it promises is what happens. A row
that says what is so already changes nothing: the same file sent again is taken and does nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Executor
from disclosure.sheets.form_file import CellFault
from requests_app import lifecycle, steps
from requests_app.cabinet import sheet
from requests_app.cabinet.sheet import Row
from requests_app.models import Act, Request
from requests_app.statuses import Status
from requests_app.steps import Role
from requests_app.typed_text import one_line

# A row is brought to its state over these; a question to the resident is asked only when meant.
_OVER = frozenset({Status.ACCEPTED, Status.IN_PROGRESS})
_TAKING_ON = {Status.ACCEPTED, Status.IN_PROGRESS}
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


def way(source: str, target: str) -> list[Status] | None:
    """Return the shortest way of an executor from a state to another; None when there is none."""
    queue = deque([(Status(source), list[Status]())])
    seen = {Status(source)}
    while queue:
        here, gone = queue.popleft()
        for step in steps.open_to(here, Role.EXECUTOR):
            if step.target == target:
                return [*gone, step.target]
            if step.target in _OVER and step.target not in seen:
                seen.add(step.target)
                queue.append((step.target, [*gone, step.target]))
    return None


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
        acts = _acts(items.values())
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
                    change = _take(row, item, acts.get(item.pk, set()), by=by, at=at)
            except lifecycle.Refused as refused:
                found.faults.append(CellFault(_cell(row, refused.field), refused.message))
            else:
                if change is None:
                    found.unchanged += 1
                else:
                    found.changes.append(change)
        if is_rehearsal or found.faults:
            transaction.set_rollback(True)
    return found


def _acts(items: Iterable[Request]) -> dict[int, set[tuple[Any, str]]]:
    known: dict[int, set[tuple[Any, str]]] = {}
    shown = Act.objects.filter(request__in=[item.pk for item in items])
    for request_id, signed_on, signer in shown.values_list("request_id", "signed_on", "signer"):
        known.setdefault(request_id, set()).add((signed_on, signer))
    return known


def _take(
    row: Row, item: Request, acts: set[tuple[Any, str]], *, by: Executor, at: datetime
) -> Change | None:
    """Make the row's steps; None where all it says is so already. Raise Refused."""
    moves = row.state not in {"", item.status}
    if row.state == Status.DONE and item.status in {Status.DONE, Status.CLOSED}:
        if (row.act_on, one_line(row.act_by)[:200]) not in acts | {(None, "")}:
            raise lifecycle.Refused("act.signed_on", _("Another act is presented already."), "act")
        moves = False
    plans = row.planned_at is not None and row.planned_at != _to_minute(item.planned_at)
    if not item.is_open or row.state == Status.DONE:
        # Over, or over with this row: an old plan in the file plans nothing.
        plans = False
    if not moves and not plans:
        return None
    if row.version is not None and row.version != item.version:
        raise lifecycle.Refused(
            "to",
            _("It changed since the file was taken: now «%(state)s». Take the file again.")
            % {"state": item.get_status_display()},
            "stale",
        )
    before = item
    if moves:
        item = _move(row, item, plans=plans, by=by, at=at)
    elif row.planned_at is not None:
        item = lifecycle.plan(item, planned_at=row.planned_at, by=by, at=at, text=row.words)
    return Change(
        number=item.number,
        address=before.building.address,
        before=str(Status(before.status).label),
        after=str(Status(item.status).label),
        planned_at=row.planned_at if plans else None,
    )


def _move(row: Row, item: Request, *, plans: bool, by: Executor, at: datetime) -> Request:
    over = way(item.status, row.state) if row.state in sheet.TARGETS else None
    if over is None:
        raise lifecycle.Refused(
            "to",
            _("From «%(before)s» you cannot set «%(after)s».")
            % {"before": item.get_status_display(), "after": Status(row.state).label},
            "forbidden_step",
        )
    if plans and not (over[0] in _TAKING_ON and item.status != Status.NEEDS_INFO):
        raise lifecycle.Refused(
            "planned_at", _("No time is planned while the resident is asked."), "no_plan_here"
        )
    for place, target in enumerate(over):
        names_time = plans and place == 0
        # The words say why the plan is late, else they go with the last step.
        says = names_time if plans and row.state != Status.NEEDS_INFO else place == len(over) - 1
        act = lifecycle.ActDetails(signed_on=row.act_on, signer=row.act_by)
        item = lifecycle.move(
            item,
            target,
            by=by,
            at=at,
            details=lifecycle.Details(
                text=row.words if says else "",
                act=act if target == Status.DONE else None,
                planned_at=row.planned_at if names_time else None,
            ),
            # What was judged above is what is changed: a colleague's press in between refuses it.
            seen_version=item.version,
        )
    return item


def _to_minute(moment: datetime | None) -> datetime | None:
    """Return the moment as a table shows it."""
    if moment is None:
        return None
    return timezone.localtime(moment).replace(second=0, microsecond=0)


def _cell(row: Row, field_name: str) -> str:
    column = _COLUMN_OF.get(field_name, sheet.NUMBER)
    # A column that the file has not is told of at the number.
    return row.cells.get(column, row.cells[sheet.NUMBER])
