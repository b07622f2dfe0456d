"""What every operation on an incident writes: the locked row, a line of news, a job, its houses."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.actors import Operator, System, user_id_of
from notifications.webhooks.emitting import emit
from requests_app.lifecycle import Refused
from requests_app.models import (
    Incident,
    IncidentBuilding,
    IncidentJob,
    IncidentUpdate,
    JobKind,
    UpdateKind,
)
from requests_app.typed_text import one_line, paragraphs

TEXT_MAX = 5_000
REASON_MAX = 500
# No fault reaches more of a city; a longer list is a slip. Stated where houses are chosen.
HOUSES_MAX = 20_000
# What a line of news is to other systems; every other one is an update.
_TOLD_AS = {
    UpdateKind.OPENED: "incident.opened",
    UpdateKind.OVER: "incident.ended",
    UpdateKind.CANCELLED: "incident.ended",
    UpdateKind.MERGED: "incident.ended",
}


def locked(incident_id: int, at: datetime) -> Incident:
    """Return the incident, locked; refuse one that has ended."""
    incident = Incident.objects.select_for_update().filter(pk=incident_id).first()
    if incident is None:
        raise Refused("into", _("There is no such incident."), "not_found")
    if incident.ending or (incident.ended_at is not None and incident.ended_at <= at):
        raise Refused("", _("This incident is over."), "over")
    return incident


def add_houses(incident: Incident, ids: list[int]) -> None:
    """Put the houses (ids) on the incident, those that are there stay; refuse above HOUSES_MAX."""
    there = IncidentBuilding.objects.filter(incident=incident)
    if len({*ids, *there.values_list("building_id", flat=True)}) > HOUSES_MAX:
        raise Refused("houses", _("These are too many houses."), "too_many_houses")
    IncidentBuilding.objects.bulk_create(
        [IncidentBuilding(incident=incident, building_id=pk) for pk in ids],
        ignore_conflicts=True,
        batch_size=5_000,
    )


def line(
    incident: Incident,
    kind: UpdateKind,
    *,
    by: Operator | System,
    at: datetime,
    text: str = "",
    told: dict[str, Any] | None = None,
    into: Incident | None = None,
) -> IncidentUpdate:
    """
    Add a line of news, which everybody sees.

    `text` are the words of a person; what the portal says comes as `told` (`words.words_of`).
    """
    update = IncidentUpdate.objects.create(
        incident=incident,
        at=at,
        kind=kind,
        text=text,
        told=told,
        into=into,
        expected_end_at=incident.expected_end_at,
        user_id=user_id_of(by),
    )
    emit(
        _TOLD_AS.get(kind, "incident.updated"),
        incident.pk,
        at=at,
        news=kind.value,
        into=into.pk if into else None,
    )
    return update


def leave_job(
    update: IncidentUpdate, kind: JobKind, *, at: datetime, incident: Incident | None = None
) -> None:
    """Leave work for many people to the background."""
    IncidentJob.objects.create(
        incident=incident or update.incident, update=update, kind=kind, created_at=at
    )


def reason_of(reason: str) -> str:
    """Return the reason on one line; refuse an empty one."""
    reason = one_line(reason)
    if not reason:
        raise Refused("reason", _("Say why."), "reason_needed")
    return reason[:REASON_MAX]


def text_of(text: str, *, needed: bool) -> str:
    """Return the words for people; refuse none where they are `needed`."""
    said = paragraphs(text)
    if needed and not said:
        raise Refused("text", _("Write a few words."), "text_needed")
    return said[:TEXT_MAX]
