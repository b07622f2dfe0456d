"""
Many houses at once, as dispatchers name them: each line a house, a street, a part of one, a zone.

«Садовая 5» is a house, «Садовая» a street, «Садовая 1–25 (нечёт.), кроме 7» a part of one, read as
outage notices are; «Зона 12/heating: …» a supplier's houses, «На карте: 54.31 48.39, …» a drawing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from disclosure import address_search, addresses
from disclosure.models import Building, Street
from disclosure.querysets import BuildingQuerySet
from disclosure.viewport import within
from requests_app.incidents import house_area, house_zones, notices_houses
from requests_app.incidents.house_area import Area
from requests_app.incidents.house_zones import Zone
from requests_app.incidents.notices_places import Reader
from requests_app.incidents.notices_streets import Named, Names
from requests_app.typed_text import one_line

LINES = 200
LONGEST = 2_000
_ZONE = re.compile(r"^(?:зона|zone)\s+([^:]+?)\s*(?::.*)?$", re.IGNORECASE)
_AREA = re.compile(r"^(?:на карте|on the map)\s*:\s*(.+)$", re.IGNORECASE)
# «5–25», «нечёт.», «кроме 7»: more than one number, a side or an exception.
_PART = re.compile(
    r"\d\s*[-‐-―−]\s*\d|(?<!\w)(?:не)?ч[её]т|(?<!\w)кроме(?!\w)|\d[^\n]*[,;]\s*\d", re.IGNORECASE
)


@dataclass
class Line:
    """A line and the houses (ids) it means."""

    text: str
    ids: list[int]


@dataclass
class Found:
    """The houses that the lines name, line by line, and the lines that name none."""

    ids: list[int] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


def read(text: str, *, on: date | None = None) -> Found:
    """
    Return the houses that the lines of `text` mean; the same house twice counts once.

    `on` is the day whose suppliers count (today). After LINES lines the next one is `unknown`, and
    what follows it is not read.
    """
    found = Found()
    reader = _Lines(on or timezone.localdate())
    said = [one_line(line)[:LONGEST] for line in text.splitlines()]
    for number, line in enumerate(filter(None, said)):
        if number == LINES:
            found.unknown.append(line[:200])
            break
        ids = reader.ids_of(line)
        if not ids:
            found.unknown.append(line[:200])
        found.lines.append(Line(line, ids))
        found.ids.extend(ids)
    found.ids = list(dict.fromkeys(found.ids))
    return found


def part_of_street(street: str, first: int | None, last: int | None, side: str) -> str:
    """Return the line for the houses from `first` to `last` of a street; `side` is odd or even."""
    street = one_line(street)
    sides = {"odd": "нечёт.", "even": "чёт."}
    if first is None and last is None:
        return f"{street} (вся {sides[side]})" if side in sides else street
    line = f"{street} {first or 1}–{last or 9_999}"
    return f"{line} ({sides[side]})" if side in sides else line


def zone_line(zone: Zone) -> str:
    """Return the line for a supply zone."""
    return f"{_('Zone')} {zone.code}: {house_zones.name_of(zone)}"


def area_line(area: Area) -> str:
    """Return the line for a piece of the map."""
    return f"{_('On the map')}: {house_area.text_of(area)}"


class _Lines:
    """Reads lines; the register's streets are fetched once, and only if a line needs them."""

    def __init__(self, on: date) -> None:
        self.on = on
        self._names: Names | None = None

    def ids_of(self, line: str) -> list[int]:
        if said := _ZONE.match(line):
            zone = house_zones.read(said[1])
            return _ids(zone.buildings(self.on)) if zone else []
        if said := _AREA.match(line):
            area = house_area.read(said[1])
            return _inside(area) if area else []
        line = line[:200]
        part = self._part(line) if _PART.search(line) else None
        if part is not None:
            return part
        ids = _house(line) if any(map(str.isdigit, line)) else []
        return ids or _street(line)

    def _part(self, line: str) -> list[int] | None:
        """
        Return the houses that the line names as a notice would; None where it names no street.

        A single house that the register lacks, or a name that several streets bear, leaves none:
        half of what was meant would pass unseen.
        """
        if self._names is None:
            streets = Street.objects.values_list("id", "settlement", "name")
            self._names = Names([Named(*row) for row in streets], home=settings.CITY.name)
        line = re.sub(r"[‐-―−]", "-", line)
        ids: list[int] = []
        places = Reader(line, line, self._names).read()
        for place in places:
            named = self._names.find(place.name, kind=place.kind, settlement=place.settlement)
            if len(named) != 1:
                return []
            rows = Building.objects.taking_requests().filter(street=named[0].id)
            houses = dict(rows.values_list("search_house", "pk"))
            matched = notices_houses.match(place, named[0], houses)
            if matched.unknown:
                return []
            ids.extend(matched.houses.values())
        return ids if places else None


def _house(line: str) -> list[int]:
    return [house.id for house in address_search.find(line, limit=1)]


def _street(line: str) -> list[int]:
    """Return every open house of the streets whose name is what was typed, type aside."""
    wanted = addresses.street_key(line)
    streets = [
        street.pk
        for street in Street.objects.filter(search_name__startswith=wanted)
        if addresses.street_key(street.name) == wanted
    ]
    return _ids(Building.objects.taking_requests().filter(street__in=streets))


def _inside(area: Area) -> list[int]:
    rows = Building.objects.taking_requests().filter(within(area.box, ""))
    found = rows.order_by("address", "id").values_list("pk", "lat", "lon")
    return [
        pk for pk, lat, lon in found if lat is not None and lon is not None and area.holds(lat, lon)
    ]


def _ids(rows: BuildingQuerySet) -> list[int]:
    return list(rows.order_by("address", "id").values_list("pk", flat=True))
