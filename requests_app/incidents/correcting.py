"""Correcting what an incident is: a slip of its opening, or what became known of it later."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Operator
from requests_app.incidents.recording import leave_job, line
from requests_app.lifecycle import Refused
from requests_app.models import (
    Category,
    Incident,
    IncidentUpdate,
    JobKind,
    UpdateKind,
)
from requests_app.typed_text import one_line

# The words for people and the expected end are none of these: only news change what was promised.
FIELDS = ("kind", "title", "category", "utility", "cause", "started_at")


@transaction.atomic
def correct(
    incident_id: int,
    *,
    by: Operator,
    at: datetime,
    kind: str | None = None,
    title: str | None = None,
    category: int | None = None,
    utility: str | None = None,
    cause: str | None = None,
    started_at: datetime | None = None,
) -> IncidentUpdate | None:
    """
    Correct what is named, also of one that is over; None leaves a field as it is.

    The news gains a line with each old and new value; None is returned where nothing changes. Whom
    it concerns is told only of a new beginning of what goes on or is planned. Raise Refused.
    """
    incident = (
        Incident.objects.select_for_update(of=("self",))
        .select_related("category")
        .filter(pk=incident_id)
        .first()
    )
    if incident is None:
        raise Refused("", _("There is no such incident."), "not_found")
    before = _values_of(incident)
    is_moved = started_at is not None and started_at != incident.started_at
    if started_at is not None and is_moved:
        if wrong := wrong_start(incident, started_at):
            raise Refused("started_at", wrong, "ends_early")
        incident.started_at = started_at
    if title is not None:
        incident.title = one_line(title)[:200]
        if not incident.title:
            raise Refused("title", _("Say what happened."), "title_needed")
    if cause is not None:
        incident.cause = one_line(cause)[:300]
    if category is not None and category != incident.category_id:
        incident.category = Category.objects.get(pk=category)
    incident.kind = incident.kind if kind is None else kind
    incident.utility = incident.utility if utility is None else utility
    after = _values_of(incident)
    changed = [name for name in FIELDS if before[name] != after[name]]
    if not changed:
        return None
    incident.save(update_fields=changed)
    told = {
        "changes": [{"name": name, "old": before[name], "new": after[name]} for name in changed]
    }
    update = line(incident, UpdateKind.CORRECTED, by=by, at=at, told=told)
    if is_moved and incident.ended_at is None:
        leave_job(update, JobKind.TELL, at=at)
    return update


def wrong_start(incident: Incident, started_at: datetime) -> str:
    """Return why the incident cannot have begun then, in words; "" where it can."""
    ends = incident.ended_at or incident.expected_end_at
    return _("It cannot end before it began.") if ends and ends < started_at else ""


def _values_of(incident: Incident) -> dict[str, str]:
    return {
        "kind": str(incident.kind),
        "title": incident.title,
        "category": incident.category.name,
        "utility": incident.utility,
        "cause": incident.cause,
        "started_at": incident.started_at.isoformat(),
    }
