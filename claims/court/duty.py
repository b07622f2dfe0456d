"""
The state duty of a suit: a dated scale, and the consumer's waiver.

The scale is data (`DutyStep`, loaded from `reference/duty.toml`); the rules here read its values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from claims.recalculation.money import kopecks

# ЗоЗПП, ст. 17 п. 3; НК РФ, ст. 333.36: a consumer pays nothing for the first million.
CONSUMER_FREE = Decimal(1_000_000)


class NotInForce(Exception):
    """No scale is kept for the day of the suit, or it ends below the price."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """Suits up to `up_to_rub` cost `fixed_rub` and `percent` of what is over the step below."""

    up_to_rub: Decimal
    fixed_rub: Decimal
    percent: Decimal
    clause: str


@dataclass(frozen=True, kw_only=True)
class Duty:
    """What is paid, what would be without the waiver, and by which clause."""

    amount_rub: Decimal
    full_rub: Decimal
    clause: str

    @property
    def is_waived(self) -> bool:
        """Whether the plaintiff pays less than the scale says."""
        return self.amount_rub < self.full_rub


def on_scale(price_rub: Decimal, scale: Sequence[Step], *, day: date) -> tuple[Decimal, str]:
    """Return the duty of a suit of `price_rub` and its clause; raise NotInForce."""
    border = Decimal(0)
    for step in scale:
        if price_rub <= step.up_to_rub:
            return kopecks(step.fixed_rub + (price_rub - border) * step.percent / 100), step.clause
        border = step.up_to_rub
    raise NotInForce(f"{price_rub} on {day}")


def of(
    price_rub: Decimal,
    scale: Sequence[Step],
    *,
    day: date,
    is_consumer: bool,
    is_order: bool = False,
) -> Duty:
    """
    Return the duty of a suit, or half of it for a court order; raise NotInForce.

    A consumer pays what is over the duty of a million (НК РФ, ст. 333.36).
    """
    full, clause = on_scale(price_rub, scale, day=day)
    amount = full
    if is_consumer:
        free, _clause = on_scale(CONSUMER_FREE, scale, day=day)
        amount = Decimal("0.00") if price_rub <= CONSUMER_FREE else full - free
    if is_order:
        full, amount = kopecks(full / 2), kopecks(amount / 2)
    return Duty(amount_rub=amount, full_rub=full, clause=clause)
