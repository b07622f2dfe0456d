"""How long a resident may object, and how long silence is waited for."""

from __future__ import annotations

from datetime import datetime, timedelta

from requests_app.models import Request
from requests_app.statuses import Outcome
from requests_app.steps import Role

# How long a resident may object after closing, and how long silence is waited for.
REOPEN_WITHIN = timedelta(days=30)

CONFIRM_WITHIN = timedelta(days=7)


def too_late_to_reopen(row: Request, role: Role, at: datetime) -> bool:
    if role is not Role.RESIDENT or row.closed_at is None:
        return False
    return row.outcome == Outcome.WITHDRAWN or at > row.closed_at + REOPEN_WITHIN
