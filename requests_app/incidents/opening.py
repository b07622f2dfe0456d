"""Opening an incident, and hanging requests on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.actors import Operator, System, user_id_of
from notifications.models import WorkState
from requests_app import lifecycle
from requests_app.incidents.recording import (
    add_houses,
    leave_job,
    line,
    locked,
    text_of,
)
from requests_app.lifecycle import Refused
from requests_app.models import Category, Incident, IncidentJob, JobKind, Request, UpdateKind
from requests_app.querysets import RequestQuerySet
from requests_app.typed_text import one_line


@dataclass(frozen=True, kw_only=True)
class Mender:
    """Who mends it, copied onto the incident."""

    inn: str = ""
    name: str = ""
    phone: str = ""


_NOBODY = Mender()


@transaction.atomic
def open_incident(
    *,
    kind: str,
    utility: str,
    category: int,
    title: str,
    started_at: datetime,
    buildings: Iterable[int],
    by: Operator | System,
    at: datetime,
    text: str = "",
    expected_end_at: datetime | None = None,
    cause: str = "",
    executor: Mender = _NOBODY,
    requests: Iterable[int] = (),
    attach_open: bool = False,
) -> Incident:
    """
    Return the new incident over `buildings` (ids); hang `requests` (ids) on it.

    With `attach_open` all open requests of its matter from these houses are attached in the
    background. Those who follow the houses are told. Raise Refused, naming the field.
    """
    ids = list(dict.fromkeys(buildings))
    title = one_line(title)[:200]
    if not title:
        raise Refused("title", _("Say what happened."), "title_needed")
    if not ids:
        raise Refused("houses", _("Name at least one house."), "houses_needed")
    if expected_end_at is not None and expected_end_at < started_at:
        raise Refused("expected_end_at", _("It cannot end before it began."), "ends_early")
    incident = Incident.objects.create(
        kind=kind,
        utility=utility,
        category_id=category,
        title=title,
        text=text_of(text, needed=False),
        cause=one_line(cause)[:300],
        executor_inn=executor.inn[:12],
        executor_name=executor.name[:300],
        executor_phone=executor.phone[:64],
        started_at=started_at,
        expected_end_at=expected_end_at,
        created_by_id=user_id_of(by),
    )
    add_houses(incident, ids)
    update = line(incident, UpdateKind.OPENED, by=by, at=at, text=incident.text)
    chosen = Request.objects.filter(pk__in=list(requests)).order_by("pk")
    attach(incident, chosen, by=by, at=at)
    if attach_open:
        leave_job(update, JobKind.ATTACH, at=at)
    leave_job(update, JobKind.TELL, at=at)
    return incident


def attach(
    incident: Incident, requests: Iterable[Request], *, by: Operator | System, at: datetime
) -> int:
    """Hang the requests on the incident; return how many. One taken elsewhere stays there."""
    count = 0
    with transaction.atomic():
        for item in requests:
            if item.is_open and _is_free(item, incident, at):
                try:
                    lifecycle.attach_to_incident(item, incident=incident.pk, by=by, at=at)
                except Refused:
                    # Of a house that the incident does not touch, or gone meanwhile.
                    continue
                count += 1
    return count


def _is_free(item: Request, incident: Incident, at: datetime) -> bool:
    held = item.incident
    if held is None:
        return True
    if held.pk == incident.pk:
        return False
    # One that was only planned ends no sooner than it would have begun.
    return bool(held.ending) or (held.ended_at is not None and held.ended_at <= at)


@transaction.atomic
def attach_open(incident_id: int, *, by: Operator | System, at: datetime) -> IncidentJob:
    """Attach in the background all open requests of its matter from its houses."""
    incident = locked(incident_id, at)
    update = incident.updates.filter(kind=UpdateKind.OPENED).first() or line(
        incident, UpdateKind.OPENED, by=by, at=at
    )
    job, is_new = IncidentJob.objects.get_or_create(
        update=update,
        kind=JobKind.ATTACH,
        defaults={"incident": incident, "created_at": at},
    )
    if not is_new:
        # Once more from the first request: those that came meanwhile are found, no other.
        job.state, job.place, job.done, job.total = WorkState.WAITING, 0, 0, 0
        job.moved_at = job.finished_at = None
        job.save()
    return job


def waiting_about(category: Category, *, at: datetime) -> RequestQuerySet:
    """Return open requests about a matter or its kin that hang on no incident going on `at`."""
    kin = Category.objects.filter(parent=category.parent_id or category.pk)
    return Request.objects.still_open().filter(
        Q(incident=None) | Q(incident__ended_at__lte=at), category__in=kin.values("pk")
    )
