"""The clock of a request through its steps: it stands while the resident is asked."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

from requests_app.deadlines import Pause
from requests_app.models import EventKind, PauseReason, Request, RequestEvent
from requests_app.statuses import Status
from requests_app.steps import Step


def run_clock(row: Request, step: Step, at: datetime) -> None:
    if step.target == Status.NEEDS_INFO:
        row.paused_at, row.pause_reason = at, PauseReason.RESIDENT
    elif row.paused_at is not None:
        stood = at - row.paused_at
        for name in ("react_by", "inspect_by", "fix_by", "answer_by", "due_at"):
            moment = getattr(row, name)
            # A limit already broken when the clock stopped stays broken.
            if moment is not None and moment > row.paused_at:
                setattr(row, name, moment + stood)
        row.paused_at, row.pause_reason = None, ""


def pauses_of(row: Request) -> list[Pause]:
    """Return the stretches in which the clock stood and goes on again, from the timeline."""
    steps_made = RequestEvent.objects.filter(request=row, kind=EventKind.STATUS).order_by(
        "at", "id"
    )
    made = list(steps_made.values_list("at", "status"))
    return [
        Pause(start, end)
        for (start, status), (end, _next) in pairwise(made)
        if status == Status.NEEDS_INFO
    ]
