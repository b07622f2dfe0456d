"""What a suit asks for, in rubles: its parts, its price, the penalty as of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from claims.recalculation.money import kopecks
from claims.recalculation.penalties import consumer_fine, consumer_penalty

NOTHING = Decimal("0.00")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The sums a lawyer typed; the penalty runs at `penalty_price_rub` from `penalty_from`."""

    principal_rub: Decimal = NOTHING
    damage_rub: Decimal = NOTHING
    moral_rub: Decimal = NOTHING
    penalty_price_rub: Decimal = NOTHING
    penalty_from: date | None = None
    is_consumer: bool = True


@dataclass(frozen=True, kw_only=True)
class Price:
    """
    The parts of a suit as of `day`.

    `price_rub` is what the duty is counted from: moral damage and the fine are not in it.
    `fine_rub` is half of all the rest, if the court awards all of it.
    """

    day: date
    principal_rub: Decimal
    damage_rub: Decimal
    penalty_rub: Decimal
    penalty_days: int
    moral_rub: Decimal
    price_rub: Decimal
    fine_rub: Decimal


def of(asked: Asked, *, day: date) -> Price:
    """
    Return the price as of `day`, in kopecks.

    The penalty is 3 % a day of the price of the service and never above it (ЗоЗПП, ст. 28 п. 5,
    ст. 31 п. 3); the fine is half of what is awarded (ст. 13 п. 6). Both are a consumer's only.
    """
    days = 0
    if asked.penalty_from is not None and asked.is_consumer:
        days = max(0, (day - asked.penalty_from).days)
    penalty = consumer_penalty(asked.penalty_price_rub, days_late=days) if days else NOTHING
    principal, damage, moral = map(
        kopecks, (asked.principal_rub, asked.damage_rub, asked.moral_rub)
    )
    fine = consumer_fine(principal, damage, penalty, moral) if asked.is_consumer else NOTHING
    return Price(
        day=day,
        principal_rub=principal,
        damage_rub=damage,
        penalty_rub=penalty,
        penalty_days=days,
        moral_rub=moral,
        price_rub=principal + damage + penalty,
        fine_rub=fine,
    )
