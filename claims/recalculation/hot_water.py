"""Hot water: steps of 3 °C beyond the permitted, and water below 40 °C paid as cold."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal

from claims.recalculation.figures import Figures


def bounds_c(*, night: bool, figures: Figures) -> tuple[Decimal, Decimal]:
    """Return the lowest and the highest temperature from which steps are counted, °C."""
    low, high = figures.number("hot_water.norm_low"), figures.number("hot_water.norm_high")
    if figures.reading("hw_base") == "norm":
        return low, high
    slack = figures.number(f"hot_water.{'night' if night else 'day'}_deviation")
    return low - slack, high + slack


def steps_beyond(water: Decimal, *, night: bool, figures: Figures) -> tuple[Decimal, bool]:
    """Return steps of 3 °C beyond the permitted, and whether the water was too hot."""
    low, high = bounds_c(night=night, figures=figures)
    beyond = max(low - water, water - high, Decimal(0))
    steps = beyond / figures.number("hot_water.step")
    if figures.reading("hw_step") == "floor":
        steps = steps.to_integral_value(ROUND_FLOOR)
    return steps, water > high


def is_cold(water: Decimal, figures: Figures) -> bool:
    """Tell whether the water is paid at the tariff of cold water."""
    return water < figures.number("hot_water.cold_below")
