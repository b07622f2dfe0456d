"""Whom an incident's news reaches, and the letter they get: each reader once for each line."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_noop as noop

from disclosure.models import Building
from notifications import outbox
from notifications.models import Follow, Priority
from notifications.said import moment
from requests_app.models import (
    Incident,
    IncidentBuilding,
    IncidentJob,
    IncidentKind,
    IncidentUpdate,
    JobKind,
    JobStage,
    Request,
    RequestContact,
    UpdateKind,
)
from requests_app.statuses import Status
from requests_app.topics import incident_topic

OVER_STEP = "incident_over"
# After one of these nothing that was told before matters.
ENDINGS = frozenset({UpdateKind.OVER, UpdateKind.CANCELLED})


@dataclass(frozen=True)
class Reader:
    """Somebody to be told: where, about which house, and why."""

    id: int
    email: str
    address: str
    topic: str
    why: str
    why_of: dict[str, str]
    user_id: int | None = None


def count(job: IncidentJob, *, besides_requests: bool = False) -> int:
    """Return how many residents and subscribers the job concerns."""
    stages = [JobStage.FOLLOWERS, JobStage.HOUSES]
    if not besides_requests:
        stages.append(JobStage.REQUESTS)
    return sum(_rows(job, stage).count() for stage in stages)


def readers(job: IncidentJob, *, limit: int) -> list[Reader]:
    """Return the next readers of the stage that the job is at, in the order of their ids."""
    rows = _rows(job, job.stage).filter(pk__gt=job.place).order_by("pk")[:limit]
    if job.stage == JobStage.REQUESTS:
        return _residents(rows)
    return [
        Reader(
            row.pk,
            row.email,
            row.label,
            row.topic,
            noop("You asked to be told about outages at %(address)s."),
            {"address": row.label},
            row.user_id,
        )
        for row in rows
    ]


def residents_of(requests: Iterable[Request]) -> list[Reader]:
    """Return who filed these requests and left an address."""
    return _residents(RequestContact.objects.filter(request__in=requests).exclude(email=""))


def _residents(rows: QuerySet[RequestContact]) -> list[Reader]:
    return [
        Reader(
            row.pk,
            row.email,
            row.request.building.address,
            f"request:{row.request.number}",
            noop("You filed request %(number)s."),
            {"number": row.request.number},
            row.request.resident_id,
        )
        for row in rows.select_related("request__building").only(
            "email", "request__number", "request__resident_id", "request__building__address"
        )
    ]


def _rows(job: IncidentJob, stage: str) -> QuerySet[Any]:
    # Whose news it is: the work of a merge belongs to the incident that takes in.
    incident = job.update.incident_id
    if stage == JobStage.REQUESTS:
        return (
            RequestContact.objects.filter(request__incident=incident)
            .exclude(email="")
            .exclude(request__status=Status.CLOSED)
        )
    rows = Follow.objects.confirmed()
    if stage == JobStage.FOLLOWERS:
        rows = rows.filter(topic=incident_topic(incident))
    else:
        touched = IncidentBuilding.objects.filter(incident=incident).values("building_id")
        rows = rows.filter(about_houses(Building.objects.filter(pk__in=touched)))
    if job.kind == JobKind.END:
        # Whoever was asked about the own request has been told by that letter.
        asked = RequestContact.objects.filter(
            email=OuterRef("email"),
            request__incident=incident,
            request__events__step=OVER_STEP,
        )
        rows = rows.filter(~Exists(asked))
    return rows


def about_houses(houses: QuerySet[Building]) -> Q:
    """Return the condition on followers: of these houses, of their streets, of their districts."""

    def named(kind: str, column: str) -> QuerySet[Any]:
        name = Concat(Value(f"{kind}:"), Cast(column, CharField()), output_field=CharField())
        return houses.exclude(**{column: ""} if column == "district" else {}).values_list(name)

    return (
        Q(topic__in=named("house", "pk"))
        | Q(topic__in=named("street", "street_id"))
        | Q(topic__in=named("district", "district"))
    )


def tell(update: IncidentUpdate, found: Iterable[Reader], *, at: datetime) -> None:
    """
    Write the letters; a reader who was told this line already gets none.

    News of an incident that ended before they were all told is not told on.
    """
    goes_on = update.kind not in ENDINGS
    is_last = update.kind in {*ENDINGS, UpdateKind.MERGED}
    if update.incident.ending and not is_last:
        return
    # Of one that went into another the letter tells how it goes on there.
    incident = update.into or update.incident
    common = _context(incident, update)
    outbox.enqueue_many(
        [
            outbox.Letter(
                event=f"incident.{update.kind}",
                template="requests_app/mail/outage",
                to=reader.email,
                context={**common, "address": reader.address},
                topic=reader.topic,
                dedupe_key=f"incident:{update.pk}:{_digest(reader.email)}",
                why=reader.why,
                why_of=reader.why_of,
                user_id=reader.user_id,
                priority=Priority.BULK,
                # Water that is gone now wakes a person up; work planned for next week does not.
                is_urgent=update.kind == UpdateKind.OPENED and incident.kind == IncidentKind.FAULT,
                point=incident_topic(incident.pk) if goes_on else "",
            )
            for reader in found
        ],
        at=at,
    )


def _digest(email: str) -> str:
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()[:32]


def _context(incident: Incident, update: IncidentUpdate) -> dict[str, Any]:
    until = incident.expected_end_at if update.into else update.expected_end_at
    return {
        "update": update.kind,
        "title": incident.title,
        "kind": incident.kind,
        "text": update.text,
        "told": update.told,
        "cause": incident.cause,
        "executor": incident.executor_name,
        "executor_phone": incident.executor_phone,
        "since": moment(incident.started_at),
        "until": moment(until),
        "link": {"link": "outage", "id": incident.pk},
    }
