"""Houses along the drawn streets: numbers, places, sizes, and who has managed them since when."""

from __future__ import annotations

import json
import math
import random  # noqa: TID251 - seeded, draws an invented city
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from django.conf import settings

from contact_center.demo_city.organisations import SOURCE
from disclosure import addresses
from disclosure.models import Building, Street

HERE = Path(__file__).resolve().parent
_METRES = 111_320.0
_BESIDE_STREET_M = 28.0
# Names for the lanes that the map leaves nameless; only a large city needs them.
_MORE_NAMES = json.loads((HERE / "names.json").read_text(encoding="utf-8"))["streets"]
_MORE_KINDS = ("ул.", "пер.", "пр-д", "ул. 2-я", "ул. 3-я")


@dataclass(frozen=True)
class Lane:
    """A street with its line of (lon, lat) points."""

    name: str
    district: str
    line: tuple[tuple[float, float], ...]


def lanes(buildings: int) -> list[Lane]:
    """Return enough streets for that many houses: the drawn ones, then invented ones."""
    drawn = json.loads((HERE / "streets.json").read_text(encoding="utf-8"))["streets"]
    found = [
        Lane(street["name"], street["district"], tuple(map(tuple, street["line"])))
        for street in drawn
    ]
    taken = {addresses.street_key(lane.name) for lane in found}
    dice = random.Random(11)
    for kind in _MORE_KINDS:
        for name in _MORE_NAMES:
            if len(found) * 130 >= buildings:
                return found
            # Nobody says «ул. 2-я Пушкина».
            if kind[-1] == "я" and not name.endswith("ая"):
                continue
            title = f"{kind} {name}"
            if kind == "ул." and addresses.street_key(title) in taken:
                continue
            beside = drawn[dice.randrange(len(drawn))]
            shift = dice.uniform(-0.006, 0.006), dice.uniform(-0.003, 0.003)
            line = tuple((lon + shift[0], lat + shift[1]) for lon, lat in beside["line"])
            found.append(Lane(title, beside["district"], line))
    return found


def streets(found: list[Lane]) -> list[Street]:
    """Return unsaved rows of the streets."""
    city = settings.CITY.name
    return [
        Street(
            settlement=city,
            name=lane.name,
            search_name=addresses.street_text(city=city, name=lane.name),
        )
        for lane in found
    ]


def houses(found: list[Lane], rows: list[Street], *, count: int) -> Iterator[Building]:
    """Yield unsaved houses, street by street; a longer street has more of them."""
    dice = random.Random(7)
    lengths = [_length_m(lane.line) for lane in found]
    total, placed, walked = sum(lengths), 0, 0.0
    for lane, row, length in zip(found, rows, lengths, strict=True):
        walked += length
        upto = round(count * walked / total)
        on_street = upto - placed
        for order in range(on_street):
            yield _house(lane, row, order, on_street, length, placed + order, dice)
        placed = upto


def _house(
    lane: Lane,
    row: Street,
    order: int,
    on_street: int,
    length: float,
    place: int,
    dice: random.Random,
) -> Building:
    lon, lat = _beside(
        lane.line, length * (order + 0.5 + dice.uniform(-0.2, 0.2)) / on_street, order
    )
    number = str(order + 1)
    mark = dice.random()
    if mark < 0.06:
        number += dice.choice(("а", "б"))
    elif mark < 0.14:
        number += f" к. {dice.choice((1, 2))}"
    floors = dice.choices((2, 3, 4, 5, 9, 10, 12, 16), (3, 4, 2, 34, 30, 9, 4, 6))[0]
    built = {2: (1949, 1958), 3: (1950, 1960), 4: (1956, 1963), 5: (1959, 1979)}.get(
        floors, (1974, 2004) if floors < 12 else (1998, 2023)
    )
    entrances = dice.choice((1, 2)) if floors >= 12 else dice.choice((2, 3, 4, 4, 6))
    flats = entrances * floors * dice.choice((3, 4, 4) if floors < 12 else (4, 6, 8))
    return Building(
        street=row,
        house=number,
        search_house=addresses.house_key(number),
        address=addresses.display(city=settings.CITY.name, street=lane.name, house=number),
        district=lane.district,
        lat=round(lat, 6),
        lon=round(lon, 6),
        source=SOURCE,
        source_key=f"house-{place + 1}",
        kind="Многоквартирный дом",
        built_year=dice.randint(*built),
        floors=floors,
        entrances=entrances,
        flats=flats,
        area_m2=Decimal(flats * dice.randint(46, 64) * 100) / 100,
    )


def _length_m(line: tuple[tuple[float, float], ...]) -> float:
    return sum(_step_m(a, b) for a, b in pairwise(line))


def _step_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    east = (b[0] - a[0]) * math.cos(math.radians(a[1]))
    return math.hypot(east, b[1] - a[1]) * _METRES


def _beside(line: tuple[tuple[float, float], ...], along: float, order: int) -> tuple[float, float]:
    """Return the place `along` metres down the street, on the left for odd houses."""
    for a, b in pairwise(line):
        step = _step_m(a, b)
        if along <= step or b is line[-1]:
            part = min(along / step, 1.0)
            squeeze = math.cos(math.radians(a[1]))
            east, north = (b[0] - a[0]) * squeeze * _METRES, (b[1] - a[1]) * _METRES
            side = (_BESIDE_STREET_M if order % 2 == 0 else -_BESIDE_STREET_M) / step
            lon = a[0] + (b[0] - a[0]) * part - north * side / (_METRES * squeeze)
            return lon, a[1] + (b[1] - a[1]) * part + east * side / _METRES
        along -= step
    return line[-1]


@dataclass(frozen=True)
class Reign:
    """A company's time over a house: `until` is the first day it is no more, None if it stays."""

    company: int
    since: date
    until: date | None


def reigns(built: list[Building], shares: list[float], *, today: date) -> list[list[Reign]]:
    """
    Return for each house its companies (places in `shares`), oldest first.

    Neighbours on a street tend to have one company; every ninth house changed it of late.
    """
    dice = random.Random(13)
    order = list(range(len(shares)))
    found: list[list[Reign]] = []
    now_on_street: dict[int, int] = {}
    for building in built:
        street = id(building.street)
        if street not in now_on_street or dice.random() < 0.28:
            now_on_street[street] = dice.choices(order, shares)[0]
        company = now_on_street[street]
        start = date(2012 + dice.randrange(8), dice.randint(1, 12), 1)
        if dice.random() < 1 / 9:
            earlier = dice.choices(order, shares)[0]
            if earlier != company:
                change = (today - timedelta(days=dice.randint(40, 600))).replace(day=1)
                found.append([Reign(earlier, start, change), Reign(company, change, None)])
                continue
        found.append([Reign(company, start, None)])
    return found
