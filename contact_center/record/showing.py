"""The record in words: a table by year, and charts of what grows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from contact_center.record.models import RecordCode, YearFigure
from disclosure import charts

# Of so few people not even their number is told.
SMALLEST = 5
_OF_PEOPLE = frozenset({RecordCode.RECEPTIONS, RecordCode.TAUGHT})
_RUBLES = frozenset({RecordCode.BILLS, RecordCode.WORKS})
DRAWN = (RecordCode.REQUESTS, RecordCode.CALLS, RecordCode.BILLS, RecordCode.TAUGHT)
# Where each kind of work is told in full.
PLACES = {
    RecordCode.REQUESTS: "/dashboard/",
    RecordCode.CALLS: "/consultations/",
    RecordCode.QUESTIONS: "/questions/",
    RecordCode.RECEPTIONS: "/reception/",
    RecordCode.SEMINARS: "/seminars/",
    RecordCode.BILLS: "/recalculation/won/",
    RecordCode.WORKS: "/recalculation/won/",
    RecordCode.CASES: "/recalculation/won/",
}
YEARS_DRAWN = 12
NOTHING = "–"


@dataclass(frozen=True)
class Drawn:
    """A chart of one kind of work."""

    code: str
    title: Promise | str
    chart: charts.Columns


@dataclass(frozen=True)
class Record:
    """The table, years from the newest on, and its charts."""

    columns: list[dict[str, Any]]
    rows: list[list[dict[str, Any]]]
    charts: list[Drawn]


def record(figures: Iterable[YearFigure]) -> Record:
    """Return the record as pages show it: a row a kind of work, a column a year."""
    by_code: dict[str, dict[int, Decimal]] = {}
    for figure in figures:
        by_code.setdefault(figure.code, {})[figure.year] = figure.value
    years = sorted({year for values in by_code.values() for year in values}, reverse=True)
    columns = [{"word": _("What was done"), "number": False}]
    columns += [{"word": str(year), "number": True} for year in years]
    rows = []
    for code in RecordCode:
        if code not in by_code:
            continue
        head = {"text": str(code.label), "label": "", "number": False, "href": PLACES.get(code)}
        cells = [
            {"text": said(code, by_code[code].get(year)), "label": str(year), "number": True}
            for year in years
        ]
        rows.append([head, *cells])
    return Record(columns, rows, list(_charts(by_code)))


def _charts(by_code: dict[str, dict[int, Decimal]]) -> Iterable[Drawn]:
    for code in DRAWN:
        values = sorted(by_code.get(code, {}).items())[-YEARS_DRAWN:]
        told = [
            (str(year), value, said(code, value)) for year, value in values if is_told(code, value)
        ]
        if len(told) > 1:
            yield Drawn(str(code), code.label, charts.columns(told))


def is_told(code: str, value: Decimal) -> bool:
    """Tell whether the number itself is told: not of fewer than five people."""
    return code not in _OF_PEOPLE or value >= SMALLEST


def said(code: str, value: Decimal | None) -> str:
    """Return a number as people read it; of a few people only that they were few."""
    if value is None:
        return NOTHING
    if not is_told(code, value):
        return _("fewer than five")
    number = formats.number_format(round(value), force_grouping=True)
    return f"{number} ₽" if code in _RUBLES else number
