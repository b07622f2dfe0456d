"""The facts of companies side by side, in words: one line a fact, one cell a company."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from disclosure import licences
from disclosure.directory.side_by_side import Known, best_of, day_words
from disclosure.forms_standard.field_types import YES
from disclosure.models import CompanyKind
from disclosure.publications.of_company import rubles


@dataclass(frozen=True)
class Cell:
    """A fact of one company; `note` says what it is counted of; a gap is no fact."""

    text: str
    note: str = ""
    is_best: bool = False
    is_gap: bool = False


@dataclass(frozen=True)
class Line:
    """One fact of all companies."""

    name: str
    cells: list[Cell]


def _nothing() -> Cell:
    return Cell(_("not disclosed"), is_gap=True)


def groups(columns: list[Known], *, on: date) -> list[tuple[str, list[Line]]]:
    """Return the facts by group, each group with its title. No queries."""
    years = sorted({year for each in columns for year in each.years}, reverse=True)
    return [
        (
            _("The company"),
            [
                Line(_("Kind"), [Cell(str(each.company.get_kind_display())) for each in columns]),
                Line(_("Licence"), [_licence(each, on) for each in columns]),
                Line(_("Houses"), [Cell(_whole(each.houses)) for each in columns]),
                Line(_("Area"), [_area(each) for each in columns]),
                Line(_("Staff"), [_staff(each) for each in columns]),
            ],
        ),
        (
            _("Finances") + (f", {years[0]}" if years else ""),
            [
                Line(word, [_money(each, code, years) for each in columns])
                for code, word in (
                    ("income_of_mng", _("Income")),
                    ("spending_of_mng", _("Spending")),
                    ("debt_for_ku", _("Debt to suppliers")),
                )
            ]
            + [_debt_line(columns, years)],
        ),
        (
            _("Works and violations"),
            [
                Line(_("All works, a month for 1 m²"), [_price(each) for each in columns]),
                Line(_("Violations and fines"), [_violations(each) for each in columns]),
            ],
        ),
        (
            _("Disclosure"),
            [
                _judged(_("Disclosed with the houses"), columns, _disclosed, max),
                _judged(_("Own forms in time"), columns, _forms_in_time, max),
                Line(_("Published last"), [_last(each) for each in columns]),
            ],
        ),
        (
            _("How it answers requests"),
            [
                _judged(_("Done in time"), columns, _in_time, max),
                _judged(_("Sent back by residents"), columns, _reopened, min),
                Line(_("Fixed"), [_fixed(each) for each in columns]),
            ],
        ),
    ]


def _judged(
    name: str,
    columns: list[Known],
    cell: Callable[[Known], tuple[Cell, Decimal | int | None]],
    choose: Callable[..., Decimal | int],
) -> Line:
    pairs = [cell(each) for each in columns]
    best = best_of([value for _cell, value in pairs], choose=choose)
    return Line(
        name,
        [replace(one, is_best=is_best) for (one, _v), is_best in zip(pairs, best, strict=True)],
    )


def _licence(each: Known, on: date) -> Cell:
    if each.company.kind != CompanyKind.COMPANY:
        # ЖК РФ, ст. 192, ч. 1: owners who manage their own house need none.
        return Cell(_("not needed"))
    content = each.form("1.1")
    licence = licences.newest(content.tables.get("licenses", []) if content else [])
    if licence is None:
        return _nothing()
    words = _("in force until %(day)s") if licence.until > on else _("ran out on %(day)s")
    return Cell(
        words % {"day": date_format(licence.until, "j E Y")},
        f"№ {licence.number}" if licence.number else "",
    )


def _whole(number: int | Decimal) -> str:
    return number_format(number, 0, use_l10n=True, force_grouping=True)


def _area(each: Known) -> Cell:
    return Cell(f"{_whole(each.area_m2)} м²") if each.area_m2 else Cell("—")


def _staff(each: Known) -> Cell:
    content = each.form("1.1")
    total = content.fields.get("staff_regular_total", "") if content else ""
    return Cell(_whole(int(total))) if total else _nothing()


def _money(each: Known, code: str, years: list[int]) -> Cell:
    newest = each.money(code, years[0]) if years else None
    before = each.money(code, years[1]) if len(years) > 1 else None
    note = f"{years[1]}: {rubles(before)}" if before is not None else ""
    if newest is None:
        return Cell(_("not disclosed"), note, is_gap=True)
    return Cell(rubles(newest), note)


def _debt_line(columns: list[Known], years: list[int]) -> Line:
    def share(each: Known) -> tuple[Cell, Decimal | None]:
        debt = each.money("debt_for_ku", years[0]) if years else None
        if debt is None or not each.area_m2:
            return _nothing(), None
        value = round(debt / each.area_m2, 2)
        return Cell(f"{number_format(value, 2)} ₽"), value

    return _judged(_("Debt for 1 m² of its houses"), columns, share, min)


def _price(each: Known) -> Cell:
    if each.price_m2 is None:
        return _nothing()
    note = ngettext(
        "by plans of %(count)s house", "by plans of %(count)s houses", each.planned_houses
    )
    return Cell(
        f"{number_format(each.price_m2, 2)} ₽", note % {"count": _whole(each.planned_houses)}
    )


def _violations(each: Known) -> Cell:
    content = each.form("1.5")
    if content is None:
        return _nothing()
    rows = content.tables.get("disturbances", [])
    if content.fields.get("has_disturbances") != YES and not rows:
        return Cell(_("there were none"))
    fines = sum((Decimal(row.get("amount_of_penalty") or 0) for row in rows), Decimal(0))
    count = ngettext("%(count)s case", "%(count)s cases", len(rows)) % {"count": len(rows)}
    return Cell(count, _("fines %(sum)s") % {"sum": rubles(fines)})


def _disclosed(each: Known) -> tuple[Cell, Decimal | None]:
    if each.score is None:
        return _nothing(), None
    total = each.score.total if each.score.total is not None else each.score.percent
    note = _("its own forms %(percent)s %%") % {"percent": int(each.score.percent)}
    return Cell(f"{int(total)} %", note), total


def _forms_in_time(each: Known) -> tuple[Cell, Decimal | None]:
    if each.score is None or not each.score.forms:
        return _nothing(), None
    counted = {"part": each.score.in_time, "whole": each.score.forms}
    return (
        Cell(_("%(part)s of %(whole)s") % counted),
        Decimal(each.score.in_time) / each.score.forms,
    )


def _last(each: Known) -> Cell:
    day = day_words(each.published_at)
    if day is None:
        return Cell(_("nothing yet"), is_gap=True)
    count = ngettext("%(count)s publication", "%(count)s publications", each.publications)
    return Cell(date_format(day, "j E Y"), count % {"count": _whole(each.publications)})


def _in_time(each: Known) -> tuple[Cell, int | None]:
    figures = each.figures
    if figures is None or figures.in_time_percent is None:
        return Cell(_("no requests"), is_gap=True), None
    counted = {"part": _whole(figures.in_time), "whole": _whole(figures.judged)}
    return (
        Cell(f"{figures.in_time_percent} %", _("%(part)s of %(whole)s") % counted),
        figures.in_time_percent,
    )


def _reopened(each: Known) -> tuple[Cell, int | None]:
    figures = each.figures
    if figures is None or figures.reopened_percent is None:
        return Cell(_("no requests"), is_gap=True), None
    counted = {"part": _whole(figures.reopened), "whole": _whole(figures.presented)}
    return (
        Cell(f"{figures.reopened_percent} %", _("%(part)s of %(whole)s") % counted),
        figures.reopened_percent,
    )


def _fixed(each: Known) -> Cell:
    if each.figures is None:
        return Cell(_("no requests"), is_gap=True)
    days = ngettext("in %(count)s day", "in %(count)s days", each.figures.days)
    return Cell(_whole(each.figures.fixed), days % {"count": each.figures.days})
