"""What pages tell of a house and a company, as values ready to be shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from disclosure.models import Building, ManagementCompany, ManagementPeriod, SupplyPeriod


@dataclass(frozen=True)
class Term:
    """A company's time at a house; `until` is the first day without it, None while it lasts."""

    company: ManagementCompany
    since: date | None
    until: date | None
    is_current: bool
    basis: str


@dataclass(frozen=True)
class Fact:
    """A line of a list of facts, as components/facts.html takes it."""

    term: str | Promise
    value: str
    href: str = ""


def terms_of(house: Building, *, on: date) -> list[Term]:
    """Return who has managed the house, the latest first. One query."""
    periods = (
        ManagementPeriod.objects.filter(building=house)
        .select_related("company")
        .order_by("-during")
    )
    return [
        Term(
            company=period.company,
            since=period.during.lower,
            until=period.during.upper,
            is_current=on in period.during,
            basis=period.basis,
        )
        for period in periods
    ]


def supplies_of(house: Building, *, on: date) -> list[SupplyPeriod]:
    """Return who supplies what to the house on the day. One query."""
    return list(
        SupplyPeriod.objects.filter(building=house, during__contains=on)
        .select_related("supplier")
        .order_by("utility")
    )


def passport(house: Building) -> list[Fact]:
    """Return the house's own facts that the register knows."""
    known = [
        (_("Kind of house"), house.kind),
        (_("Built in"), str(house.built_year or "")),
        (_("Floors"), str(house.floors or "")),
        (_("Entrances"), str(house.entrances or "")),
        (_("Flats"), str(house.flats or "")),
        (_("Area"), f"{_number(house.area_m2)} м²" if house.area_m2 else ""),
        (_("District"), house.district),
    ]
    return [Fact(term, value) for term, value in known if value]


def managed_sums(houses: QuerySet[Building]) -> tuple[int, Decimal | None]:
    """Return how many houses these are and their square metres, None where none is known."""
    sums = houses.aggregate(count=Count("pk"), area=Sum("area_m2"))
    return sums["count"], sums["area"]


def company_facts(company: ManagementCompany, houses: QuerySet[Building]) -> list[Fact]:
    """Return what the register knows of the company. One query."""
    count, area = managed_sums(houses)
    managed = ngettext("%(count)s house", "%(count)s houses", count) % {"count": count}
    if area:
        managed += f", {_number(area)} м²"
    site = company.site
    if site and not site.startswith(("http://", "https://")):
        site = f"http://{site}"
    known = [
        Fact(_("Full name"), company.name if company.short_name else ""),
        Fact(_("Kind"), str(company.get_kind_display())),
        Fact(_("Manages"), managed),
        Fact(_("ИНН"), company.inn or ""),
        Fact(_("ОГРН"), company.ogrn),
        Fact(_("Address"), company.address),
        Fact(_("Site"), company.site, href=site),
    ]
    return [fact for fact in known if fact.value]


def _number(value: Decimal) -> str:
    return number_format(value, decimal_pos=0, use_l10n=True, force_grouping=True)
