"""Starting a drill and stopping it: the one place that writes its rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import CodeHolder, Operator, user_id_of
from accounts.models import User
from accounts.roles import CHIEF_OPERATORS, OPERATORS
from contact_center.drill import places, storm
from contact_center.drill.models import Drill, DrillCall, Speed
from requests_app import lifecycle
from requests_app.incidents import ending, proposals
from requests_app.lifecycle import Refused
from requests_app.models import Incident, IncidentProposal, Request
from requests_app.statuses import Status

log = structlog.get_logger(__name__)

# Two presses at once must not meet the constraint: the second is told in words.
_LOCK = 0xD711


class NotADrill(RuntimeError):
    """This is the city's own portal; a storm plays in the drill's database only."""


def must_be_drill() -> None:
    """Raise NotADrill on a real portal, whoever asks."""
    if not settings.DRILL:
        raise NotADrill


def running() -> Drill | None:
    """Return the drill that plays now."""
    return Drill.objects.filter(stopped_at=None).first()


def candidates() -> QuerySet[User]:
    """Return the accounts that may take part: those who work on requests."""
    people = User.objects.filter(
        is_staff=True, is_active=True, groups__name__in=[OPERATORS, CHIEF_OPERATORS]
    )
    return people.distinct().order_by("name", "email")


def start(*, speed: int, crew: Sequence[int], by: Operator, at: datetime) -> Drill:
    """
    Start the storm for the operators `crew` (ids) and return the drill.

    What an earlier one left open is put away first. Raise Refused while one plays, for nobody to
    train, or for a registry without houses; NotADrill on a real portal.
    """
    must_be_drill()
    if speed not in Speed.values:
        raise Refused("speed", _("Choose a speed."), "bad_speed")
    script = storm.read()
    with transaction.atomic():
        _one_at_a_time()
        if running() is not None:
            raise Refused("", _("A drill plays already: stop it first."), "running")
        people = list(candidates().filter(pk__in=crew))
        if not people:
            raise Refused("crew", _("Choose at least one operator."), "nobody")
        try:
            houses = places.choose(
                script.places, turn=Drill.objects.count(), on=timezone.localtime(at).date()
            )
        except places.NoHouses:
            raise Refused(
                "", _("The registry has no houses: fill it in the real portal first."), "no_houses"
            ) from None
        put_away(by=by, at=at)
        drill = Drill.objects.create(speed=speed, started_at=at, started_by_id=by.id)
        drill.crew.set(people)
        DrillCall.objects.bulk_create(
            DrillCall(
                drill=drill,
                code=call.code,
                building_id=places.house(call.place, houses),
                due_at=drill.moment(call.at),
            )
            for call in script.calls
        )
    log.info("drill_started", drill=drill.pk, speed=speed, by=user_id_of(by))
    return drill


def stop(drill: Drill, *, by: Operator, at: datetime) -> Drill:
    """Stop the drill; what is open goes away, its report stays. A stopped one stays as it is."""
    must_be_drill()
    with transaction.atomic():
        _one_at_a_time()
        drill = Drill.objects.select_for_update().get(pk=drill.pk)
        if drill.stopped_at is not None:
            return drill
        drill.stopped_at = at
        drill.save(update_fields=["stopped_at"])
        put_away(by=by, at=at)
    log.info("drill_stopped", drill=drill.pk, by=user_id_of(by))
    return drill


def put_away(*, by: Operator, at: datetime) -> None:
    """
    Empty the desk for the next drill: the residents withdraw, incidents and proposals are off.

    Through the same operations as ever: nothing is deleted, so that a report can be read again.
    """
    must_be_drill()
    for item in Request.objects.exclude(status=Status.CLOSED).defer("search"):
        lifecycle.move(item, Status.CLOSED, by=holder_of(item), at=at)
    reason = _("The drill is over.")
    for incident in Incident.objects.filter(ended_at=None).values_list("pk", flat=True):
        ending.cancel(incident, reason=reason, by=by, at=at)
    for proposal in _waiting():
        proposals.dismiss(proposal, by=by, at=at, reason=reason)


def on_behalf_of(drill: Drill) -> Operator:
    """Return the operator who started the drill, as who ends it when it has played out."""
    return Operator(id=drill.started_by_id or 0, sees_contacts=False, is_admin=False)


def holder_of(item: Request) -> CodeHolder:
    """Return the invented resident behind the request: whoever holds its code."""
    return CodeHolder(number=item.number, code_hash=item.code_hash)


def _waiting() -> Iterable[int]:
    return list(IncidentProposal.objects.waiting().values_list("pk", flat=True))


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
