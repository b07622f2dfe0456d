"""How an incident ends: over with its act, called off, or gone into another."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Operator, System
from notifications import outbox
from notifications.models import ENDED
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
    UpdateKind,
)
from requests_app.topics import incident_topic
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
    outbox.end_matter(incident_topic(incident.pk), at=at)
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
    outbox.end_matter(incident_topic(incident.pk), at=at)
    return update


@transaction.atomic
def merge(
    incident_id: int, *, into: int, reason: str, by: Operator, at: datetime
) -> IncidentUpdate:
    """
    Let the incident go into another, as they are one fault.

    Its houses go at once; requests and followers follow in the background, each told once. Both
    incidents keep a line of it. Refuse a chain: what went into another takes nothing in, and what
    took another in goes nowhere, so that every trail is one step long and none is a loop.
    """
    if incident_id == into:
        raise Refused("into", _("An incident cannot go into itself."), "same")
    reason = reason_of(reason)
    # In the order of ids: two operators who merge crosswise must not wait for each other.
    _refuse_chain(incident_id, into)
    held = {pk: locked(pk, at) for pk in sorted((incident_id, into))}
    # Once more under the locks: a colleague may have merged meanwhile.
    _refuse_chain(incident_id, into)
    incident, target = held[incident_id], held[into]
    if incident.utility != target.utility:
        raise Refused("into", _("The other incident is about another utility."), "other_utility")
    houses = IncidentBuilding.objects.filter(incident=incident)
    add_houses(target, list(houses.values_list("building_id", flat=True)))
    incident.ended_at = max(at, incident.started_at)
    incident.ending, incident.ending_reason = Ending.MERGED, reason
    incident.save()
    # What it told before is of no use any more; the letter of the merge has the other's point.
    outbox.end_matter(incident_topic(incident.pk), at=at)
    update = line(incident, UpdateKind.MERGED, by=by, at=at, text=reason, into=target)
    leave_job(update, JobKind.MERGE, at=at, incident=target)
    told = {"title": incident.title, "reason": reason}
    took = line(target, UpdateKind.TOOK_IN, by=by, at=at, told=told)
    unfinished = incident.jobs.filter(kind=JobKind.ATTACH).exclude(state__in=ENDED)
    if unfinished.exists():
        # What it had still to gather, the other one gathers.
        leave_job(took, JobKind.ATTACH, at=at)
    return update


def _refuse_chain(incident_id: int, into: int) -> None:
    gone = IncidentUpdate.objects.filter(incident=into, into__isnull=False).select_related("into")
    if (went := gone.first()) is not None and went.into is not None:
        raise Refused(
            "into",
            _("That one went into “%(title)s” itself: choose it.") % {"title": went.into.title},
            "chain",
        )
    if IncidentUpdate.objects.filter(into=incident_id).exists():
        raise Refused(
            "into",
            _("This one took in another: let the other one go into this one instead."),
            "chain",
        )
