"""Pages of the calendar: a month as a grid, a list by day, paper, and the file calendars follow."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts import calendars, throttling
from accounts.client_address import client_address, limit_key
from accounts.middleware import ActorRequest
from outreach.calendar import schedule
from outreach.calendar.entries import KINDS, Choice, Entry, entries, events
from outreach.seminars.calendar import zone
from outreach.seminars.views import calendar_answer
from requests_app.limits import too_many

MONTH_LIMIT = 1_000
# What a calendar program takes in at a time: the last month and half a year ahead.
BEHIND, AHEAD, FEED_LIMIT = timedelta(days=30), timedelta(days=190), 2_000
PAPER_DAYS, PAPER_LIMIT = 366, 5_000
PAPERS_AN_HOUR = 20
# Lines a day's square holds; the rest is a link to the list.
IN_SQUARE = 4
_FIRST_YEAR, _LAST_YEAR = 2000, 2100


@require_safe
def index(http: ActorRequest) -> HttpResponse:
    """Show a month: as a grid on wide screens, or as a list."""
    choice = Choice.of(http.GET)
    today = timezone.localtime(now()).date()
    month = _month(http.GET.get("month", "")) or today.replace(day=1)
    following = _shifted(month, 1)
    rows = entries(choice, since=_midnight(month), until=_midnight(following), limit=MONTH_LIMIT)
    days = by_day(rows, first=month, last=following - timedelta(days=1))
    is_list = http.GET.get("view") == "list"
    values = {
        "choice": choice,
        "kinds": [(kind, word, choice.has(kind)) for kind, word in KINDS.items()],
        "districts": settings.CITY.districts,
        "month": month,
        "before": _shifted(month, -1) if month.year > _FIRST_YEAR else None,
        "after": following if following.year < _LAST_YEAR else None,
        "last": following - timedelta(days=1),
        "today": today,
        "is_list": is_list,
        "days": sorted(days.items()),
        "weeks": [] if is_list else _weeks(month, days),
        "is_cut": len(rows) == MONTH_LIMIT,
        "feed": f"{settings.PUBLIC_URL}/calendar.ics{_asked(choice)}",
    }
    return render(http, "outreach/calendar/index.html", values)


@require_safe
@cache_control(public=True, max_age=900)
def feed(http: ActorRequest) -> HttpResponse:
    """Return the file a calendar program follows: the last month and half a year ahead."""
    at = now()
    choice = Choice.of(http.GET)
    rows = entries(choice, since=at - BEHIND, until=at + AHEAD, limit=FEED_LIMIT)
    name = _("Calendar of the contact centre")
    return calendar_answer(calendars.calendar_file(events(rows, at=at), name=name), "calendar")


@require_safe
def paper(http: ActorRequest) -> HttpResponse:
    """Return the schedule of a month, or `from`–`to` of a year at most, as a PDF."""
    at = now()
    verdict = throttling.hit(
        bucket="schedule",
        key=limit_key(client_address(http)),
        limit=PAPERS_AN_HOUR,
        window=timedelta(hours=1),
        at=at,
    )
    if not verdict.allowed:
        words = _("Too many schedules from one address. Try again later.")
        return too_many(http, words, verdict.retry_after_seconds)
    choice = Choice.of(http.GET)
    today = timezone.localtime(at).date()
    first = _day(http.GET.get("from", "")) or today
    last = _day(http.GET.get("to", "")) or first + timedelta(days=30)
    last = min(max(first, last), first + timedelta(days=PAPER_DAYS - 1))
    until = _midnight(last + timedelta(days=1))
    rows = entries(choice, since=_midnight(first), until=until, limit=PAPER_LIMIT)
    days = by_day(rows, first=first, last=last)
    answer = HttpResponse(
        schedule.pdf(sorted(days.items()), first=first, last=last, district=choice.district),
        content_type="application/pdf",
    )
    answer["Content-Disposition"] = f'attachment; filename="calendar-{first}-{last}.pdf"'
    return answer


def by_day(rows: Iterable[Entry], *, first: date, last: date) -> dict[date, list[Entry]]:
    """Return the lines by each day of the span on which they go on, days without any left out."""
    city = zone()
    found: dict[date, list[Entry]] = {}
    for row in rows:
        begins = row.starts_at.astimezone(city).date()
        # What ends at midnight does not go on the next day.
        ends = (row.ends_at - timedelta(microseconds=1)).astimezone(city).date()
        day = max(begins, first)
        while day <= min(ends, last):
            found.setdefault(day, []).append(row)
            day += timedelta(days=1)
    return found


def _weeks(month: date, days: dict[date, list[Entry]]) -> list[list[dict[str, Any]]]:
    weeks = Calendar(firstweekday=0).monthdatescalendar(month.year, month.month)
    return [
        [
            {
                "day": day,
                "is_in": day.month == month.month,
                "rows": days.get(day, [])[:IN_SQUARE] if day.month == month.month else [],
                "more": max(0, len(days.get(day, [])) - IN_SQUARE),
            }
            for day in week
        ]
        for week in weeks
    ]


def _asked(choice: Choice) -> str:
    return f"?{choice.query}" if choice.query else ""


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_current_timezone())


def _shifted(month: date, by: int) -> date:
    number = month.year * 12 + month.month - 1 + by
    return date(number // 12, number % 12 + 1, 1)


def _month(text: str) -> date | None:
    return _day(f"{text}-01") if len(text) == 7 else None


def _day(text: str) -> date | None:
    """Return the day of a query if the calendar reaches it."""
    try:
        found = parse_date(text)
    except ValueError:
        return None
    return found if found and _FIRST_YEAR <= found.year < _LAST_YEAR else None
