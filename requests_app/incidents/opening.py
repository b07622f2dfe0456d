"""
What operators do with an incident: open, tell news, change its houses, end, cancel, merge.

Each is one transaction that writes the change, a line of news and, for what concerns many people,
a job: letters and steps of requests are made in the background (`jobs`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Operator, System
from requests_app import lifecycle
from requests_app.lifecycle import Refused
from requests_app.models import (
    Category,
    Ending,
    Incident,
    IncidentBuilding,
    IncidentJob,
    IncidentUpdate,
    JobKind,
    OutageSubscription,
    Request,
    UpdateKind,
)
from requests_app.typed_text import one_line, paragraphs

# No city has more; a longer list is a slip.
HOUSES_MAX = 50_000
TEXT_MAX = 5_000
REASON_MAX = 500


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
    if len(ids) > HOUSES_MAX:
        raise Refused("houses", _("These are too many houses."), "too_many_houses")
    if expected_end_at is not None and expected_end_at < started_at:
        raise Refused("expected_end_at", _("It cannot end before it began."), "ends_early")
    incident = Incident.objects.create(
        kind=kind,
        utility=utility,
        category_id=category,
        title=title,
        text=_text(text, needed=False),
        cause=one_line(cause)[:300],
        executor_inn=executor.inn[:12],
        executor_name=executor.name[:300],
        executor_phone=executor.phone[:64],
        started_at=started_at,
        expected_end_at=expected_end_at,
        created_by_id=_user(by),
    )
    _add_houses(incident, ids)
    update = _line(incident, UpdateKind.OPENED, by=by, at=at, text=incident.text)
    chosen = Request.objects.filter(pk__in=list(requests)).order_by("pk")
    attach(incident, chosen, by=by, at=at)
    if attach_open:
        _job(update, JobKind.ATTACH, at=at)
    _job(update, JobKind.TELL, at=at)
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
    return held.pk != incident.pk and held.ended_at is not None and held.ended_at <= at


@transaction.atomic
def attach_open(incident_id: int, *, by: Operator | System, at: datetime) -> IncidentJob:
    """Attach in the background all open requests of its matter from its houses."""
    incident = _locked(incident_id, at)
    update = incident.updates.filter(kind=UpdateKind.OPENED).first() or _line(
        incident, UpdateKind.OPENED, by=by, at=at
    )
    job, is_new = IncidentJob.objects.get_or_create(
        update=update,
        kind=JobKind.ATTACH,
        defaults={"incident": incident, "created_at": at},
    )
    if not is_new:
        # Once more from the first request: those that came meanwhile are found, no other.
        job.state, job.place, job.done, job.total, job.finished_at = "waiting", 0, 0, 0, None
        job.save()
    return job


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
    incident = _locked(incident_id, at)
    said = _text(text, needed=expected_end_at is None)
    if expected_end_at is not None:
        if expected_end_at < incident.started_at:
            raise Refused("expected_end_at", _("It cannot end before it began."), "ends_early")
        incident.expected_end_at = expected_end_at
    incident.text = said or incident.text
    incident.save(update_fields=["expected_end_at", "text"])
    update = _line(incident, UpdateKind.NEWS, by=by, at=at, text=said)
    _job(update, JobKind.TELL, at=at)
    return update


@transaction.atomic
def change_houses(
    incident_id: int, *, add: Iterable[int], drop: Iterable[int], by: Operator, at: datetime
) -> tuple[int, int]:
    """Add and take off houses; return how many of each. Requests that hang on it stay."""
    incident = _locked(incident_id, at)
    before = IncidentBuilding.objects.filter(incident=incident).count()
    _add_houses(incident, list(dict.fromkeys(add)))
    added = IncidentBuilding.objects.filter(incident=incident).count() - before
    dropped, _rows = IncidentBuilding.objects.filter(
        incident=incident, building_id__in=list(drop)
    ).delete()
    if not IncidentBuilding.objects.filter(incident=incident).exists():
        raise Refused("houses", _("Name at least one house."), "houses_needed")
    if added or dropped:
        words = _("Houses added: %(added)d, taken off: %(dropped)d.")
        update = _line(
            incident,
            UpdateKind.HOUSES,
            by=by,
            at=at,
            text=words % {"added": added, "dropped": dropped},
        )
        _job(update, JobKind.TELL, at=at)
    return added, dropped


@transaction.atomic
def end(
    incident_id: int,
    *,
    signed_on: date | None,
    signer: str,
    text: str,
    by: Operator | System,
    at: datetime,
) -> IncidentUpdate:
    """
    End the incident with its act; its requests are done together in the background.

    Each resident is asked whether the service is back, and may object as to any other act.
    """
    incident = _locked(incident_id, at)
    if incident.started_at > at:
        raise Refused("", _("It has not begun yet: cancel it instead."), "not_begun")
    signer = one_line(signer)[:200]
    if not signer:
        raise Refused("signer", _("Say who signed the act."), "act_needed")
    if signed_on is None:
        raise Refused("signed_on", _("Say when the act was signed."), "act_needed")
    if signed_on > timezone.localtime(at).date():
        raise Refused("signed_on", _("The act cannot be signed in the future."), "act_in_future")
    if signed_on < timezone.localtime(incident.started_at).date():
        raise Refused("signed_on", _("The act is older than the incident."), "act_too_old")
    incident.act_signed_on, incident.act_signer = signed_on, signer
    incident.ended_at, incident.ending = at, Ending.OVER
    incident.text = _text(text, needed=False) or incident.text
    incident.save()
    update = _line(incident, UpdateKind.OVER, by=by, at=at, text=_text(text, needed=False))
    _job(update, JobKind.END, at=at)
    return update


@transaction.atomic
def cancel(incident_id: int, *, reason: str, by: Operator, at: datetime) -> IncidentUpdate:
    """Call it off: it was no incident, or the planned work will not be. Requests go on alone."""
    incident = _locked(incident_id, at)
    reason = _reason(reason)
    # One that was only planned has no time in which it went on.
    incident.ended_at = max(at, incident.started_at)
    incident.ending, incident.ending_reason = Ending.CANCELLED, reason
    incident.save()
    update = _line(incident, UpdateKind.CANCELLED, by=by, at=at, text=reason)
    _job(update, JobKind.TELL, at=at)
    return update


@transaction.atomic
def merge(
    incident_id: int, *, into: int, reason: str, by: Operator, at: datetime
) -> IncidentUpdate:
    """Let the incident go into another: its houses, requests and followers go with it."""
    if incident_id == into:
        raise Refused("into", _("An incident cannot go into itself."), "same")
    reason = _reason(reason)
    # In the order of ids: two operators who merge crosswise must not wait for each other.
    held = {pk: _locked(pk, at) for pk in sorted((incident_id, into))}
    incident, target = held[incident_id], held[into]
    if incident.utility != target.utility:
        raise Refused("into", _("The other incident is about another utility."), "other_utility")
    houses = IncidentBuilding.objects.filter(incident=incident)
    _add_houses(target, list(houses.values_list("building_id", flat=True)))
    there = OutageSubscription.objects.filter(incident=target).values("email")
    OutageSubscription.objects.filter(incident=incident).exclude(email__in=there).update(
        incident=target
    )
    incident.ended_at = max(at, incident.started_at)
    incident.ending, incident.ending_reason = Ending.MERGED, reason
    incident.save()
    update = _line(incident, UpdateKind.MERGED, by=by, at=at, text=reason, into=target)
    _job(update, JobKind.ATTACH, at=at, incident=target)
    return update


def _locked(incident_id: int, at: datetime) -> Incident:
    """Return the incident, locked; refuse one that has ended."""
    incident = Incident.objects.select_for_update().filter(pk=incident_id).first()
    if incident is None:
        raise Refused("into", _("There is no such incident."), "not_found")
    if incident.ending or (incident.ended_at is not None and incident.ended_at <= at):
        raise Refused("", _("This incident is over."), "over")
    return incident


def _add_houses(incident: Incident, ids: list[int]) -> None:
    IncidentBuilding.objects.bulk_create(
        [IncidentBuilding(incident=incident, building_id=pk) for pk in ids],
        ignore_conflicts=True,
        batch_size=5_000,
    )


def _line(
    incident: Incident,
    kind: UpdateKind,
    *,
    by: Operator | System,
    at: datetime,
    text: str = "",
    into: Incident | None = None,
) -> IncidentUpdate:
    return IncidentUpdate.objects.create(
        incident=incident,
        at=at,
        kind=kind,
        text=text,
        into=into,
        expected_end_at=incident.expected_end_at,
        user_id=_user(by),
    )


def _job(
    update: IncidentUpdate, kind: JobKind, *, at: datetime, incident: Incident | None = None
) -> None:
    IncidentJob.objects.create(
        incident=incident or update.incident, update=update, kind=kind, created_at=at
    )


def _user(by: Operator | System) -> int | None:
    return by.id if isinstance(by, Operator) else None


def _reason(reason: str) -> str:
    reason = one_line(reason)
    if not reason:
        raise Refused("reason", _("Say why."), "reason_needed")
    return reason[:REASON_MAX]


def _text(text: str, *, needed: bool) -> str:
    said = paragraphs(text)
    if needed and not said:
        raise Refused("text", _("Write a few words."), "text_needed")
    return said[:TEXT_MAX]


def matters_of(incident: Incident) -> Iterable[int]:
    """Return the ids of the matters that requests about this incident may have."""
    parent = incident.category.parent_id or incident.category_id
    return Category.objects.filter(parent=parent).values_list("pk", flat=True)
