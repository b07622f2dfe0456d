"""A section in words: cells of a table, and the chart that stands before it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils import formats
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from contact_center.dashboard.sections import Board, Kind, Section
from disclosure import charts
from requests_app.figures.squares import Heat

# A chart of more bars than this is no picture; the table behind has them all.
DRAWN = 12
NOT_TOLD = "–"


@dataclass(frozen=True)
class Shown:
    """A section as the template shows it; one of the charts, or none."""

    code: str
    title: str
    note: str
    columns: list[dict[str, Any]]
    rows: list[list[dict[str, Any]]]
    bars: charts.Chart | None
    history: charts.Columns | None
    is_cut: bool


@dataclass(frozen=True)
class Tile:
    """One of the large figures on top."""

    value: str
    word: Promise
    note: str = ""


def parts(board: Board) -> list[SafeString]:
    """
    Return the sections and the map of heat as the page holds them.

    They are most of its cost and change with the hourly count, so a process keeps what it drew: by
    the values themselves, never by the clock.
    """
    language = get_language()
    drawn = [_section(section, language) for section in board.sections]
    return [*drawn, _heat(board.heat, language)] if board.heat else drawn


@lru_cache(maxsize=128)
def _section(section: Section, _language: str | None) -> SafeString:
    return render_to_string("contact_center/_figures.html", {"section": shown(section)})


@lru_cache(maxsize=16)
def _heat(heat: Heat, _language: str | None) -> SafeString:
    return render_to_string("contact_center/_heat.html", {"heat": heat})


def shown(section: Section) -> Shown:
    """Return the section in words."""
    chart, history = None, None
    drawn = section.drawn
    if drawn is not None:
        values = [
            (_label(section, row), Decimal(str(row[drawn])), cell(section, drawn, row))
            for row in section.rows
            if row[drawn] is not None
        ]
        if section.is_history:
            history = charts.columns(values)
        else:
            chart = charts.bars(
                [(label, [("work", value, said)]) for label, value, said in values[:DRAWN]]
            )
    return Shown(
        code=section.code,
        title=section.title,
        note=section.note,
        columns=[
            {"word": column.word, "number": column.kind != Kind.TEXT} for column in section.columns
        ],
        rows=[
            [
                {
                    "text": cell(section, place, row),
                    "label": column.word,
                    "number": column.kind != Kind.TEXT,
                }
                for place, column in enumerate(section.columns)
            ]
            for row in section.rows
        ],
        bars=chart,
        history=history,
        is_cut=not section.is_history and len(section.rows) > DRAWN,
    )


def cell(section: Section, place: int, row: tuple[Any, ...]) -> str:
    """Return a cell as people read it."""
    value = row[place]
    if value is None:
        return NOT_TOLD
    match section.columns[place].kind:
        case Kind.TEXT:
            return str(value)
        case Kind.COUNT:
            return spaced(value)
        case Kind.PERCENT:
            return f"{formats.number_format(value, 1)} %"
        case Kind.HOURS:
            return _("%(hours)s h") % {"hours": formats.number_format(value, 1)}
        case Kind.RUB:
            return f"{spaced(round(value))} ₽"


def spaced(number: int) -> str:
    """Return a whole number with its thousands apart."""
    return f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def tiles(board: Board) -> list[Tile]:
    """Return the large figures of the month, without those that nothing is known of."""
    months = board.section("months")
    if board.city is None or months is None:
        return []
    last = months.rows[-1]
    before = months.rows[-2][1] if len(months.rows) > 1 else None
    words = (
        None,
        gettext_lazy("requests filed"),
        gettext_lazy("done in time"),
        gettext_lazy("sent back by residents"),
        gettext_lazy("half were fixed within"),
        gettext_lazy("still open"),
    )
    note = _("%(count)s the month before") % {"count": spaced(before)} if before else ""
    return [
        Tile(cell(months, place, last), word, note if place == 1 else "")
        for place, word in enumerate(words)
        if word is not None and last[place] is not None
    ]


def _label(section: Section, row: tuple[Any, ...]) -> str:
    # «Ноябрь 2026» and «Пн 30.11» are wider than their columns.
    word = str(row[0])
    if not section.is_history:
        return word
    return word[:3].lower() if section.code == "months" else word.partition(".")[0]
