"""Pressure and voltage: how far beyond their bounds, as a share of the bound."""

from __future__ import annotations

from decimal import Decimal

from claims.recalculation.figures import Figures
from claims.recalculation.values import Bill, Radiators, Service

Bounds = tuple[Decimal | None, Decimal]


def bounds_mpa(bill: Bill, figures: Figures) -> Bounds:
    """
    Return the lowest and the highest pressure of the utility, MPa.

    Heating has no lowest one until the static pressure of the system is known.
    """
    if bill.service == Service.HEATING:
        iron = bill.radiators == Radiators.CAST_IRON
        low = (
            None
            if bill.static_mpa is None
            else bill.static_mpa + figures.number("heating.pressure_above_static")
        )
        return low, figures.number(f"heating.pressure_high{'_cast_iron' if iron else ''}")
    return (
        figures.number(f"{bill.service}.pressure_low"),
        figures.number(f"{bill.service}.pressure_high"),
    )


def percent_off(mpa: Decimal, bounds: Bounds) -> Decimal:
    """Return by how many percent of the nearest bound `mpa` lies outside; 0 inside."""
    low, high = bounds
    if low is not None and mpa < low:
        return (low - mpa) / low * 100
    if mpa > high:
        return (mpa - high) / high * 100
    return Decimal(0)


def is_bad_voltage(volts: Decimal, figures: Figures) -> bool:
    """Tell whether `volts` lies outside of what the standard permits."""
    return not (
        figures.number("electricity.volts_low") <= volts <= figures.number("electricity.volts_high")
    )
