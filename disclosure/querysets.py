"""Reusable queries of the registry."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from disclosure.licences import received_since

if TYPE_CHECKING:
    from disclosure.models import Building, ManagementCompany  # noqa: F401

_ROW = re.compile(r"r-[0-9]{1,17}")
# Fewer digits are a part of a name: «ЖСК 12».
_INN_BEGINS = 4
_WORDS = 6


class BuildingQuerySet(models.QuerySet["Building"]):
    """Houses; the register of houses is public."""

    def managed_on(self, day: date) -> Self:
        """Fetch `managers`: a list of at most one period in force on `day`, with its company."""
        from disclosure.models import ManagementPeriod

        return self.prefetch_related(
            Prefetch(
                "management_periods",
                queryset=ManagementPeriod.objects.filter(during__contains=day).select_related(
                    "company"
                ),
                to_attr="managers",
            )
        )

    def managed_by(self, company: ManagementCompany, *, on: date) -> Self:
        """Return the houses that the company manages on the day."""
        return self.filter(
            management_periods__company=company, management_periods__during__contains=on
        )

    def taking_requests(self) -> Self:
        """Return the houses about which requests are taken."""
        return self.filter(is_open=True)


class CompanyQuerySet(models.QuerySet["ManagementCompany"]):
    """Management companies; their register is public."""

    def by_reference(self, reference: str) -> Self:
        """Return the company that `reference` stands for: an ИНН, or «r-<id>»."""
        if _ROW.fullmatch(reference):
            return self.filter(pk=int(reference[2:]), inn=None)
        return self.filter(inn=reference) if reference.isalnum() else self.none()

    def once_referred_as(self, reference: str) -> Self:
        """Return the company that «r-<id>» stood for before its ИНН was known."""
        if _ROW.fullmatch(reference):
            return self.filter(pk=int(reference[2:])).exclude(inn=None)
        return self.none()

    def named_like(self, words: str) -> Self:
        """Return the companies whose name has all the words, or whose ИНН begins so."""
        rows = self
        if words.isdecimal() and len(words) >= _INN_BEGINS:
            return rows.filter(inn__startswith=words)
        for word in words.replace("\x00", " ").split()[:_WORDS]:
            # A regular expression and not `icontains`: trigrams answer it without `upper()`.
            part = re.escape(word)
            rows = rows.filter(Q(name__iregex=part) | Q(short_name__iregex=part))
        return rows

    def with_houses(self, day: date) -> Self:
        """Annotate `houses`: how many houses the company manages on the day."""
        from disclosure.models import ManagementPeriod

        counted = (
            ManagementPeriod.objects.filter(company=OuterRef("pk"), during__contains=day)
            .order_by()
            .values("company")
            .annotate(total=Count("pk"))
            .values("total")
        )
        return self.annotate(
            houses=Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))
        )

    def in_district(self, district: str, *, on: date) -> Self:
        """Return the companies that manage a house of the district on the day."""
        from disclosure.models import ManagementPeriod

        return self.filter(
            Exists(
                ManagementPeriod.objects.filter(
                    company=OuterRef("pk"),
                    during__contains=on,
                    building__district=district,
                )
            )
        )

    def having_published(self, *, no: bool = False) -> Self:
        """Return the companies with a version that counts, of any form; `no`: those without."""
        from disclosure.models import Publication

        published = Exists(Publication.objects.filter(company=OuterRef("pk"), returned=None))
        return self.filter(~published if no else published)

    def licensed(self, *, on: date) -> Self:
        """Return the companies whose published licence is in force on the day."""
        from disclosure.models import DisclosureValue, Publication

        counting = (
            Publication.objects.filter(
                company=OuterRef("pk"), building=None, form_code="1.1", returned=None
            )
            .order_by("-version")
            .values("pk")[:1]
        )
        received = DisclosureValue.objects.filter(
            publication=OuterRef("counting_facts"),
            table="licenses",
            code="license_receipt_date",
            day__gt=received_since(on),
            day__lte=on,
        )
        return self.annotate(counting_facts=Subquery(counting)).filter(Exists(received))

    def with_disclosed(self) -> Self:
        """Annotate `disclosed`: hundredths of a percent, houses included; -1 while unknown."""
        from disclosure.models import CompletenessScore

        newest = (
            CompletenessScore.objects.filter(company=OuterRef("pk"), building=None)
            .order_by("-day")
            .values_list(
                Cast(Coalesce("total", "percent") * 100, output_field=IntegerField()), flat=True
            )
        )
        return self.annotate(
            disclosed=Coalesce(Subquery(newest[:1], output_field=IntegerField()), Value(-1))
        )

    def with_in_time(self) -> Self:
        """Join the figures of requests; annotate `in_time` in hundredths of a percent, or -1."""
        judged = F("response_figures__judged")
        share = Cast(F("response_figures__in_time") * 10000.0 / judged, output_field=IntegerField())
        return self.select_related("response_figures").annotate(
            in_time=Case(
                When(response_figures__judged__gt=0, then=share),
                default=Value(-1),
                output_field=IntegerField(),
            )
        )
