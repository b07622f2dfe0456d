"""What a notice says of houses: a street, numbers, ranges, sides and exceptions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from disclosure import addresses

ODD, EVEN = "odd", "even"


@dataclass(frozen=True)
class Range:
    """Houses from `first` to `last` by their numbers, both included; of one side where said."""

    first: int
    last: int
    side: str = ""


@dataclass
class Place:
    """A street of a notice with the houses said of it: `whole`, numbers and ranges, exceptions."""

    start: int
    end: int
    settlement: str
    kind: str
    name: str
    houses: list[str] = field(default_factory=list)
    ranges: list[Range] = field(default_factory=list)
    but: list[str] = field(default_factory=list)
    but_ranges: list[Range] = field(default_factory=list)
    side: str = ""
    is_whole: bool = False
    windows: tuple[tuple[datetime, datetime], ...] = ()
    # Why its houses cannot be told: a stretch between crossings.
    trouble: str = ""

    @property
    def is_all(self) -> bool:
        """Whether every house of the street (or of its side) is meant."""
        return self.is_whole or not (self.houses or self.ranges)


def number_of(house: str) -> int:
    """Return the number a house begins with, 0 where it has none."""
    match = re.match(r"\d+", addresses.house_key(house))
    return int(match[0]) if match else 0
