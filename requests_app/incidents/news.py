"""News of an incident: what people are told while it goes on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Operator, System
from requests_app.incidents.recording import add_houses, leave_job, line, locked, text_of
from requests_app.lifecycle import Refused
from requests_app.models import IncidentBuilding, IncidentUpdate, JobKind, UpdateKind


@transaction.atomic
def add_news(
    incident_id: int,
    *,
    text: str,
    by: Operator | System,
    at: datetime,
    expected_end_at: datetime | None = None,
) -> IncidentUpdate:
    """Add a line of news, with a new expected end if there is one, and tell everybody."""
    incident = locked(incident_id, at)
    said = text_of(text, needed=expected_end_at is None)
    if expected_end_at is not None:
        if expected_end_at < incident.started_at:
            raise Refused("expected_end_at", _("It cannot end before it began."), "ends_early")
        incident.expected_end_at = expected_end_at
    incident.text = said or incident.text
    incident.save(update_fields=["expected_end_at", "text"])
    update = line(incident, UpdateKind.NEWS, by=by, at=at, text=said)
    leave_job(update, JobKind.TELL, at=at)
    return update


@transaction.atomic
def change_houses(
    incident_id: int, *, add: Iterable[int], drop: Iterable[int], by: Operator, at: datetime
) -> tuple[int, int]:
    """
    Add and take off houses; return how many of each.

    Requests that hang on it stay; open ones about its matter from added houses are attached.
    """
    incident = locked(incident_id, at)
    before = IncidentBuilding.objects.filter(incident=incident).count()
    add_houses(incident, list(dict.fromkeys(add)))
    added = IncidentBuilding.objects.filter(incident=incident).count() - before
    dropped, _rows = IncidentBuilding.objects.filter(
        incident=incident, building_id__in=list(drop)
    ).delete()
    if not IncidentBuilding.objects.filter(incident=incident).exists():
        raise Refused("houses", _("Name at least one house."), "houses_needed")
    if added or dropped:
        told = {"added": added, "dropped": dropped}
        update = line(incident, UpdateKind.HOUSES, by=by, at=at, told=told)
        if added:
            leave_job(update, JobKind.ATTACH, at=at)
        leave_job(update, JobKind.TELL, at=at)
    return added, dropped
