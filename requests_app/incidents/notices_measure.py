"""
Measures the reading of notices against labels: precision and recall by house and hour.

A labelled file holds notices divided by «---», each with «=>» and its labels: «@ from until» opens
hours, «street: 5 7..15:odd * -9» names houses of the register.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from disclosure import addresses
from requests_app.incidents import notices, notices_houses
from requests_app.incidents.notices_streets import Named, Names
from requests_app.incidents.notices_values import number_of

# On which day the notices of a labelled file were received.
RECEIVED = date(2026, 2, 1)
Told = tuple[str, str, datetime, datetime]


@dataclass
class Register:
    """Streets and houses of a labelled file's city."""

    names: Names
    houses: dict[int, dict[str, int]]


@dataclass
class Measure:
    """How the notices were read: what was right, too much, missing."""

    notices: int = 0
    exact: int = 0
    right: int = 0
    wrong: int = 0
    missed: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Which share of the houses told was meant."""
        return self.right / max(self.right + self.wrong, 1)

    @property
    def recall(self) -> float:
        """Which share of the houses meant was told."""
        return self.right / max(self.right + self.missed, 1)

    def __str__(self) -> str:
        return (
            f"{self.notices} notices, {self.exact} without a fault; by house and hours:"
            f" precision {self.precision:.3f}, recall {self.recall:.3f}"
            f" ({self.right} right, {self.wrong} too much, {self.missed} missed)"
        )


def register(text: str) -> Register:
    """Read «settlement | street | 1..40 5а 12/2» lines."""
    streets, houses = [], {}
    for number, line in enumerate(_lines(text), start=1):
        settlement, street, said = (part.strip() for part in line.split("|"))
        streets.append(Named(number, settlement, street))
        keys = [key for word in said.split() for key in _numbers(word)]
        houses[number] = {key: number * 1000 + order for order, key in enumerate(keys)}
    return Register(Names(streets, home=streets[0].settlement), houses)


def measure(text: str, of: Register) -> Measure:
    """Read every notice of a labelled file and compare it with its labels."""
    found = Measure()
    for said, labels in _labelled(text):
        told, meant = told_by(said, of), _meant(labels, of)
        found.notices += 1
        found.right += len(told & meant)
        found.wrong += len(told - meant)
        found.missed += len(meant - told)
        if told == meant:
            found.exact += 1
        else:
            found.faults.append(_fault(said, told, meant))
    return found


def told_by(text: str, of: Register) -> set[Told]:
    """Return what the notice is read to say: street, house, from, until."""
    notice = notices.read(text, names=of.names, on=RECEIVED)
    told = set()
    for place, street in notices_houses.streets_of(notice, of.names):
        matched = notices_houses.match(place, street, of.houses[street.id])
        for start, end in place.windows:
            told |= {(_full(street), house, start, end) for house in matched.houses}
    return told


def _labelled(text: str) -> Iterator[tuple[str, list[str]]]:
    for part in re.split(r"^---$", text, flags=re.MULTILINE):
        said, _sign, labels = part.partition("\n=>\n")
        yield said.strip(), _lines(labels)


def _meant(labels: list[str], of: Register) -> set[Told]:
    meant: set[Told] = set()
    windows: list[tuple[datetime, datetime]] = []
    is_new = True
    for line in labels:
        if line.startswith("@"):
            windows = [] if is_new else windows
            words = line[1:].split()
            windows.append(
                (
                    datetime.fromisoformat(" ".join(words[:2])),
                    datetime.fromisoformat(" ".join(words[2:])),
                )
            )
            is_new = False
            continue
        is_new = True
        street_name, _colon, houses = line.partition(":")
        street = _street(street_name.strip(), of)
        for house in _houses(houses, of.houses[street.id]):
            meant |= {(_full(street), house, start, end) for start, end in windows}
    return meant


def _street(name: str, of: Register) -> Named:
    for street in of.names.streets:
        if name in (street.name, _full(street)):
            return street
    raise KeyError(name)


def _full(street: Named) -> str:
    return f"{street.settlement}, {street.name}"


def _houses(said: str, known: dict[str, int]) -> set[str]:
    chosen: set[str] = set()
    for word in said.split():
        if word.startswith("-"):
            chosen.discard(word[1:])
            continue
        word, _colon, side = word.partition(":")
        if word == "*":
            picked = set(known)
        elif ".." in word:
            first, last = map(int, word.split(".."))
            picked = {key for key in known if first <= number_of(key) <= last}
        else:
            picked = {addresses.house_key(word)} & known.keys()
        odd = {"odd": 1, "even": 0}.get(side)
        chosen |= {key for key in picked if odd is None or number_of(key) % 2 == odd}
    return chosen


def _numbers(word: str) -> list[str]:
    if ".." in word:
        first, last = map(int, word.split(".."))
        return [str(number) for number in range(first, last + 1)]
    return [addresses.house_key(word)]


def _lines(text: str) -> list[str]:
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _fault(said: str, told: set[Told], meant: set[Told]) -> str:
    def shown(rows: set[Told]) -> str:
        return ", ".join(
            f"{street} {house} {start:%d.%m %H:%M}-{end:%H:%M}"
            for street, house, start, end in sorted(rows)[:6]
        )

    return f"{said}\n  too much: {shown(told - meant)}\n  missed: {shown(meant - told)}"
