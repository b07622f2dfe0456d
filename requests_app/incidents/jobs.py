"""
Work for thousands of requests and readers, made in batches that a dying worker cannot halve.

A batch and the place where it stopped are one transaction. A worker killed in the middle of a
batch leaves no trace of it, and the next one begins at the place the last whole batch left.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.actors import System
from notifications.models import ENDED, WorkState
from requests_app import lifecycle
from requests_app.incidents import following, opening, telling
from requests_app.lifecycle import ActDetails, Details, Refused
from requests_app.models import (
    IncidentBuilding,
    IncidentJob,
    JobKind,
    JobStage,
    Request,
)
from requests_app.statuses import OPEN, Status

log = structlog.get_logger(__name__)

LETTERS = 500
STEPS = 50


def run(*, at: datetime, batches: int | None = None) -> int:
    """Go on with unfinished jobs, oldest first, for at most `batches`; return how many made."""
    made = 0
    while batches is None or made < batches:
        if not _one_batch(at):
            break
        made += 1
    return made


@transaction.atomic
def _one_batch(at: datetime) -> bool:
    # Two workers never hold one job: the second takes the next one.
    # News keep their order, and reach those whom an earlier job attaches.
    # What goes into another first ends its own work.
    earlier = IncidentJob.objects.filter(
        Q(incident=OuterRef("incident")) | Q(incident=OuterRef("update__incident")),
        pk__lt=OuterRef("pk"),
    )
    # What is paused holds up what comes after it; what was cancelled does not.
    going = IncidentJob.objects.exclude(state__in=[*ENDED, WorkState.PAUSED])
    first = going.filter(~Exists(earlier.exclude(state__in=ENDED)))
    job = first.order_by("id").select_for_update(of=("self",), skip_locked=True).first()
    if job is None:
        return False
    if job.moved_at is None:
        job.total = _total(job)
    job.state = WorkState.RUNNING
    _STAGES[job.kind](job, at)
    job.moved_at = at
    job.save()
    return True


def _total(job: IncidentJob) -> int:
    if job.kind == JobKind.ATTACH:
        return _to_attach(job).count()
    if job.kind == JobKind.MERGE:
        return _to_hand_over(job).count() + telling.count(job, besides_requests=True)
    if job.kind == JobKind.END:
        return _to_end(job).count() + telling.count(job, besides_requests=True)
    return telling.count(job)


def _attach(job: IncidentJob, at: datetime) -> None:
    page = list(_to_attach(job).filter(pk__gt=job.place).order_by("pk")[:STEPS])
    if page:
        opening.attach(job.incident, page, by=System(), at=at)
        _step_on(job, page[-1].pk, len(page))
    if len(page) < STEPS:
        _finish(job, at)


def _to_attach(job: IncidentJob) -> QuerySet[Request]:
    houses = IncidentBuilding.objects.filter(incident=job.incident_id).values("building_id")
    rows = opening.waiting_about(job.incident.category, at=job.created_at)
    return rows.filter(building__in=houses).select_related("incident")


def _merge(job: IncidentJob, at: datetime) -> None:
    """Tell the people of what went into another, and hand them over page by page."""
    if job.stage == JobStage.REQUESTS:
        page = list(_to_hand_over(job).filter(pk__gt=job.place).order_by("pk")[:STEPS])
        telling.tell(job.update, telling.residents_of(page), at=at)
        opening.attach(job.incident, page, by=System(), at=at)
        if page:
            _step_on(job, page[-1].pk, len(page))
        if len(page) < STEPS:
            _next_stage(job, at)
        return
    found = telling.readers(job, limit=LETTERS)
    telling.tell(job.update, found, at=at)
    if job.stage == JobStage.FOLLOWERS:
        following.hand_over(
            [reader.id for reader in found], of=job.update.incident_id, into=job.incident_id
        )
    if found:
        _step_on(job, found[-1].id, len(found))
    if len(found) < LETTERS:
        _next_stage(job, at)


def _to_hand_over(job: IncidentJob) -> QuerySet[Request]:
    rows = Request.objects.still_open().filter(incident=job.update.incident_id)
    return rows.select_related("incident")


def _end(job: IncidentJob, at: datetime) -> None:
    if job.stage != JobStage.REQUESTS:
        _tell(job, at)
        return
    page = list(_to_end(job).filter(pk__gt=job.place).order_by("pk")[:STEPS])
    act = ActDetails(signed_on=job.incident.act_signed_on, signer=job.incident.act_signer)
    details = Details(text=job.update.text, act=act)
    for item in page:
        try:
            lifecycle.move(item, Status.DONE, by=System(), at=at, details=details)
        except Refused:
            # Filed after the act was signed, or ended meanwhile: a person has to look at it.
            job.left_out += 1
            log.info("incident_request_left_out", incident=job.incident_id, request=item.pk)
    if page:
        _step_on(job, page[-1].pk, len(page))
    if len(page) < STEPS:
        _next_stage(job, at)


def _to_end(job: IncidentJob) -> QuerySet[Request]:
    rows = Request.objects.filter(incident=job.incident_id, status__in=sorted(OPEN))
    return rows.only("pk", "version")


def _tell(job: IncidentJob, at: datetime) -> None:
    found = telling.readers(job, limit=LETTERS)
    if found:
        telling.tell(job.update, found, at=at)
        _step_on(job, found[-1].id, len(found))
    if len(found) < LETTERS:
        _next_stage(job, at)


def _step_on(job: IncidentJob, place: int, done: int) -> None:
    job.place = place
    job.done += done
    job.total = max(job.total, job.done)


def _next_stage(job: IncidentJob, at: datetime) -> None:
    stages = list(JobStage)
    following = stages.index(JobStage(job.stage)) + 1
    if following == len(stages):
        _finish(job, at)
    else:
        job.stage, job.place = stages[following], 0


def _finish(job: IncidentJob, at: datetime) -> None:
    job.state, job.finished_at = WorkState.FINISHED, at
    log.info("incident_job_finished", job=job.pk, incident=job.incident_id, done=job.done)


_STAGES: dict[str, Callable[[IncidentJob, datetime], None]] = {
    JobKind.ATTACH: _attach,
    JobKind.TELL: _tell,
    JobKind.END: _end,
    JobKind.MERGE: _merge,
}
