"""
The methodology of a rating as a checked value: what is asked, how it is weighed, what a band means.

It is data with a version. A published rating keeps its own; a change is a new file.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent / "reference"
KINDS = ("share", "rate")
WHOLE = 100
# What an indicator may count, each a column of the frozen input. Of requests, a yes or no of each:
OF_REQUESTS = (
    "requests",
    "faults",
    "due",
    "in_time",
    "presented",
    "reopened",
    "repeated",
    "emergencies",
    "reacted",
    "scanned",
    "answered",
    "confirmed",
    "marked",
    "marked_good",
)
# … and of the company as a whole: its answers to claims, its disclosure, what was found against it.
OF_COMPANY = (
    "claims",
    "granted",
    "forms",
    "forms_in_time",
    "violations",
    "debts_told",
    "debts_none",
)
COUNTS = OF_REQUESTS + OF_COMPANY
# The line of a company that holds these: it is about no house.
WHOLE_COMPANY = "company"
# Worked out of the input: faults that flats of such ages would expect, and the city's average by
# flats of whatever is counted.
EXPECTED, BY_FLATS = "expected", "by_flats"


class Unsound(ValueError):
    """The document cannot be a methodology; the message names the place."""


@dataclass(frozen=True)
class Indicator:
    """
    One question put to every company.

    `count` of `of` is a share, or a rate against what is expected. `floor` earns 0 points, `goal`
    earns 100; which of them is larger says which way is good. Missing data means the group's
    average, with all the doubt of it.
    """

    code: str
    kind: str
    name: str
    question: str
    formula: str
    source: str
    count: str
    of: str
    weight: int
    floor: float
    goal: float
    missing: str

    @property
    def more_is_better(self) -> bool:
        """Whether a larger value earns more points."""
        return self.goal > self.floor


@dataclass(frozen=True)
class Group:
    """Companies of one size; `flats_below` is None for the largest."""

    code: str
    name: str
    flats_below: int | None = None


@dataclass(frozen=True)
class Age:
    """Houses of one age; `built_before` is None for the newest and those of unknown age."""

    code: str
    name: str
    built_before: int | None = None


@dataclass(frozen=True)
class Band:
    """A colour with its word: scores of `at_least` and more, below the band above."""

    code: str
    name: str
    meaning: str
    at_least: float


@dataclass(frozen=True)
class Methodology:
    """The whole document; bands and groups stand in the order of the file."""

    version: int
    dated: date
    title: str
    window_months: int
    repeat_days: int
    pool_at_least: int
    least_due: int
    least_days: int
    groups: tuple[Group, ...]
    ages: tuple[Age, ...]
    bands: tuple[Band, ...]
    indicators: tuple[Indicator, ...]

    def group_of(self, flats: int) -> str:
        """Return the code of the size that many flats make."""
        for group in self.groups:
            if group.flats_below is None or flats < group.flats_below:
                return group.code
        return self.groups[-1].code


def path_of(version: int) -> Path:
    """Return the file of a version."""
    return FOLDER / f"methodology_{version}.toml"


def newest() -> dict[str, Any]:
    """Return the document of the newest version in the repository."""
    versions = [int(path.stem.rpartition("_")[2]) for path in FOLDER.glob("methodology_*.toml")]
    return document(path_of(max(versions)))


def document(path: Path) -> dict[str, Any]:
    """Read a file into what JSON can hold; days become text."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as wrong:
        raise Unsound(f"{path.name}: {wrong}") from None
    if isinstance(found.get("dated"), date):
        found["dated"] = found["dated"].isoformat()
    return found


def read(found: dict[str, Any]) -> Methodology:
    """Return what a document holds; raise Unsound, naming the place, if that is no methodology."""
    try:
        made = Methodology(
            version=int(found["version"]),
            dated=date.fromisoformat(found["dated"]),
            title=str(found["title"]),
            window_months=int(found["window_months"]),
            repeat_days=int(found["repeat_days"]),
            pool_at_least=int(found["pool_at_least"]),
            least_due=int(found["minimum"]["due"]),
            least_days=int(found["minimum"]["days"]),
            groups=tuple(Group(**row) for row in found["groups"]),
            ages=tuple(Age(**row) for row in found["ages"]),
            bands=tuple(Band(**row) for row in found["bands"]),
            indicators=tuple(Indicator(**row) for row in found["indicators"]),
        )
    except KeyError as missing:
        raise Unsound(f"{missing.args[0]}: missing") from None
    except (TypeError, ValueError) as wrong:
        raise Unsound(str(wrong)) from None
    _check_indicators(made)
    _check_steps("groups", [group.flats_below for group in made.groups])
    _check_steps("ages", [age.built_before for age in made.ages])
    _check_bands(made)
    return made


def _check_indicators(made: Methodology) -> None:
    codes = [indicator.code for indicator in made.indicators]
    if len(set(codes)) != len(codes):
        raise Unsound("indicators: a code stands twice")
    total = sum(indicator.weight for indicator in made.indicators)
    if total != WHOLE:
        raise Unsound(f"indicators: weights sum to {total}, not {WHOLE}")
    for indicator in made.indicators:
        place = f"indicators.{indicator.code}"
        if indicator.kind not in KINDS:
            raise Unsound(f"{place}.kind: {indicator.kind!r} is none of {KINDS}")
        if indicator.weight <= 0:
            raise Unsound(f"{place}.weight: must be above 0")
        if indicator.count not in COUNTS:
            raise Unsound(f"{place}.count: no such source as {indicator.count!r}")
        if indicator.kind == "rate" and indicator.of not in {EXPECTED, BY_FLATS}:
            raise Unsound(f"{place}.of: a rate is counted of {EXPECTED!r} or {BY_FLATS!r}")
        if indicator.kind == "share" and indicator.of not in COUNTS:
            raise Unsound(f"{place}.of: no such source as {indicator.of!r}")
        if indicator.floor == indicator.goal:
            raise Unsound(f"{place}: floor and goal are equal")
        if indicator.missing != "group":
            raise Unsound(f"{place}.missing: only 'group' is known")


def _check_steps(place: str, limits: list[int | None]) -> None:
    *below, last = limits or [0]
    if last is not None:
        raise Unsound(f"{place}: the last one must have no upper limit")
    known = [limit for limit in below if limit is not None]
    if len(known) != len(below) or known != sorted(set(known)):
        raise Unsound(f"{place}: limits must rise")


def _check_bands(made: Methodology) -> None:
    limits = [band.at_least for band in made.bands]
    if not limits or limits != sorted(set(limits), reverse=True) or limits[-1] != 0:
        raise Unsound("bands: limits must fall, and end at 0")
