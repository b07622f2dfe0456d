"""Which court a suit belongs to, and whether a court order can be asked for."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

# ГПК РФ, ст. 23 ч. 1 п. 5: property disputes of consumers up to this go to a justice of the peace.
JUSTICE_UP_TO_RUB = Decimal(100_000)
# ГПК РФ, ст. 121.
ORDER_UP_TO_RUB = Decimal(500_000)


class Court(StrEnum):
    """A kind of court."""

    JUSTICE = "justice"
    DISTRICT = "district"


def court_of(price_rub: Decimal, *, asks_works: bool) -> Court:
    """Return the court: a demand that is not about money goes to the district court."""
    if asks_works or price_rub > JUSTICE_UP_TO_RUB:
        return Court.DISTRICT
    return Court.JUSTICE


def may_be_order(price_rub: Decimal, *, asks_works: bool, moral_rub: Decimal) -> bool:
    """Tell whether an order can be asked for: undisputed money only, up to half a million."""
    return not asks_works and not moral_rub and Decimal(0) < price_rub <= ORDER_UP_TO_RUB
