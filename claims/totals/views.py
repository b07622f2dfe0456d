"""The public pages of what was won: the figures, and the rows each of them sums."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.aggregates import ArrayAgg
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from claims.calculator import wording
from claims.models import Won, WonGroup, WonMark
from claims.totals import cases, counting, showing
from claims.totals.counting import By
from claims.totals.folding import REST
from disclosure.sheets.writing import CSV_TYPE, csv_file

TABS = (
    (By.YEAR, gettext_lazy("By year")),
    (By.UTILITY, gettext_lazy("By service")),
    (By.COMPANY, gettext_lazy("By organisation")),
    (By.DISTRICT, gettext_lazy("By district")),
)
ON_A_PAGE = 50
# What one answer carries; all rows are a file of open data.
MOST_IN_CSV = 20_000
# What rows can be chosen by; anything else in an address is no matter.
_CHOICES = {
    "what": gettext_lazy("What was won"),
    "year": gettext_lazy("Year"),
    "month": gettext_lazy("Month"),
    "utility": gettext_lazy("Service"),
    "district": gettext_lazy("District"),
    "company": gettext_lazy("Organisation"),
}


@require_safe
@cache_control(public=True, max_age=300)
def won(http: HttpRequest) -> HttpResponse:
    """Show rubles on bills and works by year, service, organisation or district."""
    chosen = http.GET.get("by", By.YEAR)
    by = By(chosen) if chosen in set(By) else By.YEAR
    found = counting.won(by)
    parts = [showing.part(what, by, groups) for what, groups in found.items() if groups]
    if by == By.YEAR and (in_court := [one for one in cases.by_year() if cases.is_showable(one)]):
        parts.append(showing.cases(in_court))
    values = {
        "by": by,
        "tabs": [{"href": f"?by={code}", "word": word, "now": code == by} for code, word in TABS],
        "parts": parts,
        "tiles": [
            (showing.TITLES[what], showing.whole(counting.total(groups)) if groups else "")
            for what, groups in found.items()
            if not (what == Won.WORK and by == By.UTILITY)
        ],
        "mark": WonMark.objects.first(),
    }
    return render(http, "claims/won.html", values)


@require_safe
@cache_control(public=True, max_age=300)
def rows(http: HttpRequest) -> HttpResponse:
    """Show the anonymous rows of the chosen values, and what they add up to."""
    chosen = _chosen(http.GET)
    groups = WonGroup.objects.filter(**chosen)
    count, rub = groups.summed()
    pages = max(1, -(-count // ON_A_PAGE))
    page = min(max(1, _number(http.GET.get("page", ""))), pages)
    found = groups.rows()[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    columns = [{"word": word, "number": False} for word in _heads()]
    columns.append({"word": _("Rubles"), "number": True})
    values = {
        "fields": _fields(chosen),
        "count": count,
        "sum": wording.rubles(rub),
        "columns": columns,
        "rows": [_shown(row, columns) for row in found],
        "page": page,
        "pages": pages,
        "newer": _page(chosen, page - 1) if page > 1 else "",
        "older": _page(chosen, page + 1) if page < pages else "",
        "csv": f"{reverse('claims:won_rows_csv')}?{urlencode(chosen)}",
        "is_long": count > MOST_IN_CSV,
        "is_chosen": bool(chosen),
    }
    return render(http, "claims/won_rows.html", values)


@require_safe
@cache_control(public=True, max_age=300)
def rows_csv(http: HttpRequest) -> HttpResponse:
    """Give the same rows as a spreadsheet; more than one answer carries is a file of open data."""
    groups = WonGroup.objects.filter(**_chosen(http.GET))
    count, _rub = groups.summed()
    if count > MOST_IN_CSV:
        return redirect("open_data:latest", name="won", ext="csv")
    lines = [
        [*showing.row_cells(row), f"{row['amount_rub']:f}".replace(".", ",")]
        for row in groups.rows()
    ]
    answer = HttpResponse(csv_file([[*_heads(), _("Rubles")], *lines]), content_type=CSV_TYPE)
    answer["Content-Disposition"] = 'attachment; filename="won.csv"'
    return answer


def _heads() -> list[str]:
    return [_("When"), _("What was won"), _("Service"), _("District"), _("Organisation")]


def _chosen(query: QueryDict) -> dict[str, str]:
    return {
        name: str(query[name]) for name in _CHOICES if query.get(name) or _is_empty(query, name)
    }


def _is_empty(query: QueryDict, name: str) -> bool:
    # «Not said» is a value too: the figure of it opens with an empty one. A form sends «any».
    return name in query and "any" not in query


def _number(said: str) -> int:
    return int(said) if said.isascii() and said.isdigit() and len(said) < 7 else 1


def _page(chosen: dict[str, str], page: int) -> str:
    return f"?{urlencode({**chosen, 'page': page})}"


def _shown(row: dict[str, Any], columns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    said = [*showing.row_cells(row), wording.rubles(row["amount_rub"])]
    return [
        {"text": text, "label": column["word"], "number": column["number"]}
        for text, column in zip(said, columns, strict=True)
    ]


def _fields(chosen: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Yield the choices of the form, each with the values there are; one query."""
    values = WonGroup.objects.aggregate(
        **{name: ArrayAgg(name, distinct=True, default=[]) for name in _CHOICES}
    )
    for name, label in _CHOICES.items():
        is_dated = name in {"year", "month"}
        ordered = sorted(values[name], reverse=is_dated, key=lambda value: (value != REST, value))
        yield {
            "name": name,
            "label": label,
            "value": chosen.get(name),
            "options": [
                (value, Won(value).label if name == "what" else showing.cell(name, value))
                for value in ordered
                if value
            ],
        }
