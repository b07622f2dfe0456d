"""How long a licence to manage houses lasts."""

from __future__ import annotations

from datetime import date

# ЖК РФ, ст. 192, ч. 4: a licence is given for five years, counted from the day of its entry into
# the register; for an extended one the company publishes the new day.
YEARS = 5


def until(received_on: date) -> date:
    """Return the first day on which the licence is over."""
    return _shifted(received_on, YEARS, month=3, day=1)


def received_since(on: date) -> date:
    """Return the day such that a licence received after it is in force on `on`."""
    return _shifted(on, -YEARS, month=2, day=28)


def _shifted(from_day: date, years: int, *, month: int, day: int) -> date:
    try:
        return from_day.replace(year=from_day.year + years)
    except ValueError:
        # From 29 February into a year that has none.
        return date(from_day.year + years, month, day)
