"""Removal of waste: 3.3 % for each full day beyond the permitted (appendix 1, row 17)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from claims.recalculation.figures import Figures
from claims.recalculation.money import kopecks


@dataclass(frozen=True, slots=True)
class WasteReduction:
    """Hours beyond the permitted, the full days in them, and what they are worth."""

    excess_hours: int
    days: int
    percent: Decimal
    amount_rub: Decimal


def waste(
    charge_rub: Decimal, delays: Sequence[tuple[Decimal, Decimal]], *, figures: Figures
) -> WasteReduction:
    """
    Return the reduction for `delays` of one month: hours late and the day's mean air, °C.

    As with breaks, the larger of the one-off and the monthly excess counts.
    """
    cool = figures.number("waste.cool_up_to")
    by_one = sum(
        (
            max(
                Decimal(0),
                hours - figures.number(f"waste.once_limit_{'cool' if air_c <= cool else 'warm'}"),
            )
            for hours, air_c in delays
        ),
        Decimal(0),
    )
    total = sum((hours for hours, _air in delays), Decimal(0))
    excess = max(by_one, total - figures.number("waste.month_limit"), Decimal(0))
    days = int(excess // 24)
    percent = min(days * figures.number("rate.waste_day"), Decimal(100))
    return WasteReduction(int(excess), days, percent, kopecks(charge_rub * percent / 100))
