"""The houses of a storm, chosen from whatever registry the drill has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import Count, Q

from disclosure.models import Building
from disclosure.utilities import Utility

# Streets among which drills take turns, and houses read of one.
_STREETS = 12
_HOUSES = 40


class NoHouses(Exception):
    """The registry has no house that a storm could play at."""


def choose(rules: Mapping[str, str], *, turn: int, on: date) -> dict[str, list[int]]:
    """
    Return the ids of houses for each street name of a script.

    `turn` moves on from drill to drill, so that two do not play at the same street; a rule is
    `longest`, `next` or `elsewhere`. Raise NoHouses for an empty registry; a city with one street
    has all of the storm there.
    """
    streets = _streets(on)
    if not streets:
        raise NoHouses
    first = streets[turn % len(streets)]
    second = streets[(turn + 1) % len(streets)]
    found = {
        "longest": _houses(on, street=first),
        "next": _houses(on, street=second),
        "elsewhere": _houses(on, but_not=(first, second)) or _houses(on, street=first),
    }
    return {name: found[rule] for name, rule in rules.items()}


def house(place: str, houses: Mapping[str, list[int]]) -> int:
    """Return the house that «main:2» means; a short street starts again from its first house."""
    name, _, number = place.partition(":")
    row = houses[name]
    return row[(int(number) - 1) % len(row)]


def _supplied(on: date) -> Q:
    """Houses that take requests and have a mains: their burst has somebody to mend it."""
    return Q(
        is_open=True,
        supply_periods__utility=Utility.COLD_WATER,
        supply_periods__during__contains=on,
    )


def _streets(on: date) -> list[int]:
    rows = Building.objects.filter(_supplied(on)).values("street").order_by()
    counted = rows.annotate(count=Count("id")).order_by("-count", "street")
    found = [row["street"] for row in counted[:_STREETS]]
    return found or list(_any_streets())


def _any_streets() -> Iterable[int]:
    """A registry that names no suppliers yet must not forbid a drill."""
    rows = Building.objects.filter(is_open=True).values("street").order_by()
    for row in rows.annotate(count=Count("id")).order_by("-count", "street")[:_STREETS]:
        yield row["street"]


def _houses(on: date, *, street: int = 0, but_not: tuple[int, ...] = ()) -> list[int]:
    rows = Building.objects.filter(is_open=True)
    if street:
        rows = rows.filter(street=street).order_by("search_house", "id")
    else:
        rows = rows.exclude(street__in=but_not).filter(_supplied(on)).order_by("-flats", "id")
    return list(rows.values_list("id", flat=True)[:_HOUSES])
