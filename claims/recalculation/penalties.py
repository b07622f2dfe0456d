"""What is owed beside the reduction: fines, the penalty by day, the duty of a suit."""

from __future__ import annotations

from decimal import Decimal

from claims.recalculation.money import kopecks

# НК РФ, ст. 333.19, since 09.09.2024: up to, a fixed part, percent of what is over the last border.
_DUTY = (
    (Decimal(100_000), Decimal(4_000), Decimal(0)),
    (Decimal(300_000), Decimal(4_000), Decimal(3)),
    (Decimal(500_000), Decimal(10_000), Decimal("2.5")),
    (Decimal(1_000_000), Decimal(15_000), Decimal(2)),
    (Decimal(3_000_000), Decimal(25_000), Decimal(1)),
    (Decimal(8_000_000), Decimal(45_000), Decimal("0.7")),
)
_CONSUMER_FREE = Decimal(1_000_000)


class BeyondTable(Exception):
    """The price of the suit is beyond what the table knows."""


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


def state_duty(claim_rub: Decimal) -> Decimal:
    """Return the duty of a suit of `claim_rub`; raise BeyondTable above eight million."""
    border = Decimal(0)
    for up_to, fixed, percent in _DUTY:
        if claim_rub <= up_to:
            return kopecks(fixed + (claim_rub - border) * percent / 100)
        border = up_to
    raise BeyondTable(claim_rub)


def consumer_duty(claim_rub: Decimal) -> Decimal:
    """Return what a consumer pays: nothing up to a million, then the difference (ст. 333.36)."""
    if claim_rub <= _CONSUMER_FREE:
        return Decimal("0.00")
    return state_duty(claim_rub) - state_duty(_CONSUMER_FREE)


def order_duty(claim_rub: Decimal) -> Decimal:
    """Return the duty of a court order: half of a suit's."""
    return kopecks(state_duty(claim_rub) / 2)
