"""Charts drawn on the server: numbers become places in an SVG; a table stands behind each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

# The unit of the picture is a pixel of a phone; the page lets it grow no further than its text may.
WIDTH = 320
_BAR = 16
_GAP = 4
_HEAD = 22
_LONGEST = 200
_PAST = 6


@dataclass(frozen=True)
class Bar:
    """One value: where its bar lies, and where its words stand."""

    tone: str
    y: int
    width: int
    height: int
    said: str
    said_x: int
    said_y: int


@dataclass(frozen=True)
class Group:
    """The bars of one year."""

    label: str
    label_y: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Chart:
    """Bars by groups, one under another, so that a phone shows them as well as a desk."""

    width: int
    height: int
    groups: tuple[Group, ...]


def bars(
    groups: Sequence[tuple[str, Sequence[tuple[str, Decimal, str]]]], *, full: Decimal | None = None
) -> Chart:
    """
    Return a chart of `(label, [(tone, value, words), …])`; values are of one unit, never negative.

    A value that is not nothing has a bar that can be seen. The longest bar is the greatest value's,
    or stands for `full`, which no value exceeds.
    """
    most = full or max(
        (value for _label, values in groups for _tone, value, _said in values), default=0
    )
    y = 0
    drawn = []
    for label, values in groups:
        placed = []
        label_y = y + _HEAD - 6
        y += _HEAD
        for tone, value, said in values:
            width = round(value * _LONGEST / most) if most else 0
            width = max(width, 2) if value else 0
            placed.append(Bar(tone, y, width, _BAR, said, width + _PAST, y + _BAR - 4))
            y += _BAR + _GAP
        y += _GAP
        drawn.append(Group(label, label_y, tuple(placed)))
    return Chart(WIDTH, y, tuple(drawn))
