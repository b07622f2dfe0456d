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


# Columns of a history stand side by side, so their words are few and small.
_COLUMNS_HIGH = 120
_COLUMN_WORDS = 16


@dataclass(frozen=True)
class Column:
    """One moment: where its column stands; `said` is "" where words would run into each other."""

    x: int
    y: int
    width: int
    height: int
    middle: int
    label: str
    said: str
    title: str


@dataclass(frozen=True)
class Columns:
    """A history from left to right."""

    width: int
    height: int
    label_y: int
    columns: tuple[Column, ...]


def columns(values: Sequence[tuple[str, Decimal, str]]) -> Columns:
    """
    Return a chart of `(label, value, words)` in the order of time; values are never negative.

    The first largest one and the last one say their words; the others say them to whoever points.
    """
    most = max((value for _label, value, _said in values), default=Decimal(0))
    step = WIDTH // max(len(values), 1)
    largest = next((n for n, (_label, value, _said) in enumerate(values) if value == most), 0)
    spoken = {largest, len(values) - 1}
    if len(values) - 1 - largest == 1:
        spoken.discard(largest)
    drawn = []
    for n, (label, value, said) in enumerate(values):
        height = round(value * _COLUMNS_HIGH / most) if most else 0
        height = max(height, 2) if value else 0
        drawn.append(
            Column(
                x=n * step + 2,
                y=_COLUMN_WORDS + _COLUMNS_HIGH - height,
                width=max(step - 4, 2),
                height=height,
                middle=n * step + step // 2,
                label=label,
                said=said if n in spoken else "",
                title=f"{label}: {said}",
            )
        )
    label_y = _COLUMN_WORDS + _COLUMNS_HIGH + _COLUMN_WORDS - 2
    return Columns(WIDTH, label_y + 4, label_y, tuple(drawn))
