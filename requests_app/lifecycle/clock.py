"""The clock of a request through its steps: when it stands, and what that adds to which limit."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from django.utils.dateparse import parse_datetime

from requests_app.clocks import Stage, stands
from requests_app.deadlines import Pause
from requests_app.models import EventKind, PauseReason, Request, RequestEvent
from requests_app.statuses import Status
from requests_app.steps import Step

_COLUMNS = {
    Stage.REACT: "react_by",
    Stage.INSPECT: "inspect_by",
    Stage.FIX: "fix_by",
    Stage.ANSWER: "answer_by",
}
_STANDING = [column for stage, column in _COLUMNS.items() if stands(stage)]


def run_clock(row: Request, step: Step, at: datetime) -> None:
    """Stop the clock when the resident is asked, and start it when the waiting ends."""
    if step.target == Status.NEEDS_INFO:
        # A letter's clock knows no pause: where nothing else runs, nothing stands.
        if any(getattr(row, column) is not None for column in _STANDING):
            row.paused_at, row.pause_reason = at, PauseReason.RESIDENT
    elif row.paused_at is not None:
        start = row.paused_at
        if row.visit_at is not None and not row.is_emergency:
            # Until the agreed visit the repair's clock stood anyway: no hour counts twice.
            start = min(max(start, row.visit_at), at)
        push(row, "inspect_by", at - row.paused_at, since=row.paused_at)
        push(row, "fix_by", at - start, since=row.paused_at)
        row.paused_at, row.pause_reason = None, ""


def push(row: Request, column: str, length: timedelta, *, since: datetime) -> None:
    """Move a limit by the time its clock stood; one already broken at `since` stays broken."""
    moment = getattr(row, column)
    if moment is None or moment <= since:
        return
    if row.due_at == moment:
        row.due_at = moment + length
    setattr(row, column, moment + length)


def pauses_of(row: Request) -> list[Pause]:
    """Return the stretches in which the clock stood and goes on again, from the timeline."""
    events = RequestEvent.objects.filter(
        request=row, kind__in=[EventKind.STATUS, EventKind.VISIT]
    ).order_by("at", "id")
    steps: list[tuple[datetime, str]] = []
    pauses = []
    for at, kind, status, data in events.values_list("at", "kind", "status", "data"):
        if kind == EventKind.STATUS:
            steps.append((at, status))
        elif data.get("stands_until"):
            until = parse_datetime(data["stands_until"])
            assert until is not None  # written by `agree_visit`
            pauses.append(Pause(at, until, only_repair=True))
    pauses += [
        Pause(start, end)
        for (start, status), (end, _next) in pairwise(steps)
        if status == Status.NEEDS_INFO
    ]
    return pauses
