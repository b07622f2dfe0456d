"""
The clock of a request: by when the norm wants it reacted to, inspected, fixed and answered.

Plain functions over values: no queries, no clock of their own. Moments are aware and come out in
UTC; `zone` is the city's. Hours and «сутки» run through nights and days off; working days follow
the calendar (domain.md §2).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from django.db import models
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from requests_app.calendar import WorkCalendar

Window = tuple[time, time]

# Where a norm is silent the general answer stands: 59-ФЗ, ст. 12 ч. 1.
GENERAL_ANSWER_DAYS = 30


class Unit(models.TextChoices):
    """In what a limit is counted."""

    MINUTES = "minutes", gettext_lazy("minutes")
    HOURS = "hours", gettext_lazy("hours")
    DAYS = "days", gettext_lazy("days of 24 hours")
    WORKING_DAYS = "working_days", gettext_lazy("working days")
    CALENDAR_DAYS = "calendar_days", gettext_lazy("calendar days")


@dataclass(frozen=True)
class Limit:
    """A length of time a norm allows."""

    amount: int
    unit: Unit


@dataclass(frozen=True, kw_only=True)
class NormLimits:
    """The limits of one norm; `window` is the part of the day in which the fixing time runs."""

    react: Limit | None = None
    inspect: Limit | None = None
    fix: Limit | None = None
    answer: Limit | None = None
    window: Window | None = None


@dataclass(frozen=True, kw_only=True)
class Promise:
    """The moments promised; None where the norm sets none. `due_at` is the one shown first."""

    react_by: datetime | None
    inspect_by: datetime | None
    fix_by: datetime | None
    answer_by: datetime | None
    due_at: datetime


@dataclass(frozen=True)
class Pause:
    """
    A stretch in which the clock stood, on a ground the law allows.

    `only_repair`: access was agreed with the resident, which stops the repair's clock alone.
    """

    start: datetime
    end: datetime
    only_repair: bool = False


def promise(
    limits: NormLimits,
    *,
    registered_at: datetime,
    calendar: WorkCalendar,
    zone: tzinfo,
    answer_on_working_day: bool = True,
) -> Promise:
    """
    Return the moments by which a request registered at `registered_at` must be served.

    `due_at` is the fixing limit; where the norm sets none, the answer; then the inspection; then
    the general 30 days of 59-ФЗ, ст. 12. With `answer_on_working_day` an answer counted in calendar
    days that falls on a day off is due on the working day before it (practice, domain.md §2.5).
    """

    def by(limit: Limit | None, window: Window | None = None) -> datetime | None:
        if limit is None:
            return None
        return due(
            limit,
            registered_at=registered_at,
            calendar=calendar,
            zone=zone,
            window=window,
            on_working_day=answer_on_working_day,
        )

    react, inspect = by(limits.react), by(limits.inspect)
    fix, answer = by(limits.fix, limits.window), by(limits.answer)
    general = Limit(GENERAL_ANSWER_DAYS, Unit.CALENDAR_DAYS)
    due_at = fix or answer or inspect or by(general)
    assert due_at is not None
    return Promise(react_by=react, inspect_by=inspect, fix_by=fix, answer_by=answer, due_at=due_at)


def due(
    limit: Limit,
    *,
    registered_at: datetime,
    calendar: WorkCalendar,
    zone: tzinfo,
    window: Window | None = None,
    on_working_day: bool = True,
) -> datetime:
    """
    Return the moment at which `limit` runs out.

    Limits in days of the calendar end with their last day, local time. The day of registration is
    day 0 (ГК РФ, ст. 191).
    """
    # In UTC: Python adds to a local time by the wall clock, which jumps where clocks are moved.
    start, local = registered_at.astimezone(UTC), registered_at.astimezone(zone)
    match limit.unit:
        case Unit.MINUTES:
            return _within(start, timedelta(minutes=limit.amount), window, zone)
        case Unit.HOURS:
            return _within(start, timedelta(hours=limit.amount), window, zone)
        case Unit.DAYS:
            return start + timedelta(days=limit.amount)
        case Unit.WORKING_DAYS:
            return _end_of(calendar.add_working_days(local.date(), limit.amount), zone)
        case Unit.CALENDAR_DAYS:
            day = local.date() + timedelta(days=limit.amount)
            if on_working_day:
                day = max(calendar.working_day_before(day), local.date())
            return _end_of(day, zone)


def _within(start: datetime, length: timedelta, window: Window | None, zone: tzinfo) -> datetime:
    """Return start + length (UTC), counting only time inside the daily window if there is one."""
    if window is None:
        return start + length
    opens, closes = window
    day, left = start.astimezone(zone).date(), length
    while True:
        moment = max(start, datetime.combine(day, opens, zone).astimezone(UTC))
        open_for = datetime.combine(day, closes, zone).astimezone(UTC) - moment
        if open_for > timedelta():
            if left <= open_for:
                return moment + left
            left -= open_for
        day += timedelta(days=1)


def _end_of(day: date, zone: tzinfo) -> datetime:
    """Return the last minute of the day: «до 23:59» names the day that people mean."""
    return datetime.combine(day, time(23, 59), zone).astimezone(UTC)


def time_left(due_at: datetime, *, now: datetime) -> timedelta:
    """Return how long is left; negative when it is late."""
    return due_at - now


def in_words(due_at: datetime, *, now: datetime, zone: tzinfo) -> str:
    """Return the moment as people say it: «до 18:00 завтра», «до 18:00 в четверг, 26 ноября»."""
    local, today = due_at.astimezone(zone), now.astimezone(zone).date()
    clock = f"{local:%H:%M}"
    days = (local.date() - today).days
    if days == 0:
        return _("by %(time)s today") % {"time": clock}
    if days == 1:
        return _("by %(time)s tomorrow") % {"time": clock}
    if days == -1:
        return _("by %(time)s yesterday") % {"time": clock}
    with_year = local.year != today.year
    day = formats.date_format(local, "j E Y" if with_year else "j E")
    if 1 < days < 7:
        weekdays = (
            _("on Monday"),
            _("on Tuesday"),
            _("on Wednesday"),
            _("on Thursday"),
            _("on Friday"),
            _("on Saturday"),
            _("on Sunday"),
        )
        return _("by %(time)s %(weekday)s, %(day)s") % {
            "time": clock,
            "weekday": weekdays[local.weekday()],
            "day": day,
        }
    return _("by %(time)s, %(day)s") % {"time": clock, "day": day}


def left_in_words(due_at: datetime, *, now: datetime) -> str:
    """Return «осталось 3 ч 20 мин» or «просрочено на 2 дн. 4 ч»."""
    left = time_left(due_at, now=now)
    if left < timedelta():
        return _("late by %(length)s") % {"length": length_in_words(-left)}
    # The verb agrees with the first number: «остался 1 день», «осталось 2 дня».
    days, hours = left.days, left.seconds // 3600
    return ngettext("%(length)s left", "%(length)s left", days or hours) % {
        "length": length_in_words(left)
    }


def length_in_words(length: timedelta) -> str:
    """Return the two largest parts of a length: days and hours, or hours and minutes."""
    minutes = int(length.total_seconds() // 60)
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = []
    if days:
        parts.append(ngettext("%(count)d day", "%(count)d days", days) % {"count": days})
    if hours:
        parts.append(_("%(count)d h") % {"count": hours})
    if not days and (minutes or not hours):
        parts.append(_("%(count)d min") % {"count": minutes})
    return " ".join(parts)


def stood(pauses: Iterable[Pause]) -> timedelta:
    """Return how long the clock stood; stretches that overlap count once."""
    total, until = timedelta(), None
    for pause in sorted(pauses, key=lambda one: one.start):
        start = pause.start if until is None else max(pause.start, until)
        total += max(pause.end - start, timedelta())
        until = pause.end if until is None else max(until, pause.end)
    return total
