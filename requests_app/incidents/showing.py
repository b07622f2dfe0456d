"""Incidents in words for the public: state, time, places; never a person, a constant of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from disclosure.addresses import house_key
from disclosure.models import Street
from requests_app.filing.house import until
from requests_app.models import Ending, Incident, IncidentBuilding
from requests_app.statuses import Status

STREETS = 4
HOUSES = 3_000
OVER_STATES = frozenset({Status.DONE, Status.CLOSED})


@dataclass(frozen=True)
class Place:
    """A street and how many of its houses."""

    street: str
    houses: int


@dataclass(frozen=True)
class Shown:
    """An incident in a list."""

    incident: Incident
    state: str
    until: str
    places: list[Place]
    more_streets: int
    houses: int


def state_of(incident: Incident, at: datetime) -> str:
    """Return `now`, `planned`, `over`, `cancelled` or `merged`."""
    if incident.ending in {Ending.CANCELLED, Ending.MERGED}:
        return str(incident.ending)
    if incident.ended_at is not None and incident.ended_at <= at:
        return "over"
    return "planned" if incident.started_at > at else "now"


def shown(incidents: Iterable[Incident], *, at: datetime) -> list[Shown]:
    """Return the incidents with their places; one query for all of them."""
    rows = list(incidents)
    streets: dict[int, list[Place]] = {row.pk: [] for row in rows}
    counted = (
        IncidentBuilding.objects.filter(incident__in=streets)
        .values_list("incident_id", "building__street__name")
        .annotate(houses=Count("pk"))
        .order_by("incident_id", "-houses", "building__street__name")
    )
    for pk, street, houses in counted:
        streets[pk].append(Place(street, houses))
    return [
        Shown(
            incident=row,
            state=state_of(row, at),
            until=until(row, at=at),
            places=streets[row.pk][:STREETS],
            more_streets=max(0, len(streets[row.pk]) - STREETS),
            houses=sum(place.houses for place in streets[row.pk]),
        )
        for row in rows
    ]


@dataclass(frozen=True)
class StreetHouses:
    """The touched houses of one street: ids and numbers, as they follow in the street."""

    street: str
    houses: list[tuple[int, str]]


def houses_of(incident: Incident) -> list[StreetHouses]:
    """Return the touched houses by street; at most HOUSES of them."""
    rows = (
        IncidentBuilding.objects.filter(incident=incident)
        .order_by("building__address", "building_id")
        .values_list("building__street_id", "building_id", "building__house")[:HOUSES]
    )
    found: dict[int, list[tuple[int, str]]] = {}
    for street, pk, house in rows:
        found.setdefault(street, []).append((pk, house))
    names = dict(Street.objects.filter(pk__in=found).values_list("pk", "name"))
    return [
        StreetHouses(names[street], sorted(houses, key=lambda pair: _along(pair[1])))
        for street, houses in sorted(found.items(), key=lambda pair: names[pair[0]])
    ]


def _along(house: str) -> tuple[int, str]:
    digits = "".join(sign for sign in house_key(house).split(" ")[0] if sign.isdigit())
    return int(digits or 0), house
