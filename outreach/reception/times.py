"""The times of a day: hours cut into visits around the break, none on a day off. No queries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from requests_app.calendar import WorkCalendar


@dataclass(frozen=True, kw_only=True)
class Hours:
    """Hours on one weekday; `rest` is the break, `last_day` None has no end."""

    weekday: int
    starts: time
    ends: time
    slot: timedelta
    first_day: date
    last_day: date | None = None
    rest: tuple[time, time] | None = None


def of_day(
    hours: Hours, day: date, *, calendar: WorkCalendar, zone: tzinfo
) -> Iterator[tuple[datetime, datetime]]:
    """
    Yield start and end of each visit on `day`, in the zone's own time; none on a day off.

    A visit never runs into the break or past the end. Saturdays and Sundays named by the hours
    count as working ones unless they are holidays.
    """
    if day.weekday() != hours.weekday or day < hours.first_day:
        return
    if hours.last_day is not None and day > hours.last_day:
        return
    if day in calendar.days_off or (hours.weekday < 5 and not calendar.is_working(day)):
        return
    start = datetime.combine(day, hours.starts, zone)
    end = datetime.combine(day, hours.ends, zone)
    rest = hours.rest and tuple(datetime.combine(day, at, zone) for at in hours.rest)
    while start + hours.slot <= end:
        if rest and start < rest[1] and start + hours.slot > rest[0]:
            start = rest[1]
            continue
        yield start, start + hours.slot
        start += hours.slot
