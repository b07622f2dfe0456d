"""Reusable queries of the registry."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Prefetch

if TYPE_CHECKING:
    from disclosure.models import Building, ManagementCompany  # noqa: F401


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

    def taking_requests(self) -> Self:
        """Return the houses about which requests are taken."""
        return self.filter(is_open=True)


class CompanyQuerySet(models.QuerySet["ManagementCompany"]):
    """Management companies; their register is public."""

    def by_reference(self, reference: str) -> Self:
        """Return the company that `reference` stands for: an ИНН, or «r-<id>»."""
        if reference.startswith("r-") and reference[2:].isdecimal() and len(reference) < 20:
            return self.filter(pk=int(reference[2:]), inn=None)
        return self.filter(inn=reference)
