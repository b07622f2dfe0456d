"""Kopecks: rounding half-up, and parts that add up to the whole."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

KOPECK = Decimal("0.01")
# Thirds and thirtieths are cut at 28 digits; without this a half kopeck could come out below it.
_DUST = Decimal("1E-12")


def kopecks(amount: Decimal) -> Decimal:
    """Return rubles rounded half-up to a kopeck."""
    return amount.quantize(_DUST, ROUND_HALF_UP).quantize(KOPECK, ROUND_HALF_UP)


def running(amounts: Sequence[Decimal], *, cap: Decimal) -> list[Decimal]:
    """
    Return `amounts` in kopecks whose sum is the rounded sum, never above `cap`.

    Each running total is capped and rounded, and a part is the step to the next total: parts are
    never negative, each is within a kopeck of its own exact value, and those past the cap are 0.
    """
    parts: list[Decimal] = []
    exact = shown = Decimal(0)
    for amount in amounts:
        exact += amount
        total = kopecks(min(exact, cap))
        parts.append(total - shown)
        shown = total
    return parts


def share_out(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """
    Divide `total` rubles by `weights` so that the kopecks add up exactly.

    The parts that lost most by rounding down get the left-over kopecks, the first ones first.
    Raise ValueError for a negative total or weight, or where all weights are zero.
    """
    whole = sum(weights)
    if total < 0 or whole <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("a share needs a total and weights that are not negative, not all zero")
    total_kopecks = int(kopecks(total) / KOPECK)
    exact = [total_kopecks * weight / whole for weight in weights]
    parts = [int(part) for part in exact]
    by_loss = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], place))
    for place in by_loss[: total_kopecks - sum(parts)]:
        parts[place] += 1
    return [part * KOPECK for part in parts]
