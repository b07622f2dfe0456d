"""
How complete a disclosure is, explained field by field: pure rules over values.

A form's points are the weights of its required fields and tables that apply to this kind of
company beside what was filled in. A field counts when it is valid and no stub («-», «нет данных»);
a table counts by the mean share of required fields filled in its rows. Optional fields cost
nothing when empty. Percents are of points.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from disclosure.forms_standard.checking import Content, check, is_asked, is_table_asked
from disclosure.forms_standard.definition import Form, Table

# A company's total: its houses weighted by area, and its own forms.
HOUSES_SHARE = Decimal("0.7")
OWN_SHARE = Decimal("0.3")
_CENTS = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class Gap:
    """What is not filled, and how many points it costs."""

    name: str
    message: str
    points: Decimal


@dataclass(frozen=True, kw_only=True)
class Points:
    """How much of a form is filled."""

    asked: Decimal
    filled: Decimal
    gaps: tuple[Gap, ...]

    @property
    def percent(self) -> Decimal:
        """Return the share filled, 0…100; a form that asks nothing is whole."""
        return percent(self.filled, self.asked)


def percent(part: Decimal, whole: Decimal) -> Decimal:
    """Return the share in percent with two digits; 100 of nothing."""
    if not whole:
        return Decimal(100)
    return (part * 100 / whole).quantize(_CENTS, ROUND_HALF_UP)


def points_of(form: Form, content: Content | None, *, kind: str, missing: str) -> Points:
    """
    Return the points of a form; without `content` nothing was published.

    `missing` is the message of a gap, in the reader's words.
    """
    values = check(form, content, kind=kind).content if content else Content()
    asked = filled = Decimal(0)
    gaps: list[Gap] = []
    for field in form.fields:
        if not field.required or not is_asked(field, values.fields, kind=kind):
            continue
        asked += field.weight
        if values.fields.get(field.code):
            filled += field.weight
        else:
            gaps.append(Gap(name=field.name, message=missing, points=Decimal(field.weight)))
    for table in form.tables:
        if not is_table_asked(table, kind=kind):
            continue
        rows = values.tables.get(table.code, [])
        if not rows and not table.required:
            continue
        share = _share(table, rows, kind=kind)
        asked += table.weight
        filled += (share * table.weight).quantize(_CENTS, ROUND_HALF_UP)
        if share < 1:
            lost = ((1 - share) * table.weight).quantize(_CENTS, ROUND_HALF_UP)
            gaps.append(Gap(name=table.name, message=missing, points=lost))
    return Points(asked=asked, filled=filled, gaps=tuple(gaps))


def _share(table: Table, rows: list[dict[str, str]], *, kind: str) -> Decimal:
    """Return the mean share of required fields filled in the rows."""
    if not rows:
        return Decimal(0)
    shares = Decimal(0)
    for row in rows:
        asked = [f for f in table.fields if f.required and is_asked(f, row, kind=kind)]
        full = sum(1 for field in asked if row.get(field.code))
        shares += Decimal(full) / len(asked) if asked else Decimal(1)
    return shares / len(rows)


def total(own: Decimal, houses: Iterable[tuple[Decimal | None, Decimal]]) -> Decimal:
    """
    Return a company's total percent from its own and its houses' (area, percent).

    A house of unknown area weighs as the mean of the known ones. Without houses: its own.
    """
    known = list(houses)
    if not known:
        return own
    areas = [area for area, _percent in known if area]
    usual = sum(areas, Decimal(0)) / len(areas) if areas else Decimal(1)
    weight = sum((area or usual for area, _percent in known), Decimal(0))
    mean = sum(((area or usual) * share for area, share in known), Decimal(0)) / weight
    return (mean * HOUSES_SHARE + own * OWN_SHARE).quantize(_CENTS, ROUND_HALF_UP)
