"""What up to three companies disclosed, fact by fact; the counts of all are asked at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Subquery, Sum
from django.utils import timezone

from disclosure.forms_standard.checking import Content
from disclosure.models import (
    CompletenessScore,
    DisclosureValue,
    ManagementCompany,
    ManagementPeriod,
    Publication,
    ResponseFigures,
)
from disclosure.publications.contents import contents_of

YEARS = 2
_OWN = ("1.1", "1.4", "1.5")
# Of `values("company")`: the company's id and what was counted of it.
Lines = Iterable[Any]


@dataclass(kw_only=True)
class Known:
    """All that is compared of one company; what nobody published is None or empty."""

    company: ManagementCompany
    houses: int = 0
    area_m2: Decimal | None = None
    # Contents of the forms that count, by form and year.
    forms: dict[tuple[str, int], Content] = field(default_factory=dict)
    price_m2: Decimal | None = None
    planned_houses: int = 0
    score: CompletenessScore | None = None
    figures: ResponseFigures | None = None
    publications: int = 0
    published_at: datetime | None = None

    def form(self, code: str, year: int = 0) -> Content | None:
        """Return what the company published in the form."""
        return self.forms.get((code, year))

    def money(self, code: str, year: int) -> Decimal | None:
        """Return a sum of the finances of a year, in rubles."""
        content = self.form("1.4", year)
        text = content.fields.get(code, "") if content else ""
        return Decimal(text) if text else None

    @property
    def years(self) -> list[int]:
        """Of which years the company published its finances, the newest first."""
        return sorted((year for code, year in self.forms if code == "1.4"), reverse=True)


def known(companies: Sequence[ManagementCompany], *, on: date) -> list[Known]:
    """
    Return what is known of the companies, in their order. Six queries for any of them.

    `companies` come with `response_figures` joined.
    """
    found = {
        each.pk: Known(company=each, figures=getattr(each, "response_figures", None))
        for each in companies
    }
    if not found:
        return []
    _fill(found, _managed(found, on), ("houses", "area_m2"))
    _fill(found, _planned(found, on), ("price_m2", "planned_houses"))
    _fill(found, _published(found), ("publications", "published_at"))
    for score in _scores(found):
        found[score.company_id].score = score
    counting = Publication.objects.filter(company__in=found, building=None, form_code__in=_OWN)
    own = list(counting.filter(year__in=[0, *_years(on)]).counting())
    contents = contents_of(own)
    for each in own:
        found[each.company_id].forms[each.form_code, each.year] = contents[each.pk]
    return list(found.values())


def _years(on: date) -> list[int]:
    # The newest year due may be missing yet; the one before it then speaks.
    return [on.year - back for back in range(1, YEARS + 2)]


def _fill(found: dict[int, Known], lines: Lines, names: Sequence[str]) -> None:
    for line in lines:
        for name in names:
            setattr(found[line["company"]], name, line[name])


def _managed(found: Iterable[int], on: date) -> Lines:
    periods = ManagementPeriod.objects.filter(company__in=list(found), during__contains=on)
    return (
        periods.order_by()
        .values("company")
        .annotate(houses=Count("pk"), area_m2=Sum("building__area_m2"))
    )


def _planned(found: Iterable[int], on: date) -> Lines:
    """Return what all works of a house cost a month for a square metre, on the average."""
    managed = ManagementPeriod.objects.filter(
        company=OuterRef("company"), building=OuterRef("building"), during__contains=on
    )
    plans = Publication.objects.filter(
        Exists(managed), company__in=list(found), form_code="2.3"
    ).counting()
    return (
        DisclosureValue.objects.filter(
            publication__in=Subquery(plans.values("pk")), table="services", code="unit_price"
        )
        .order_by()
        .values(company=F("publication__company"))
        .annotate(planned_houses=Count("publication", distinct=True))
        .annotate(price_m2=Sum("number") / F("planned_houses"))
    )


def _published(found: Iterable[int]) -> Lines:
    return (
        Publication.objects.filter(company__in=list(found), returned=None)
        .order_by()
        .values("company")
        .annotate(publications=Count("pk"), published_at=Max("published_at"))
    )


def _scores(found: Iterable[int]) -> Iterable[CompletenessScore]:
    return (
        CompletenessScore.objects.filter(company__in=list(found), building=None)
        .order_by("company_id", "-day")
        .distinct("company_id")
    )


def best_of(
    values: Sequence[Decimal | int | None], *, choose: Callable[..., Decimal | int]
) -> list[bool]:
    """Return which of the values is the best one, `choose` being min or max; none of equals."""
    told = [value for value in values if value is not None]
    if len(told) < 2 or min(told) == max(told):
        return [False] * len(values)
    best = choose(told)
    return [value == best for value in values]


def day_words(at: datetime | None) -> date | None:
    """Return the local day of a moment."""
    return timezone.localtime(at).date() if at else None
