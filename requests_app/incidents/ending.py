"""How an incident ends: over with its act, called off, or gone into another."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Operator, System
from requests_app.incidents.recording import (
    add_houses,
    leave_job,
    line,
    locked,
    reason_of,
    text_of,
)
from requests_app.lifecycle import Refused
from requests_app.models import (
    Ending,
    IncidentBuilding,
    IncidentUpdate,
    JobKind,
    OutageSubscription,
    UpdateKind,
)
from requests_app.typed_text import one_line


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
    incident = locked(incident_id, at)
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
    incident.text = text_of(text, needed=False) or incident.text
    incident.save()
    update = line(incident, UpdateKind.OVER, by=by, at=at, text=text_of(text, needed=False))
    leave_job(update, JobKind.END, at=at)
    return update


@transaction.atomic
def cancel(incident_id: int, *, reason: str, by: Operator, at: datetime) -> IncidentUpdate:
    """Call it off: it was no incident, or the planned work will not be. Requests go on alone."""
    incident = locked(incident_id, at)
    reason = reason_of(reason)
    # One that was only planned has no time in which it went on.
    incident.ended_at = max(at, incident.started_at)
    incident.ending, incident.ending_reason = Ending.CANCELLED, reason
    incident.save()
    update = line(incident, UpdateKind.CANCELLED, by=by, at=at, text=reason)
    leave_job(update, JobKind.TELL, at=at)
    return update


@transaction.atomic
def merge(
    incident_id: int, *, into: int, reason: str, by: Operator, at: datetime
) -> IncidentUpdate:
    """Let the incident go into another: its houses, requests and followers go with it."""
    if incident_id == into:
        raise Refused("into", _("An incident cannot go into itself."), "same")
    reason = reason_of(reason)
    # In the order of ids: two operators who merge crosswise must not wait for each other.
    held = {pk: locked(pk, at) for pk in sorted((incident_id, into))}
    incident, target = held[incident_id], held[into]
    if incident.utility != target.utility:
        raise Refused("into", _("The other incident is about another utility."), "other_utility")
    houses = IncidentBuilding.objects.filter(incident=incident)
    add_houses(target, list(houses.values_list("building_id", flat=True)))
    there = OutageSubscription.objects.filter(incident=target).values("email")
    OutageSubscription.objects.filter(incident=incident).exclude(email__in=there).update(
        incident=target
    )
    incident.ended_at = max(at, incident.started_at)
    incident.ending, incident.ending_reason = Ending.MERGED, reason
    incident.save()
    update = line(incident, UpdateKind.MERGED, by=by, at=at, text=reason, into=target)
    leave_job(update, JobKind.ATTACH, at=at, incident=target)
    return update
