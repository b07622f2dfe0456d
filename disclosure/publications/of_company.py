"""What a company's forms say when read together: money by year, works and prices, reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, OuterRef, Subquery, Sum
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from disclosure import charts
from disclosure.models import DisclosureForm, DisclosureValue, ManagementCompany, Publication
from disclosure.publications.duties import houses_of

YEARS = 5
_MONEY = {"income_of_mng": "good", "spending_of_mng": "work", "debt_for_ku": "bad"}
_MILLION, _THOUSAND = Decimal(1_000_000), Decimal(1_000)


@dataclass(frozen=True)
class Finances:
    """Income, spending and debts by year, the newest first, as a chart and as a table."""

    chart: charts.Chart
    legend: list[tuple[str, str]]
    columns: list[dict[str, Any]]
    rows: list[list[dict[str, Any]]]


def finances(company: ManagementCompany) -> Finances | None:
    """Return the company's published money, None when nothing is published. Two queries at most."""
    counting = Publication.objects.filter(
        company=company, building=None, form_code="1.4"
    ).counting()
    found: dict[int, dict[str, Decimal]] = {}
    for year, code, number in DisclosureValue.objects.filter(
        publication__in=Subquery(counting.values("pk")), table="", code__in=list(_MONEY)
    ).values_list("publication__year", "code", "number"):
        if number is not None:
            found.setdefault(year, {})[code] = number
    years = sorted(found, reverse=True)[:YEARS]
    if not years:
        return None
    words = {
        "income_of_mng": _("Income"),
        "spending_of_mng": _("Spending"),
        "debt_for_ku": _("Debt to suppliers"),
    }
    groups = [
        (
            str(year),
            [
                (tone, found[year][code], rubles(found[year][code]))
                for code, tone in _MONEY.items()
                if code in found[year]
            ],
        )
        for year in years
    ]
    columns = [{"word": _("Year"), "number": False}]
    columns += [{"word": f"{word}, ₽", "number": True} for word in words.values()]
    rows: list[list[dict[str, Any]]] = [
        [
            {"text": str(year)},
            *(
                {
                    "text": _exact(found[year].get(code)),
                    "label": f"{word}, ₽",
                    "number": True,
                }
                for code, word in words.items()
            ),
        ]
        for year in years
    ]
    legend = [(tone, words[code]) for code, tone in _MONEY.items()]
    return Finances(charts.bars(groups), legend, columns, rows)


def rubles(value: Decimal) -> str:
    """Return a sum in few characters, for a label of a chart."""
    if value >= _MILLION:
        return _("%(sum)s mln ₽") % {"sum": number_format(value / _MILLION, 1)}
    if value >= _THOUSAND:
        return _("%(sum)s k ₽") % {"sum": number_format(value / _THOUSAND, 0)}
    return f"{number_format(value, 0)} ₽"


def _exact(value: Decimal | None) -> str:
    if value is None:
        return "—"
    return number_format(value, 2, use_l10n=True, force_grouping=True)


def works(company: ManagementCompany, *, on: date) -> dict[str, Any] | None:
    """Return a table of works: how many houses plan each, its price and its cost. Two queries."""
    counting = Publication.objects.filter(
        company=company, form_code="2.3", building__in=houses_of(company, on=on).values("pk")
    ).counting()
    rows = DisclosureValue.objects.filter(
        publication__in=Subquery(counting.values("pk")), table="services"
    )

    def beside(code: str, column: str) -> Subquery:
        return Subquery(
            DisclosureValue.objects.filter(
                publication=OuterRef("publication"),
                table="services",
                row=OuterRef("row"),
                code=code,
            ).values(column)[:1]
        )

    found = (
        rows.filter(code="plan_cost_per_unit")
        .annotate(work=beside("name", "text"), price=beside("unit_price", "number"))
        .values("work")
        .annotate(
            houses=Count("publication", distinct=True), cost=Sum("number"), price_mean=Avg("price")
        )
        .order_by("-cost")
    )
    lines = list(found)
    if not lines:
        return None
    names = _works_named(on)
    words = [_("Houses"), _("Mean price, ₽/m² a month"), _("Cost a year, ₽")]
    return {
        "caption": _("Works and services in all its houses"),
        "columns": [
            {"word": _("Work"), "number": False},
            *({"word": word, "number": True} for word in words),
        ],
        "rows": [
            [
                {"text": names.get(line["work"] or "", line["work"] or "—")},
                {"text": str(line["houses"]), "label": words[0], "number": True},
                {"text": _exact(line["price_mean"]), "label": words[1], "number": True},
                {"text": _exact(line["cost"]), "label": words[2], "number": True},
            ]
            for line in lines
        ],
    }


def _works_named(on: date) -> dict[str, str]:
    edition = DisclosureForm.objects.in_force(on).filter(code="2.3").first()
    table = edition.form.table("services") if edition else None
    field = table.field("name") if table else None
    return dict(field.choices) if field else {}


def reports(company: ManagementCompany) -> list[dict[str, Any]]:
    """Return for how many houses the contract's report was published, by year. One query."""
    found = (
        Publication.objects.filter(company=company, form_code="2.8", returned=None)
        .values("year")
        .annotate(houses=Count("building", distinct=True))
        .order_by("-year")[:YEARS]
    )
    return [{"year": line["year"], "houses": line["houses"]} for line in found]


def newest(company: ManagementCompany, *, limit: int = 5) -> list[Publication]:
    """Return the company's latest publications. One query."""
    rows = Publication.objects.filter(company=company).select_related("form", "building")
    found = list(rows.order_by("-id")[:limit])
    for row in found:
        row.company = company
    return found
