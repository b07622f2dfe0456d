"""What a bill is reduced by for the hours of one incident, for whoever's bill it is: no person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal

from claims.recalculation.compute import calculate
from claims.recalculation.figures import Figures
from claims.recalculation.money import kopecks
from claims.recalculation.values import Bill, Calculation, Interval, Kind, Service
from disclosure.utilities import Utility

# Utilities of an incident that the law pays for by the hour.
SERVICES: dict[str, Service] = {
    Utility.COLD_WATER: Service.COLD_WATER,
    Utility.HOT_WATER: Service.HOT_WATER,
    Utility.HEATING: Service.HEATING,
    Utility.SEWERAGE: Service.SEWAGE,
    Utility.ELECTRICITY: Service.ELECTRICITY,
    Utility.GAS: Service.GAS,
}
# A charge on which a kopeck is a ten-thousandth of a per cent.
_CHARGE = Decimal(10_000)
# A longer one is a slip of who entered it; claims lapse after three years (ГК РФ, ст. 196).
MOST_MONTHS = 37


@dataclass(frozen=True, kw_only=True)
class MonthDue:
    """
    One month's part of an incident; percents are of that month's charge.

    `hours` is how long there was no service in that month, in whole hours. By norm the volume not
    supplied comes off as well (п. 99), so that percent is the greater one.
    """

    month: date
    hours: Decimal
    metered_percent: Decimal
    norm_percent: Decimal
    by_norm: Calculation

    @property
    def is_due(self) -> bool:
        """Tell whether anybody gets anything back."""
        return bool(self.metered_percent or self.norm_percent)

    @property
    def per_thousand(self) -> tuple[Decimal, Decimal]:
        """Rubles of each thousand of the bill: with a meter, by norm."""
        return kopecks(self.metered_percent * 10), kopecks(self.norm_percent * 10)


def months_of(
    service: Service,
    *,
    start: datetime,
    end: datetime,
    planned: bool,
    figures_on: Callable[[date], Figures],
    zone: tzinfo,
) -> list[MonthDue]:
    """
    Return the months of a break from `start` to `end` (aware), the first one first.

    `figures_on` gives the law's figures of a month. What a flat alone knows (the air of the room,
    two feeds) is taken at its cautious value, as the calculation itself does.
    """
    interval = Interval(kind=Kind.INTERRUPTION, start=start, end=end, planned=planned)
    found = []
    for first in _months(start.astimezone(zone), end.astimezone(zone)):
        figures = figures_on(first)
        metered, by_norm = (
            calculate(
                Bill(service=service, month=first, charge_rub=_CHARGE, metered=is_metered),
                [interval],
                figures=figures,
                zone=zone,
            )
            for is_metered in (True, False)
        )
        found.append(
            MonthDue(
                month=first,
                hours=_hours(first, start, end, zone),
                metered_percent=_percent(metered),
                norm_percent=_percent(by_norm),
                by_norm=by_norm,
            )
        )
    return found


def _percent(found: Calculation) -> Decimal:
    return kopecks(found.reduction_rub * 100 / _CHARGE)


def _months(start: datetime, end: datetime) -> Iterator[date]:
    first = start.date().replace(day=1)
    # An end at the midnight of the 1st takes nothing from that month.
    last = (end - timedelta(microseconds=1)).date()
    for _place in range(MOST_MONTHS):
        if first > last:
            return
        yield first
        first = _next(first)


def _next(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


def _hours(first: date, start: datetime, end: datetime, zone: tzinfo) -> Decimal:
    opens, shuts = (datetime(day.year, day.month, 1, tzinfo=zone) for day in (first, _next(first)))
    return hours_of((min(end, shuts) - max(start, opens)).total_seconds())


def hours_of(seconds: float) -> Decimal:
    """Return whole hours, and parts of one only where there is no whole: «31», «0.5»."""
    whole, rest = divmod(int(max(seconds, 0)), 3600)
    return Decimal(whole) if whole else (Decimal(rest) / 3600).quantize(Decimal("0.01"))
