"""The sums of a case as its pages and papers need them: the price, the duty, the court."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from claims.court import duty, price, where
from claims.court.statuses import CaseKind
from claims.models import CourtCase, DutyStep


@dataclass(frozen=True, kw_only=True)
class Sums:
    """`duty` is None where no scale is kept for the day; see price.Price for the rest."""

    price: price.Price
    duty: duty.Duty | None
    court: where.Court
    may_be_order: bool


def scale_on(day: date) -> list[duty.Step]:
    """Return the state duty's scale of `day`; one query."""
    return [
        duty.Step(
            up_to_rub=row.up_to_rub, fixed_rub=row.fixed_rub, percent=row.percent, clause=row.clause
        )
        for row in DutyStep.objects.holding_on(day)
    ]


def sums_of(case: CourtCase, *, today: date) -> Sums:
    """Return the sums as of the day chosen in the file, or today; duty by the day of filing."""
    asked = price.of(
        price.Asked(
            principal_rub=Decimal(case.principal_rub),
            damage_rub=Decimal(case.damage_rub),
            moral_rub=Decimal(case.moral_rub),
            penalty_price_rub=Decimal(case.penalty_price_rub),
            penalty_from=case.penalty_from,
            is_consumer=case.is_consumer,
        ),
        day=case.penalty_until or today,
    )
    day = case.filed_on or today
    try:
        paid = duty.of(
            asked.price_rub,
            scale_on(day),
            day=day,
            is_consumer=case.is_consumer,
            is_order=case.kind == CaseKind.ORDER,
        )
    except duty.NotInForce:
        paid = None
    return Sums(
        price=asked,
        duty=paid,
        court=where.court_of(asked.price_rub, asks_works=case.asks_works),
        may_be_order=where.may_be_order(
            asked.price_rub, asks_works=case.asks_works, moral_rub=Decimal(case.moral_rub)
        ),
    )
