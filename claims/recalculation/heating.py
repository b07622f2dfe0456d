"""Air of heated rooms: the norm, and whole degrees beyond what is permitted."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal

from claims.recalculation.figures import Figures
from claims.recalculation.values import Bill


def norm_c(bill: Bill, figures: Figures) -> Decimal:
    """Return the lowest air temperature of living rooms that the law wants, °C."""
    coldest, reading = bill.coldest_five_days_c, figures.reading("heating_norm")
    if coldest is None and reading == "by_climate":
        coldest = figures.number("heating.coldest_five_days")
    border = figures.number("heating.cold_region_from")
    is_cold = coldest <= border if coldest is not None else reading == "cold_region"
    norm = figures.number("heating.norm_cold_region" if is_cold else "heating.norm")
    return norm + (figures.number("heating.corner_extra") if bill.corner_room else 0)


def degrees_beyond(
    air: Decimal, *, norm: Decimal, night: bool, figures: Figures
) -> tuple[Decimal, bool]:
    """Return whole degrees beyond the permitted, and whether the air was too hot."""
    high = norm + figures.number("heating.above")
    if air > high:
        return _whole(air - high), True
    low = norm - figures.number("heating.night_deviation") if night else norm
    if air >= low:
        return Decimal(0), False
    from_norm = night and figures.reading("heat_deviation_from") == "norm"
    return _whole((norm if from_norm else low) - air), False


def _whole(degrees: Decimal) -> Decimal:
    return degrees.to_integral_value(ROUND_FLOOR)
