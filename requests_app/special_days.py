"""The calendar with the decrees that staff entered: read from the rows of admin, kept a minute."""

from __future__ import annotations

import time

from django.conf import settings

from requests_app import calendar
from requests_app.calendar import WorkCalendar
from requests_app.models import CalendarDay

# A decree entered in admin is seen by every process within this time.
_FRESH_SECONDS = 60.0
_cache: dict[int, tuple[float, WorkCalendar]] = {}


def calendar_of(year: int) -> WorkCalendar:
    """Return the calendar from the year before `year` to two years after; read once a minute."""
    now = time.monotonic()
    kept = _cache.get(year)
    if kept and now - kept[0] < _FRESH_SECONDS:
        return kept[1]
    years = range(year - 1, year + 3)
    rows = CalendarDay.objects.filter(date__year__in=list(years)).values_list("date", "kind")
    found = calendar.of_years(years, rows, country=settings.CITY.country_code)
    _cache[year] = (now, found)
    return found


def forget() -> None:
    """Drop what this process remembers, after an edit of the calendar."""
    _cache.clear()
