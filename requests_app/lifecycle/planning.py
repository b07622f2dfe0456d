"""The time for which work is planned: which may be named, and writing it on the request."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from requests_app.lifecycle.operation import said
from requests_app.lifecycle.refusals import Refused
from requests_app.models import Request

# Nobody plans a repair further ahead; a later year is a slip of the keys.
FARTHEST_PLAN = timedelta(days=366)


def note_plan(
    row: Request, planned_at: datetime, *, text: str, at: datetime
) -> tuple[str, dict[str, Any]]:
    """
    Write the planned time on the locked row; return the line's words and its values.

    The limit stays where it is: a time after it needs words that say why.
    """
    must_be_ahead(planned_at, at, "planned_at")
    is_late = planned_at > row.due_at
    words = said(text, needed=is_late)
    row.planned_at = planned_at
    return words, {"for": planned_at.isoformat(), "is_late": is_late}


def must_be_ahead(moment: datetime, at: datetime, field: str) -> None:
    """Raise Refused unless the moment is still to come, and within a year."""
    if moment <= at:
        raise Refused(field, _("This time is over. Name one that is still to come."), "in_past")
    if moment > at + FARTHEST_PLAN:
        raise Refused(field, _("This is more than a year ahead. Check the date."), "too_far")
