"""By when a form must be published: pure rules over days."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

import holidays
from django.conf import settings

from disclosure.forms_standard.definition import Due

# How long before its limit a form begins to ask for attention.
SOON = timedelta(days=14)


class Standing(StrEnum):
    """How a form stands on a day."""

    FRESH = "fresh"
    SOON = "soon"
    MISSING = "missing"
    RETURNED = "returned"
    LATE = "late"


@dataclass(frozen=True, kw_only=True)
class Timing:
    """How a form stands, and the day by which something is to be done."""

    standing: Standing
    due_on: date

    @property
    def is_in_time(self) -> bool:
        """Whether no limit has passed."""
        return self.standing is not Standing.LATE


@cache
def _days_off(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(settings.CITY.country_code, years=year))


def after_working_days(day: date, count: int) -> date:
    """Return the `count`-th working day after `day` (ГК РФ, ст. 191)."""
    while count:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in _days_off(day.year):
            count -= 1
    return day


def months_after(day: date, months: int) -> date:
    """Return the same day of a later month, or that month's last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def timing(
    due: Due,
    *,
    year: int,
    began: date,
    published_on: date | None,
    returned_on: date | None,
    on: date,
) -> Timing:
    """
    Return how the form stands on the day `on`.

    `began`: the first day of the duty. `published_on`: the day of the newest version that counts.
    `returned_on`: when staff returned the newest version, if they did; the time to publish again
    is then that of a change, whatever the form's own limit.
    """
    if returned_on is not None:
        due_on = after_working_days(returned_on, due.working_days or 7)
        return Timing(standing=_if_late(Standing.RETURNED, due_on, on), due_on=due_on)
    if due.month:
        due_on = date(year + 1, due.month, due.day)
        if published_on is not None:
            return Timing(standing=Standing.FRESH, due_on=due_on)
        return Timing(standing=_if_late(Standing.MISSING, due_on, on), due_on=due_on)
    if published_on is None:
        due_on = after_working_days(began, due.working_days)
        return Timing(standing=_if_late(Standing.MISSING, due_on, on), due_on=due_on)
    due_on = months_after(published_on, due.confirm_months)
    standing = Standing.SOON if due_on - on <= SOON else Standing.FRESH
    return Timing(standing=_if_late(standing, due_on, on), due_on=due_on)


def _if_late(standing: Standing, due_on: date, on: date) -> Standing:
    return Standing.LATE if on > due_on else standing
