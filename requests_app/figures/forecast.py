"""
How many requests the coming days will bring: the last weeks' level, moved as last years moved.

A day is expected to bring the mean of the last four weeks, times how the same week of earlier years
stood to the four weeks before it, times the share its weekday has had of late. Plain arithmetic
over counts: a city's staff can repeat it in a spreadsheet, and its error is measured on weeks it
had not seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import mean, quantiles

LEVEL_DAYS = 28
WEEKDAY_WEEKS = 8
# 52 weeks: the same weekday of a year before.
YEAR = timedelta(days=364)
YEARS = 5
WEEK = 7
HELD_OUT_WEEKS = 12
# Below that a factor of a quiet spring would throw the forecast about.
ENOUGH = 20
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Day:
    """A day to come: what is expected, and between what four of five such days fell."""

    date: date
    expected: float
    low: float
    high: float
    year_before: int | None


@dataclass(frozen=True)
class Error:
    """Means over the held-out weeks, as shares of what came: by day, by week, and as last week."""

    weeks: int
    by_day: float
    by_week: float
    naive_by_day: float


@dataclass(frozen=True)
class Forecast:
    """The coming days, and how wrong the method was before."""

    days: tuple[Day, ...]
    error: Error | None


def forecast(counts: Mapping[date, int], *, first: date, days: int = WEEK) -> Forecast | None:
    """
    Return the forecast of the days from `first` on; None before there are eight weeks of counts.

    `counts` are whole past days; a day that is missing between the first and `first` brought none.
    """
    if not counts or first - min(counts) < WEEKDAY_WEEKS * WEEK * _DAY:
        return None
    expected = _expected(counts, first, days)
    error, shares = _held_out(counts, first)
    spread = quantiles(shares, n=10) if len(shares) > 1 else None
    low, high = (spread[0], spread[-1]) if spread else (0.5, 1.5)
    return Forecast(
        days=tuple(
            Day(
                date=first + n * _DAY,
                expected=value,
                low=max(0.0, value * min(low, 1)),
                high=value * max(high, 1),
                year_before=counts.get(first + n * _DAY - YEAR),
            )
            for n, value in enumerate(expected)
        ),
        error=error,
    )


def _expected(counts: Mapping[date, int], first: date, days: int) -> list[float]:
    """Return what each day should bring, seen from the evening before `first`."""
    level = _mean(counts, first - LEVEL_DAYS * _DAY, LEVEL_DAYS)
    season = _season(counts, first, days)
    weeks = [
        [counts.get(first - (7 * week + 7 - n) * _DAY, 0) for week in range(WEEKDAY_WEEKS)]
        for n in range(WEEK)
    ]
    whole = sum(map(sum, weeks))
    # A pinch of evenness keeps a lucky Sunday from promising that nobody ever writes on Sundays.
    factors = [(sum(day) + 1) * WEEK / (whole + WEEK) for day in weeks]
    return [level * season * factors[n % WEEK] for n in range(days)]


def _season(counts: Mapping[date, int], first: date, days: int) -> float:
    """Return how the same days of earlier years stood to the four weeks before them."""
    oldest = min(counts)
    then = now = 0.0
    for back in range(1, YEARS + 1):
        start = first - back * YEAR
        if start - LEVEL_DAYS * _DAY < oldest:
            break
        before = _mean(counts, start - LEVEL_DAYS * _DAY, LEVEL_DAYS)
        then += _mean(counts, start, days)
        now += before
    return then / now if now * LEVEL_DAYS >= ENOUGH else 1.0


def _held_out(counts: Mapping[date, int], first: date) -> tuple[Error | None, list[float]]:
    """Return the error on the last weeks, each foretold from what came before it alone."""
    oldest = min(counts)
    wrong = naive = weekly = came = 0.0
    weeks = 0
    shares: list[float] = []
    for back in range(1, HELD_OUT_WEEKS + 1):
        start = first - back * WEEK * _DAY
        known = {day: count for day, count in counts.items() if day < start}
        if not known or start - oldest < WEEKDAY_WEEKS * WEEK * _DAY:
            break
        expected = _expected(known, start, WEEK)
        real = [counts.get(start + n * _DAY, 0) for n in range(WEEK)]
        week_before = [counts.get(start + (n - WEEK) * _DAY, 0) for n in range(WEEK)]
        wrong += _apart(expected, real)
        naive += _apart(week_before, real)
        weekly += abs(sum(expected) - sum(real))
        came += sum(real)
        weeks += 1
        shares += [true / said for said, true in zip(expected, real, strict=True) if said]
    if not came:
        return None, shares
    return Error(weeks, wrong / came, weekly / came, naive / came), shares


def _apart(said: Sequence[float], real: Sequence[float]) -> float:
    return sum(abs(one - other) for one, other in zip(said, real, strict=True))


def _mean(counts: Mapping[date, int], start: date, days: int) -> float:
    return mean(counts.get(start + n * _DAY, 0) for n in range(days))
