"""Which houses of the register a notice means, and what it names that the register has not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from requests_app.incidents.notices import Notice
from requests_app.incidents.notices_streets import Named, Names
from requests_app.incidents.notices_values import ODD, Place, Range, number_of

# By the key of a house's number (`addresses.house_key`), its id.
Houses = Mapping[str, int]


@dataclass
class Matched:
    """A place of the notice with its street and houses (ids by number, in order)."""

    place: Place
    street: Named
    houses: dict[str, int] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)


def streets_of(notice: Notice, names: Names) -> list[tuple[Place, Named]]:
    """Return each place with the one street it means; others are among the notice's problems."""
    found = []
    for place in notice.places:
        streets = names.find(place.name, kind=place.kind, settlement=place.settlement)
        if len(streets) == 1:
            found.append((place, streets[0]))
    return found


def match(place: Place, street: Named, houses: Houses) -> Matched:
    """Return the houses of `street` that the place means; a single one it lacks is `unknown`."""
    chosen = {key for key in houses if _is_meant(place, key)}
    unknown = [key for key in place.houses if key not in houses and not _stands_for(key, place)]
    chosen -= {key for key in houses if key in place.but or _in_any(key, place.but_ranges)}
    ordered = sorted(chosen, key=lambda key: (number_of(key), key))
    return Matched(place, street, {key: houses[key] for key in ordered}, unknown)


def _is_meant(place: Place, key: str) -> bool:
    if key in place.houses or _in_any(key, place.ranges):
        return True
    return place.is_all and _is_on(key, place.side)


def _in_any(key: str, ranges: list[Range]) -> bool:
    number = number_of(key)
    return any(one.first <= number <= one.last and _is_on(key, one.side) for one in ranges)


def _is_on(key: str, side: str) -> bool:
    number = number_of(key)
    return not side or (number > 0 and (number % 2 == 1) == (side == ODD))


def _stands_for(key: str, place: Place) -> bool:
    """Whether the number is only the end of a range."""
    return any(number_of(key) in (one.first, one.last) for one in place.ranges)
