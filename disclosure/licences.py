"""How long a licence to manage houses lasts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

# ЖК РФ, ст. 192, ч. 4: a licence is given for five years, counted from the day of its entry into
# the register; for an extended one the company publishes the new day.
YEARS = 5


@dataclass(frozen=True)
class Licence:
    """A licence as its company published it; `until` is the first day without it."""

    number: str
    received_on: date
    until: date


def newest(rows: Iterable[Mapping[str, str]]) -> Licence | None:
    """Return the licence received last of the `licenses` of form 1.1; None where none has a day."""
    dated = [row for row in rows if row.get("license_receipt_date")]
    if not dated:
        return None
    row = max(dated, key=lambda each: each["license_receipt_date"])
    received_on = date.fromisoformat(row["license_receipt_date"])
    return Licence(row.get("license_number", ""), received_on, until(received_on))


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
