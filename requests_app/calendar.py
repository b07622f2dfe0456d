"""The calendar of working days: weekends and holidays, and what overrules them; no queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import holidays


@dataclass(frozen=True)
class WorkCalendar:
    """
    Which days are off. `days_off` and `workdays` overrule the weekend.

    Source: ТК РФ, ст. 111–112, and the yearly decree that moves days off.
    """

    days_off: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """Return whether people work on `day`."""
        if day in self.workdays:
            return True
        return day.weekday() < 5 and day not in self.days_off

    def add_working_days(self, day: date, count: int) -> date:
        """Return the `count`-th working day after `day`, which itself is day 0 (ГК РФ, ст. 191)."""
        while count:
            day += timedelta(days=1)
            if self.is_working(day):
                count -= 1
        return day

    def working_day_before(self, day: date) -> date:
        """Return `day` if people work on it, else the nearest working day before it."""
        while not self.is_working(day):
            day -= timedelta(days=1)
        return day


def of_years(
    years: Iterable[int], overrides: Iterable[tuple[date, str]] = (), *, country: str = "RU"
) -> WorkCalendar:
    """Return the calendar of `years`; `overrides` are (date, "holiday" | "workday"), and win."""
    off = set(holidays.country_holidays(country, years=list(years)))
    work: set[date] = set()
    for day, kind in overrides:
        off.discard(day)
        (work if kind == "workday" else off).add(day)
    return WorkCalendar(frozenset(off), frozenset(work))
