"""Codes of a request: status, outcome, channel; and the plain words residents read instead."""

from __future__ import annotations

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Status(models.TextChoices):
    """Where a request stands in the work; only `requests_app.lifecycle` moves it."""

    NEW = "new", pgettext_lazy("a request", "New")
    ACCEPTED = "accepted", _("Accepted")
    IN_PROGRESS = "in_progress", _("In progress")
    NEEDS_INFO = "needs_info", _("Waiting for the resident")
    REDIRECTED = "redirected", _("Redirected")
    DONE = "done", _("Done, act presented")
    REOPENED = "reopened", _("Reopened")
    CLOSED = "closed", _("Closed")


class Outcome(models.TextChoices):
    """How a closed request ended. A closed request is not always a fixed one."""

    FIXED = "fixed", _("Fixed")
    REFUSED = "refused", _("Refused")
    NOT_CONFIRMED = "not_confirmed", _("Not confirmed")
    DUPLICATE = "duplicate", _("Duplicate")
    WITHDRAWN = "withdrawn", _("Withdrawn by the resident")


class Channel(models.TextChoices):
    """By which way a request came in."""

    WEB = "web", _("Website")
    API = "api", _("API")
    PHONE = "phone", _("Phone")
    RECEPTION = "reception", _("Personal reception")
    OPEN311 = "open311", _("Open311")
    POS = "pos", _("Gosuslugi. We decide together")
    GIS_ZHKH = "gis_zhkh", _("ГИС ЖКХ")


OPEN = frozenset(
    {
        Status.NEW,
        Status.ACCEPTED,
        Status.IN_PROGRESS,
        Status.NEEDS_INFO,
        Status.REDIRECTED,
        Status.REOPENED,
    }
)

# Somebody has said that the work is theirs, and it is not over.
WORKED_ON = frozenset({Status.ACCEPTED, Status.IN_PROGRESS, Status.NEEDS_INFO, Status.REOPENED})

# What a resident reads: total over statuses, and for a closed request over outcomes.
PLAIN_STATUS: dict[str, Promise] = {
    Status.NEW: _("Received"),
    Status.ACCEPTED: _("Accepted"),
    Status.IN_PROGRESS: _("Being fixed"),
    Status.NEEDS_INFO: _("Waiting for your answer"),
    Status.REDIRECTED: _("Passed to another organisation"),
    Status.DONE: _("Done: please check"),
    Status.REOPENED: _("Back in work"),
    Status.CLOSED: _("Closed"),
}
PLAIN_OUTCOME: dict[str, Promise] = {
    Outcome.FIXED: _("Fixed"),
    Outcome.REFUSED: _("Refused, see why"),
    Outcome.NOT_CONFIRMED: _("The fault was not confirmed"),
    Outcome.DUPLICATE: _("Joined to an earlier request"),
    Outcome.WITHDRAWN: _("Withdrawn by you"),
}

# What strangers, staff and executors read for the same: total as well.
_PUBLIC_STATUS: dict[str, Promise] = {
    **PLAIN_STATUS,
    Status.NEEDS_INFO: _("Waiting for the resident"),
    Status.DONE: _("Done, waiting for the resident's word"),
}
_PUBLIC_OUTCOME: dict[str, Promise] = {
    **PLAIN_OUTCOME,
    Outcome.REFUSED: _("Refused"),
    Outcome.WITHDRAWN: _("Withdrawn by the resident"),
}


def plain_words(status: str, outcome: str = "") -> Promise:
    """Return what a resident reads for a status and, once closed, for how it ended."""
    if status == Status.CLOSED and outcome:
        return PLAIN_OUTCOME[outcome]
    return PLAIN_STATUS[status]


def public_words(status: str, outcome: str = "") -> Promise:
    """Return what everybody else reads: words that call nobody «you»."""
    if status == Status.CLOSED and outcome:
        return _PUBLIC_OUTCOME[outcome]
    return _PUBLIC_STATUS[status]
