"""What is owed beside the reduction: fines and the penalty by day."""

from __future__ import annotations

from decimal import Decimal

from claims.recalculation.money import kopecks


def overcharge_fine(charged_rub: Decimal, *, due_rub: Decimal) -> tuple[Decimal, Decimal]:
    """Return the overcharge and the fine of half of it (ЖК РФ, ст. 157 ч. 6, ст. 156 ч. 11)."""
    excess = max(Decimal(0), charged_rub - due_rub)
    return kopecks(excess), kopecks(excess / 2)


def consumer_penalty(price_rub: Decimal, *, days_late: int) -> Decimal:
    """Return 3 % a day of the price of the service, never above it (ЗоЗПП, ст. 28 п. 5, 31)."""
    return kopecks(min(price_rub, price_rub * 3 * max(days_late, 0) / 100))


def consumer_fine(*awarded_rub: Decimal) -> Decimal:
    """Return half of all that is awarded to the consumer (ЗоЗПП, ст. 13 п. 6)."""
    return kopecks(sum(awarded_rub, Decimal(0)) / 2)
