"""The law's numbers and the portal's readings of it: dated, each with its clause and source."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("figures.toml")
READING = "reading."


class Unreadable(Exception):
    """A figure is not what its code promises; the message names it."""


class NotInForce(Exception):
    """No figure stands for the day asked about."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number («0.15») or a reading («floor»), in force from `since` to `until`, both included."""

    code: str
    value: str
    since: date
    until: date | None
    clause: str
    source: str
    confidence: str
    note: str
    others: tuple[str, ...] = ()

    def holds_on(self, day: date) -> bool:
        """Tell whether it is in force on `day`."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class Figures:
    """The figures of one day, by code."""

    by_code: dict[str, Figure]

    def number(self, code: str) -> Decimal:
        """Return the number named `code`."""
        return Decimal(self.by_code[code].value)

    def reading(self, switch: str) -> str:
        """Return the reading chosen for `switch`."""
        return self.by_code[READING + switch].value

    def others(self, switch: str) -> tuple[str, ...]:
        """Return the readings of `switch` that were not chosen."""
        figure = self.by_code[READING + switch]
        choices = {figure.value, *figure.others, *_file_choices(switch)}
        return tuple(sorted(choices - {figure.value}))

    def clause(self, code: str) -> str:
        """Return the clause that gives the number."""
        return self.by_code[code].clause

    def read_as(self, switch: str, value: str) -> Figures:
        """Return the same figures with `switch` read as `value`."""
        code = READING + switch
        return Figures({**self.by_code, code: replace(self.by_code[code], value=value)})


def on(day: date, *, before: Iterable[Figure] = ()) -> Figures:
    """
    Return the figures in force on `day`; those of `before` stand before the file's.

    Raise NotInForce where a code of the file has none for the day.
    """
    found: dict[str, Figure] = {}
    for figure in (*from_file(), *before):
        if figure.holds_on(day):
            found[figure.code] = figure
    absent = {figure.code for figure in from_file()} - set(found)
    if absent:
        raise NotInForce(f"{min(absent)} on {day}")
    return Figures(found)


@cache
def from_file() -> tuple[Figure, ...]:
    """Return what the portal brings with it."""
    return tuple(_read(tomllib.loads(FILE.read_text(encoding="utf-8"))))


def check(code: str, value: str) -> None:
    """Raise Unreadable unless `value` is fit for `code`."""
    known = {figure.code for figure in from_file()}
    if code not in known:
        raise Unreadable(code)
    if code.startswith(READING):
        if value not in _file_choices(code.removeprefix(READING)):
            raise Unreadable(f"{code}: {value}")
        return
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise Unreadable(f"{code}: {value}") from None
    if not number.is_finite() or abs(number) > 100_000:
        raise Unreadable(f"{code}: {value}")


def _read(content: dict[str, Any]) -> Iterator[Figure]:
    for row in content["figure"]:
        yield Figure(
            code=row["code"],
            value=row["value"],
            since=row.get("since", content["since"]),
            until=row.get("until"),
            clause=row["clause"],
            source=row.get("source", content["source"]),
            confidence=row["confidence"],
            note=row.get("note", ""),
            others=tuple(row.get("others", ())),
        )


def _file_choices(switch: str) -> set[str]:
    code = READING + switch
    return {
        word
        for figure in from_file()
        if figure.code == code
        for word in (figure.value, *figure.others)
    }
