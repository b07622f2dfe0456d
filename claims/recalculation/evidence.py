"""
What happened in one month: breaks with their lengths, and seconds at each reading.

Everything that depends on the calendar is settled here (month, day and night, overlaps, no
access, breaks before readings), so that pricing the month once more by another reading of the law
is cheap even for a log of 100,000 points.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal

from claims.recalculation import spans
from claims.recalculation.spans import Measured, Span
from claims.recalculation.values import Interval, Kind

HOUR = 3600
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month in the city's zone; `borders` are its midnights and ends of night."""

    first: date
    days: int
    span: Span
    borders: tuple[int, ...]
    places: tuple[tuple[int, bool], ...]  # of each border: day from 0, whether night follows

    def within(self, first: date | None, last: date | None, *, zone: tzinfo) -> Span:
        """Return its part from `first` to `last`, both included; None is its own border."""
        start = _second(first, 0, zone) if first else self.span[0]
        end = _second(last + timedelta(days=1), 0, zone) if last else self.span[1]
        return max(start, self.span[0]), min(end, self.span[1])

    @property
    def hours(self) -> Decimal:
        """Return its length; where clocks are moved it is not days × 24."""
        return Decimal(self.span[1] - self.span[0]) / HOUR


@dataclass(frozen=True, slots=True)
class Break:
    """One break of supply; lengths in seconds, without the hours of no access."""

    seconds: int  # inside the month
    before: int  # before the month began: these used up the one-off allowance
    planned: int  # of `seconds`, how many were planned
    reading: Decimal | None


@dataclass(frozen=True, slots=True)
class Cell:
    """Where seconds of a reading belong."""

    kind: Kind
    day: int
    night: bool
    reading: Decimal


@dataclass(slots=True)
class Evidence:
    """A month's facts, ready to be priced."""

    month: Month
    breaks: list[Break] = field(default_factory=list)
    planned_apart: list[Break] = field(default_factory=list)
    seconds: dict[Cell, int] = field(default_factory=dict)
    # When the service was due at all: of heating, the part of the month within its season.
    service: Span = (0, 0)
    preliminary: bool = False
    outside: int = 0
    crossing: int = 0


def days_of(span: Span) -> int:
    """Return how many days a stretch between two midnights has."""
    return round((span[1] - span[0]) / DAY)


def month_of(first: date, *, zone: tzinfo, night_ends: int) -> Month:
    """Return the month that begins on `first`; its nights last from midnight to `night_ends`."""
    after = (first + timedelta(days=32)).replace(day=1)
    days = (after - first).days
    marks = [
        (_second(first + timedelta(days=day), hour, zone), day, night)
        for day in range(days)
        for hour, night in ((0, True), (night_ends, False))
    ]
    return Month(
        first=first,
        days=days,
        span=(_second(first, 0, zone), _second(after, 0, zone)),
        borders=tuple(mark for mark, _day, _night in marks),
        places=tuple((day, night) for _mark, day, night in marks),
    )


def _second(day: date, hour: int, zone: tzinfo) -> int:
    return int(datetime.combine(day, time(hour), tzinfo=zone).timestamp())


def gather(
    intervals: Iterable[Interval],
    *,
    month: Month,
    badness: dict[Kind, Callable[[Decimal], Decimal]],
    planned_apart: bool,
    service: Span | None = None,
) -> Evidence:
    """
    Return what `intervals` say about `month`; `service` is when it was due, all of it if None.

    `badness` ranks two readings of one moment. With `planned_apart` planned breaks have an
    allowance of their own (hot water); otherwise they join the others.
    """
    due = service or month.span
    found = Evidence(month, service=due)
    by_kind: dict[Kind, list[tuple[int, int, Interval]]] = defaultdict(list)
    for interval in intervals:
        start, end = _bounds(interval, month, found)
        if start < due[1] and end > due[0]:
            found.crossing += start < month.span[0] or end > month.span[1]
            # What was before the month used up allowances; before the season nothing was due.
            start = start if due[0] == month.span[0] else max(start, due[0])
            end = end if due[1] == month.span[1] else min(end, due[1])
            by_kind[interval.kind].append((start, end, interval))
        else:
            found.outside += 1
    no_access = spans.union((start, end) for start, end, _ in by_kind[Kind.NO_ACCESS])
    _breaks(found, by_kind[Kind.INTERRUPTION], no_access, planned_apart=planned_apart)
    # Without supply there is nothing to measure, and п. 14 shuts п. 15 out from its start.
    idle = spans.union([*no_access, *(row[:2] for row in by_kind[Kind.INTERRUPTION])])
    # Volts and frequency are one bad supply: an hour of both is one hour.
    spoilt = spans.union([*idle, *(row[:2] for row in by_kind[Kind.QUALITY])])
    for kind in (Kind.TEMPERATURE, Kind.PRESSURE, Kind.QUALITY, Kind.VOLTAGE):
        measured = [
            (max(start, month.span[0]), min(end, month.span[1]), row.reading or Decimal(0))
            for start, end, row in by_kind[kind]
        ]
        ranked = badness.get(kind, _no_rank)
        outside = spoilt if kind == Kind.VOLTAGE else idle
        _fill(found, kind, spans.worst(measured, badness=ranked, outside=outside))
    return found


def _no_rank(_reading: Decimal) -> Decimal:
    return Decimal(0)


def _bounds(interval: Interval, month: Month, found: Evidence) -> Span:
    start = int(interval.start.timestamp())
    if interval.end is not None:
        return start, int(interval.end.timestamp())
    found.preliminary |= start < month.span[1]
    return start, max(start, month.span[1])


def _breaks(
    found: Evidence,
    rows: Sequence[tuple[int, int, Interval]],
    no_access: list[Span],
    *,
    planned_apart: bool,
) -> None:
    unplanned = [row for row in rows if not row[2].planned]
    planned = [row for row in rows if row[2].planned]
    taken = spans.union(row[:2] for row in unplanned)
    only_planned = spans.subtract(spans.union(row[:2] for row in planned), taken)
    if planned_apart:
        found.breaks = _merged(unplanned, taken, [], no_access, found.month)
        found.planned_apart = _merged(planned, only_planned, only_planned, no_access, found.month)
    else:
        whole = spans.union([*taken, *only_planned])
        found.breaks = _merged(rows, whole, only_planned, no_access, found.month)


def _merged(
    rows: Sequence[tuple[int, int, Interval]],
    whole: Sequence[Span],
    planned: Sequence[Span],
    no_access: list[Span],
    month: Month,
) -> list[Break]:
    coldest = _coldest(rows, whole)
    counted = spans.subtract(whole, no_access)
    inside = _lengths(whole, spans.clip(counted, month.span))
    # Lengths before the month: up to its first second.
    before = _lengths(whole, [(s, min(e, month.span[0])) for s, e in counted if s < month.span[0]])
    ours = _lengths(whole, spans.clip(spans.subtract(planned, no_access), month.span))
    return [
        Break(seconds=inside[n], before=before[n], planned=ours[n], reading=coldest[n])
        for n in range(len(whole))
    ]


def _lengths(whole: Sequence[Span], parts: Iterable[Span]) -> list[int]:
    """Return for each of the joined spans how many seconds of `parts` it holds."""
    starts = [start for start, _end in whole]
    found = [0] * len(whole)
    for start, end in parts:
        found[bisect_right(starts, start) - 1] += end - start
    return found


def _coldest(
    rows: Sequence[tuple[int, int, Interval]], whole: Sequence[Span]
) -> list[Decimal | None]:
    """Return the lowest reading of the rows inside each joined span."""
    lowest: list[Decimal | None] = [None] * len(whole)
    place = 0
    for start, _end, interval in sorted(rows, key=lambda row: row[0]):
        while place < len(whole) and whole[place][1] <= start:
            place += 1
        if place == len(whole) or interval.reading is None:
            continue
        known = lowest[place]
        lowest[place] = interval.reading if known is None else min(known, interval.reading)
    return lowest


def _fill(found: Evidence, kind: Kind, rows: Iterable[Measured]) -> None:
    borders, places = found.month.borders, found.month.places
    for start, end, reading in rows:
        for place, since, until in spans.cut((start, end), borders):
            cell = Cell(kind, *places[place], reading)
            found.seconds[cell] = found.seconds.get(cell, 0) + until - since
