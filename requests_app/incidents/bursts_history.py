"""What the past promises: how many requests about a utility an hour of the year brings a place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo

from requests_app.incidents.bursts import ECHO_WITHIN

HOURS_OF_WEEK = 168
_DAY = range(24)
MONTHS = 12
# How many requests of an hour, and how many days of a month, what we believe beforehand weighs.
_BELIEVED = 16.0
_DAYS_BELIEVED = 20.0
# Requests of one house, each within the echo's time of the one before, are a chain. So many other
# callers or more are a burst that nobody told of, and teach nothing about echoes.
LONGEST_ECHO = 3
# A house whose flats nobody entered.
FLATS = 40
# What a city without any history is taken for: requests a flat and day about one utility.
_NEW_CITY_A_FLAT = 0.001
# Limits of the share of requests that another of the same house follows.
ECHO_LEAST, ECHO_MOST = 0.02, 0.15
_ECHO_BELIEVED, _ECHO_BELIEVED_OF = 4.0, 100.0


@dataclass(frozen=True)
class Place:
    """What a house, street or zone weighs: its flats, and its requests of the year that counted."""

    flats: int
    seen: float = 0.0


@dataclass(frozen=True)
class History:
    """
    A utility's past in a city: the even rate of each month and how the hours of a week differ.

    `by_month` are requests an hour, `by_hour` factors around one (Monday 0:00 first, the city's
    time). `year` is how many requests the counted year held, `places` what parts of it fell where.
    """

    by_month: Sequence[float]
    by_hour: Sequence[float]
    year: float
    flats: int
    echo: float
    places: Mapping[tuple[str, int | str], Place] = field(default_factory=dict)
    _rates: dict[datetime, float] = field(default_factory=dict, repr=False, compare=False)

    def rate(self, hour: datetime, zone: tzinfo) -> float:
        """Return how many requests the whole city sends in the hour that begins at `hour`."""
        known = self._rates.get(hour)
        if known is None:
            local = hour.astimezone(zone)
            known = self.by_month[local.month - 1] * self.by_hour[hour_of_week(local)]
            if len(self._rates) > _RATES_KEPT:
                self._rates.clear()
            self._rates[hour] = known
        return known

    def expected(self, start: datetime, end: datetime, zone: tzinfo) -> float:
        """Return how many requests the whole city sends from `start` to `end`."""
        total, moment = 0.0, start
        while moment < end:
            hour = moment.replace(minute=0, second=0, microsecond=0)
            following = min(end, hour + _HOUR)
            total += self.rate(hour, zone) * ((following - moment) / _HOUR)
            moment = following
        return total

    def place(self, scope: str, key: int | str, flats: int = FLATS) -> Place:
        """Return what is known of the place; one without a past weighs its flats."""
        return self.places.get((scope, key)) or Place(flats)

    def promised(self, place: Place) -> float:
        """Return how many of the year's requests the place had sent if all flats were alike."""
        return self.year * place.flats / max(self.flats, 1)


_HOUR = timedelta(hours=1)
_RATES_KEPT = 500


def hour_of_week(local: datetime) -> int:
    """Return 0 for Monday's first hour, 167 for Sunday's last."""
    return local.weekday() * 24 + local.hour


def fit(
    by_hour: Mapping[int, float],
    by_month: Mapping[int, float],
    *,
    since: date,
    until: date,
    year: float,
    flats: int,
    echoes: float,
) -> History:
    """
    Return the history of a utility from counts of [since, until), smoothed towards its average.

    `by_hour` counts by hour of the week, `by_month` by month (1–12); `echoes` is how many requests
    another of the same house followed. A city without a past gets a cautious guess.
    """
    total = sum(by_month.values())
    days = max((until - since).days, 1)
    even = (total + flats * _NEW_CITY_A_FLAT * _DAYS_BELIEVED) / (days + _DAYS_BELIEVED) / 24
    spans = _days_of_months(since, until)
    months = [
        (by_month.get(month, 0.0) + even * 24 * _DAYS_BELIEVED)
        / (spans.get(month, 0) + _DAYS_BELIEVED)
        / 24
        for month in range(1, MONTHS + 1)
    ]
    hours = _hours(by_hour)
    echo = (echoes + _ECHO_BELIEVED) / (total + _ECHO_BELIEVED_OF)
    return History(
        by_month=months,
        by_hour=hours,
        year=max(year, flats * _NEW_CITY_A_FLAT * _DAYS_BELIEVED),
        flats=max(flats, 1),
        echo=min(max(echo, ECHO_LEAST), ECHO_MOST),
    )


def _hours(counts: Mapping[int, float]) -> list[float]:
    """
    Return how the hours of a week differ, around one.

    What is believed of an hour beforehand is how busy its hour of the day and its weekday are.
    """
    of_day = _factors([sum(counts.get(day * 24 + hour, 0.0) for day in range(7)) for hour in _DAY])
    of_week = _factors([sum(counts.get(day * 24 + hour, 0.0) for hour in _DAY) for day in range(7)])
    believed = [of_day[hour % 24] * of_week[hour // 24] for hour in range(HOURS_OF_WEEK)]
    return _factors([counts.get(hour, 0.0) for hour in range(HOURS_OF_WEEK)], believed)


def _factors(counts: list[float], believed: Sequence[float] = ()) -> list[float]:
    mean = sum(counts) / len(counts)
    raw = [
        (count + _BELIEVED * (believed[place] if believed else 1.0)) / (mean + _BELIEVED)
        for place, count in enumerate(counts)
    ]
    return [value * len(raw) / sum(raw) for value in raw]


def echoes_in(requests: Iterable[tuple[int, datetime, str]]) -> int:
    """Count the requests (house, moment, caller; in order of house and time) that others echoed."""
    total, chain = 0, 0
    before: tuple[int, datetime, str] | None = None
    callers: set[str] = set()
    for one in requests:
        house, at, caller = one
        if before is None or before[0] != house or at - before[1] > ECHO_WITHIN:
            total += chain if chain < LONGEST_ECHO else 0
            chain, callers = 0, {caller}
        elif caller not in callers:
            callers.add(caller)
            chain += 1
        before = one
    return total + (chain if chain < LONGEST_ECHO else 0)


def _days_of_months(since: date, until: date) -> dict[int, int]:
    found: dict[int, int] = {}
    day = since
    while day < until:
        following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        end = min(following, until)
        found[day.month] = found.get(day.month, 0) + (end - day).days
        day = end
    return found
