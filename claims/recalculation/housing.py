"""Upkeep of the house that was not done (ПП РФ № 491), and residents who were away (№ 354)."""

from __future__ import annotations

from decimal import Decimal

from claims.recalculation.money import kopecks

# ПП РФ № 354, п. 86: shorter absences change nothing.
SHORTEST_ABSENCE_DAYS = 6


def upkeep_not_done(monthly_cost_rub: Decimal, *, days: int, month_days: int) -> Decimal:
    """
    Return what full calendar days without a work take off its monthly cost.

    Source: ПП РФ № 491, rules of changing the payment, п. 10: ΔP = P / n × days.
    """
    return kopecks(monthly_cost_rub * min(max(days, 0), month_days) / month_days)


def absence(
    charge_rub: Decimal, *, residents: int, away: int, days: int, month_days: int
) -> Decimal:
    """
    Return what `away` of `residents` need not pay for `days` full days (those of leaving and
    returning not counted); 0 for five days and fewer.

    Only for a utility by norm, where no meter can be fitted; never for heating or common needs.
    Source: ПП РФ № 354, п. 86–93.
    """
    if days < SHORTEST_ABSENCE_DAYS or residents <= 0:
        return Decimal("0.00")
    share = Decimal(min(away, residents)) / residents
    return kopecks(charge_rub * share * min(days, month_days) / month_days)
