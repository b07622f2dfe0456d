"""The hotline's hours as the rules take them, with the calendar of their year."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

from outreach.hotline import windows
from outreach.models import CallBack, HotlineHours
from requests_app import special_days


def rows() -> list[windows.Open]:
    """Return the hours; one query."""
    names = ("weekday", "opens", "closes", "at_once", "first_day", "last_day")
    return [windows.Open(**values) for values in HotlineHours.objects.values(*names)]


def quarters(day: date, hours: list[windows.Open]) -> dict[datetime, int]:
    """Return how many call-backs fit into each quarter of the day."""
    calendar = special_days.calendar_of(day.year)
    return windows.of_day(hours, day, calendar=calendar, zone=timezone.get_default_timezone())


def now_open(at: datetime, hours: list[windows.Open]) -> windows.Now:
    """Return whether the hotline answers at the moment."""
    calendar = special_days.calendar_of(timezone.localtime(at).year)
    return windows.now_open(hours, at, calendar=calendar, zone=timezone.get_default_timezone())


def follow_up_by(at: datetime, working_days: int) -> datetime:
    """Return by when a follow-up promised at the moment is due."""
    calendar = special_days.calendar_of(timezone.localtime(at).year)
    zone = timezone.get_default_timezone()
    return windows.follow_up_by(at, working_days, rows(), calendar=calendar, zone=zone)


def free_by_day(at: datetime) -> dict[date, list[datetime]]:
    """Return the quarters that can still be booked, by day of the coming two weeks; two queries."""
    hours = rows()
    first = timezone.localtime(at).date()
    taken = _taken(at, at + timedelta(days=windows.AHEAD_DAYS + 1))
    found: dict[date, list[datetime]] = {}
    for ahead in range(windows.AHEAD_DAYS + 1):
        day = first + timedelta(days=ahead)
        free = [
            start
            for start, fit in quarters(day, hours).items()
            if start > at + windows.CLOSES and taken.get(start, 0) < fit
        ]
        if free:
            found[day] = free
    return found


def _taken(after: datetime, before: datetime) -> dict[datetime, int]:
    counted: dict[datetime, int] = {}
    held = CallBack.objects.held().filter(starts_at__gte=after, starts_at__lt=before)
    for start in held.values_list("starts_at", flat=True):
        counted[start] = counted.get(start, 0) + 1
    return counted
