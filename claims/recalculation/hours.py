"""Seconds as hours that count, and the same for groups of readings of unlike badness."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from claims.recalculation.evidence import HOUR


def counted(seconds: int, partial_hour: str) -> Decimal:
    """Return a month's seconds as hours: whole ones only, unless parts count («proportional»)."""
    if partial_hour == "proportional":
        return Decimal(seconds) / HOUR
    return Decimal(seconds // HOUR)


@dataclass(slots=True)
class Group:
    """Seconds at one badness: degrees or steps beyond the permitted, by day or by night."""

    badness: Decimal
    night: bool
    above: bool
    seconds: int = 0
    lowest: Decimal = Decimal("Infinity")
    highest: Decimal = Decimal("-Infinity")
    hours: Decimal = Decimal(0)

    def add(self, seconds: int, reading: Decimal) -> None:
        """Take in the seconds of one reading."""
        self.seconds += seconds
        self.lowest = min(self.lowest, reading)
        self.highest = max(self.highest, reading)


def graded(groups: Iterable[Group], partial_hour: str) -> list[Group]:
    """
    Return `groups`, the worst first, with their hours.

    Minutes of the worst group that fill no hour join the next milder one: the month loses less
    than an hour in all, and worse readings never give less money.
    """
    ordered = sorted(groups, key=lambda group: (-group.badness, group.night, group.above))
    so_far = shown = 0
    for group in ordered:
        if partial_hour == "proportional":
            group.hours = Decimal(group.seconds) / HOUR
            continue
        so_far += group.seconds
        group.hours = Decimal(so_far // HOUR - shown)
        shown = so_far // HOUR
    return ordered
