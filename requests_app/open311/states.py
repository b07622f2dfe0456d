"""Their words for our states: two for requests, more for the news of them. Both maps are total."""

from __future__ import annotations

from requests_app.statuses import Outcome, Status

OPEN, CLOSED = "open", "closed"

# An act that the resident has not confirmed ends nothing yet.
STATES: dict[str, str] = {
    Status.NEW: OPEN,
    Status.ACCEPTED: OPEN,
    Status.IN_PROGRESS: OPEN,
    Status.NEEDS_INFO: OPEN,
    Status.REDIRECTED: OPEN,
    Status.DONE: OPEN,
    Status.REOPENED: OPEN,
    Status.CLOSED: CLOSED,
}

# mySociety's list. «fixed» is said of nothing but what was fixed: FixMyStreet takes its word.
_NEWS: dict[str, str] = {
    Status.NEW: "open",
    Status.ACCEPTED: "action_scheduled",
    Status.IN_PROGRESS: "in_progress",
    Status.NEEDS_INFO: "investigating",
    Status.REDIRECTED: "internal_referral",
    Status.DONE: "in_progress",
    Status.REOPENED: "open",
    Status.CLOSED: "closed",
}
_NEWS_OF_END: dict[str, str] = {
    Outcome.FIXED: "fixed",
    Outcome.REFUSED: "no_further_action",
    Outcome.NOT_CONFIRMED: "no_further_action",
    Outcome.DUPLICATE: "duplicate",
    Outcome.WITHDRAWN: "cancelled",
}


def news_of(status: str, outcome: str = "") -> str:
    """Return mySociety's word for a state and, once closed, for how it ended."""
    return _NEWS_OF_END[outcome] if status == Status.CLOSED and outcome else _NEWS[status]
