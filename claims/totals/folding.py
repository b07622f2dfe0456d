"""
Folding the rows of what was won, so that nobody is found from them or from any sum of them.

The rows are divided by year, then by organisation, service, district and month. A division that
would leave a part of fewer than five is not shown for that part: its rows stand together under
REST. What comes out are groups of five or more whose rows look alike. Every public figure is a sum
of whole groups, and nothing else is ever told: so the difference of any two figures is again a sum
of whole groups, and five or more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

SMALLEST = 5
# A value that is not told; «» is a value that nobody gave.
REST = "*"
# In the order of the divisions: what comes last is folded first.
ASPECTS = ("year", "company", "utility", "district", "month")


@dataclass(frozen=True, slots=True)
class Row:
    """Rubles won once; `month` is «2026-04». Nothing in it names a person, a house or a flat."""

    year: str
    company: str
    utility: str
    district: str
    month: str
    amount_rub: Decimal


@dataclass(frozen=True, slots=True)
class Alike:
    """Rows that look alike: `shown` has REST where a value is folded, and no amount."""

    shown: Row
    rows: tuple[Row, ...]


def fold(rows: Sequence[Row]) -> Iterator[Alike]:
    """Yield the groups of `rows`, each of five or more; of fewer than five rows nothing at all."""
    if len(rows) >= SMALLEST:
        nothing = Row(REST, REST, REST, REST, REST, Decimal(0))
        yield from _divided(nothing, list(rows), ASPECTS)


def _divided(shown: Row, rows: list[Row], aspects: tuple[str, ...]) -> Iterator[Alike]:
    if not aspects:
        yield Alike(shown, tuple(rows))
        return
    aspect, *others = aspects
    parts: dict[str, list[Row]] = {}
    for row in rows:
        parts.setdefault(getattr(row, aspect), []).append(row)
    ordered = sorted(parts.items(), key=lambda part: (len(part[1]), part[0]))
    together: list[Row] = []
    # The smallest shown part joins the folded ones while these are fewer than five.
    while ordered and (len(ordered[0][1]) < SMALLEST or 0 < len(together) < SMALLEST):
        together += ordered.pop(0)[1]
    for value, part in ordered:
        told: dict[str, Any] = {aspect: value}
        yield from _divided(replace(shown, **told), part, tuple(others))
    if together:
        yield from _divided(shown, together, tuple(others))
