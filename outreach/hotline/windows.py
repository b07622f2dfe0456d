"""When the hotline answers, and the quarters of an hour in which it calls back. No queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from outreach.reception import times
from requests_app.calendar import WorkCalendar

QUARTER = timedelta(minutes=15)
# A quarter so near is neither booked nor given up: the operators have it before them.
CLOSES = timedelta(minutes=30)
AHEAD_DAYS = 14


@dataclass(frozen=True, kw_only=True)
class Open:
    """Hours on one weekday; `at_once` call-backs fit into a quarter, `last_day` None has no end."""

    weekday: int
    opens: time
    closes: time
    at_once: int
    first_day: date
    last_day: date | None = None


def of_day(
    hours: Iterable[Open], day: date, *, calendar: WorkCalendar, zone: tzinfo
) -> dict[datetime, int]:
    """
    Return how many call-backs fit into each quarter of `day` (aware, in order); none on a day off.

    The same rule cuts the receptions into visits. Where two rows of hours meet, the larger counts.
    """
    found: dict[datetime, int] = {}
    for one in hours:
        if not one.at_once:
            continue
        cut = times.Hours(
            weekday=one.weekday,
            starts=one.opens,
            ends=one.closes,
            slot=QUARTER,
            first_day=one.first_day,
            last_day=one.last_day,
        )
        for start, _end in times.of_day(cut, day, calendar=calendar, zone=zone):
            found[start] = max(found.get(start, 0), one.at_once)
    return dict(sorted(found.items()))


def spans(
    hours: Iterable[Open], day: date, *, calendar: WorkCalendar, zone: tzinfo
) -> list[tuple[datetime, datetime]]:
    """Return from when until when the hotline answers on `day`, in order; none on a day off."""
    found: list[tuple[datetime, datetime]] = []
    for one in hours:
        whole = times.Hours(
            weekday=one.weekday,
            starts=one.opens,
            ends=one.closes,
            slot=datetime.combine(day, one.closes) - datetime.combine(day, one.opens),
            first_day=one.first_day,
            last_day=one.last_day,
        )
        found += times.of_day(whole, day, calendar=calendar, zone=zone)
    return sorted(found)


@dataclass(frozen=True)
class Now:
    """Whether somebody answers at this moment, until when, or from when; None: not in two weeks."""

    is_open: bool
    until: datetime | None = None
    opens_at: datetime | None = None


def now_open(hours: Iterable[Open], at: datetime, *, calendar: WorkCalendar, zone: tzinfo) -> Now:
    """Return whether the hotline answers at the moment, and when that changes."""
    hours = list(hours)
    today = at.astimezone(zone).date()
    for ahead in range(AHEAD_DAYS + 1):
        day = today + timedelta(days=ahead)
        for start, end in spans(hours, day, calendar=calendar, zone=zone):
            if start <= at < end:
                return Now(is_open=True, until=end)
            if start > at:
                return Now(is_open=False, opens_at=start)
    return Now(is_open=False)


def follow_up_by(
    at: datetime,
    working_days: int,
    hours: Iterable[Open],
    *,
    calendar: WorkCalendar,
    zone: tzinfo,
) -> datetime:
    """
    Return by when a follow-up is due: the hotline's closing on the n-th working day after `at`.

    Working days follow the calendar; where the hotline has no hours that day, its end counts.
    """
    day = calendar.add_working_days(at.astimezone(zone).date(), working_days)
    found = spans(hours, day, calendar=calendar, zone=zone)
    return found[-1][1] if found else datetime.combine(day, time(23, 59), zone)
