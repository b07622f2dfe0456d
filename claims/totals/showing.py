"""The public totals in words: charts, tables whose figures open, rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import formats
from django.utils.dates import MONTHS
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from claims.calculator import wording
from claims.models import Won
from claims.totals.cases import CaseGroup
from claims.totals.counting import By, Group
from claims.totals.folding import REST
from disclosure import charts

# A chart of more bars than this is no picture; the table beside it has them all.
DRAWN = 12
TITLES: dict[Won, Promise] = {
    Won.BILL: gettext_lazy("Bills reduced"),
    Won.WORK: gettext_lazy("Works done"),
}
HEADS: dict[By, Promise] = {
    By.YEAR: gettext_lazy("Year"),
    By.UTILITY: gettext_lazy("Service"),
    By.COMPANY: gettext_lazy("Organisation"),
    By.DISTRICT: gettext_lazy("District"),
}


@dataclass(frozen=True)
class Part:
    """What was won of one kind: a chart and a table."""

    code: str
    title: str
    columns: list[dict[str, Any]]
    rows: list[list[dict[str, Any]]]
    bars: charts.Chart | None
    history: charts.Columns | None


def part(what: Won, by: By, groups: list[Group]) -> Part:
    """Return the figures of a kind; each leads to its rows."""
    columns = [
        {"word": str(HEADS[by]), "number": False},
        {"word": _("How many"), "number": True},
        {"word": _("Rubles"), "number": True},
    ]
    rows = []
    for group in groups:
        href = rows_address(what=what, **{by: group.key})
        rows.append(
            [
                {"text": word(by, group.key), "label": columns[0]["word"], "number": False},
                {
                    "text": formats.number_format(group.count, force_grouping=True),
                    "label": columns[1]["word"],
                    "number": True,
                    "href": href,
                },
                {
                    "text": wording.rubles(group.sum_rub),
                    "label": columns[2]["word"],
                    "number": True,
                },
            ]
        )
    bars, history = _chart(by, groups)
    return Part(str(what), str(TITLES[what]), columns, rows, bars, history)


def cases(groups: list[CaseGroup]) -> Part:
    """Return court cases by the year of filing: filed, won, lost, their share, money received."""
    heads = [
        str(HEADS[By.YEAR]), _("Cases filed"), _("Cases won"), _("Cases lost"), _("Share of won"),
        _("Settled or withdrawn"), _("Not decided yet"), _("Received, rubles"),
    ]  # fmt: skip
    columns = [{"word": head, "number": place > 0} for place, head in enumerate(heads)]
    rows = []
    for group in groups:
        share, told = group.share_percent, group.told_rub
        cells = [
            word(By.YEAR, group.key),
            *(str(count) for count in (group.filed, group.won, group.lost)),
            "–" if share is None else f"{share} %",
            str(group.settled + group.withdrawn),
            str(group.going),
            "–" if told is None else wording.rubles(told),
        ]
        rows.append(
            [
                {"text": text, "label": column["word"], "number": column["number"]}
                for text, column in zip(cells, columns, strict=True)
            ]
        )
    years = sorted((one for one in groups if one.key != REST), key=lambda one: one.key)[-DRAWN:]
    drawn = [(one.key, Decimal(one.filed), str(one.filed)) for one in years]
    history = charts.columns(drawn) if len(drawn) > 1 else None
    return Part("cases", _("Court cases"), columns, rows, None, history)


def _chart(by: By, groups: list[Group]) -> tuple[charts.Chart | None, charts.Columns | None]:
    told = [group for group in groups if group.key != REST]
    if len(told) < 2:
        return None, None
    if by == By.YEAR:
        years = sorted(told, key=lambda group: group.key)[-DRAWN:]
        return None, charts.columns([(one.key, one.sum_rub, whole(one)) for one in years])
    drawn = [(word(by, one.key), [("work", one.sum_rub, whole(one))]) for one in told[:DRAWN]]
    return charts.bars(drawn), None


def whole(group: Group) -> str:
    """Return whole rubles, for a chart."""
    return f"{formats.number_format(round(group.sum_rub), force_grouping=True)} ₽"


def word(by: By | str, key: str) -> str:
    """Return a value as people read it; what is folded and what nobody said too."""
    if key == REST:
        return _("Small groups together")
    if not key:
        return _("Not said")
    if by == By.UTILITY:
        return wording.service_label(key)
    return month_word(key) if by == "month" else key


def month_word(code: str) -> str:
    """Return «April 2026»."""
    month = date.fromisoformat(f"{code}-01")
    return f"{MONTHS[month.month]} {month.year}"


def cell(by: By | str, key: str) -> str:
    """Return a value of a row; what is folded there is only not told."""
    return pgettext("of a row", "not told") if key == REST else word(by, key)


def rows_address(**chosen: str) -> str:
    """Return the address of the rows of these values."""
    return f"{reverse('claims:won_rows')}?{urlencode(chosen)}"


def row_cells(row: Mapping[str, Any]) -> list[str]:
    """Return a row in words: when, what, service, district, organisation."""
    when = cell("month", row["month"]) if row["month"] != REST else cell(By.YEAR, row["year"])
    # Works belong to no service.
    service = "–" if row["what"] == Won.WORK else cell(By.UTILITY, row["utility"])
    return [
        when,
        str(Won(row["what"]).label),
        service,
        cell(By.DISTRICT, row["district"]),
        cell(By.COMPANY, row["company"]),
    ]
