"""What an incident over these houses would touch, counted before anybody is told."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.functions import Concat, Lower

from disclosure.models import Building
from notifications.models import ChannelCode, Follow, Subscription
from requests_app.incidents import opening
from requests_app.incidents.telling import about_houses
from requests_app.models import (
    Category,
    Incident,
    IncidentBuilding,
    Request,
    RequestContact,
)
from requests_app.statuses import Status
from requests_app.topics import incident_topic


@dataclass(frozen=True, kw_only=True)
class Reach:
    """
    Houses with their flats, open requests to be attached, followers, and the letters of one news.

    Flats are those the register knows: it lacks them for `houses_without_flats` houses.
    """

    houses: int
    flats: int
    houses_without_flats: int
    requests: int
    followers: int
    letters: int


def of(
    buildings: Collection[int],
    *,
    category: Category,
    at: datetime,
    incident: Incident | None = None,
    dropped: Collection[int] = (),
) -> Reach:
    """
    Return what an incident about `category` over `buildings` (ids) touches; seven queries.

    With `incident` they are added to its houses and `dropped` taken off; its own requests and
    followers are told as well. An address gets one letter, and none where it stopped them.
    """
    touched = {*buildings}
    hanging = Request.objects.none()
    own = Q(pk=None)
    if incident is not None:
        there = IncidentBuilding.objects.filter(incident=incident)
        touched = {*there.values_list("building_id", flat=True), *touched} - {*dropped}
        hanging = Request.objects.filter(incident=incident).exclude(status=Status.CLOSED)
        own = Q(topic=incident_topic(incident.pk))
    houses = Building.objects.filter(pk__in=touched)
    counted = houses.aggregate(
        houses=Count("pk"), known=Sum("flats"), unknown=Count("pk", filter=Q(flats=None))
    )
    waiting = opening.waiting_about(category, at=at).filter(
        building__in=touched if buildings or incident is None else []
    )
    asked = _open_to_letters(
        RequestContact.objects.filter(
            Q(request__in=waiting.values("pk")) | Q(request__in=hanging.values("pk"))
        ).exclude(email=""),
        Concat(Value("request:"), F("request__number")),
    )
    following = Follow.objects.confirmed().filter(
        own | about_houses(Building.objects.filter(pk__in=touched))
    )
    readers = asked.values_list(Lower("email")).union(
        _open_to_letters(following, F("topic")).values_list(Lower("email"))
    )
    return Reach(
        houses=counted["houses"],
        flats=counted["known"] or 0,
        houses_without_flats=counted["unknown"],
        requests=waiting.count(),
        followers=following.order_by().values("email").distinct().count(),
        letters=readers.count(),
    )


def _open_to_letters(rows: QuerySet[Any], topic: Any) -> QuerySet[Any]:
    """Leave out the addresses that stopped hearing of `topic` (telling.py names them so)."""
    stopped = Subscription.objects.filter(
        channel=ChannelCode.EMAIL,
        address=Lower(OuterRef("email")),
        topic=OuterRef("told_as"),
        stopped_at__isnull=False,
    )
    return rows.annotate(told_as=topic).filter(~Exists(stopped)).order_by()
