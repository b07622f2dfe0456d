"""The parts of the cabinet's list: what waits for whom, and in which order it is worked on."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from requests_app.desk.tabs import NEWEST, Tab
from requests_app.statuses import Status

# Sent here and not yet answered for by anybody here.
UNANSWERED = (Status.NEW, Status.REDIRECTED)
TAKEN = (Status.ACCEPTED, Status.IN_PROGRESS, Status.REOPENED)

STATES: tuple[Tab, ...] = (
    Tab(
        "open",
        pgettext_lazy("requests", "Open"),
        lambda rows, _by, _at: rows.still_open(),
        "list",
    ),
    Tab(
        "new",
        pgettext_lazy("requests", "New"),
        lambda rows, _by, _at: rows.filter(status__in=UNANSWERED),
        "inbox",
    ),
    Tab(
        "work",
        pgettext_lazy("requests", "In work"),
        lambda rows, _by, _at: rows.filter(status__in=TAKEN),
        "tools",
    ),
    Tab(
        "overdue",
        pgettext_lazy("requests", "Overdue"),
        lambda rows, _by, at: rows.overdue(at),
        "alert",
    ),
    Tab(
        "waiting",
        _("Waiting for the resident"),
        lambda rows, _by, _at: rows.filter(status=Status.NEEDS_INFO),
        "question",
    ),
    Tab(
        "done",
        pgettext_lazy("requests", "Done"),
        lambda rows, _by, _at: rows.over(),
        "archive",
        tuple(NEWEST),
        is_counted=False,
    ),
)
BY_CODE = {state.code: state for state in STATES}
DEFAULT = STATES[0]
