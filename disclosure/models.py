"""The registry: companies, suppliers, buildings, and who serves which building when."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

import pghistory
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import ValidationError as BadNumber
from stdnum.ru import inn as inn_number
from stdnum.ru import ogrn as ogrn_number

from disclosure.corrections.models import CorrectionRequest
from disclosure.directory.models import ResponseFigures
from disclosure.forms_standard.models import DisclosureForm
from disclosure.open_data.everything.models import OpenDataArchive
from disclosure.open_data.models import OpenDataFile
from disclosure.publications.models import (
    CompletenessScore,
    DisclosureValue,
    Draft,
    Publication,
    PublicationReturn,
    StaleSave,
)
from disclosure.querysets import BuildingQuerySet, CompanyQuerySet
from disclosure.registers.models import ImportConflict, ImportRun
from disclosure.utilities import Utility

# The models of the rooms below this one; Django looks for an app's models here.
__all__ = [
    "CompletenessScore",
    "CorrectionRequest",
    "DisclosureForm",
    "DisclosureValue",
    "Draft",
    "ImportConflict",
    "ImportRun",
    "OpenDataArchive",
    "OpenDataFile",
    "Publication",
    "PublicationReturn",
    "ResponseFigures",
    "StaleSave",
]


def check_inn(value: str) -> None:
    """Raise ValidationError unless `value` is an ИНН with right check digits."""
    try:
        inn_number.validate(value)
    except BadNumber:
        raise ValidationError(_("This is not an ИНН: its check digits are wrong.")) from None


def check_ogrn(value: str) -> None:
    """Raise ValidationError unless `value` is an ОГРН or ОГРНИП with a right check digit."""
    try:
        ogrn_number.validate(value)
    except BadNumber:
        raise ValidationError(_("This is not an ОГРН: its check digit is wrong.")) from None


class _Organisation(models.Model):
    """What a company and a supplier have in common."""

    # Old registers of houses name companies without an ИНН; `source_key` then tells them apart.
    inn = models.CharField(
        _("ИНН"), max_length=12, null=True, blank=True, unique=True, validators=[check_inn]
    )
    ogrn = models.CharField(_("ОГРН"), max_length=15, blank=True, validators=[check_ogrn])
    name = models.CharField(_("name"), max_length=300)
    short_name = models.CharField(_("short name"), max_length=300, blank=True)
    address = models.CharField(_("address"), max_length=400, blank=True)
    phone = models.CharField(_("phone"), max_length=64, blank=True)
    dispatcher_phone = models.CharField(_("dispatcher's phone"), max_length=64, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    site = models.CharField(_("site"), max_length=200, blank=True)
    source = models.CharField(_("source"), max_length=40, blank=True, editable=False)
    source_key = models.CharField(_("key in the source"), max_length=80, blank=True, editable=False)
    is_active = models.BooleanField(_("works"), default=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.short_name or self.name

    def clean(self) -> None:
        """Keep "no ИНН" one value: an empty text would collide with the next one."""
        self.inn = self.inn or None


class CompanyKind(models.TextChoices):
    """The way a building is managed (ЖК РФ, ст. 161)."""

    COMPANY = "company", _("Management company")
    TSJ = "tsj", _("Owners' association (ТСЖ)")
    COOPERATIVE = "cooperative", _("Housing cooperative (ЖСК)")
    OTHER = "other", _("Other")


_Audited = TypeVar("_Audited", bound=type[models.Model])


def _audited(name: str) -> Callable[[_Audited], _Audited]:
    """
    Keep every row that a table ever held, in one that nobody can change.

    Registers come by the thousand: a trigger a statement writes their history four times faster
    than one a row, which finds its context anew for each. A row that is gone is a change too: a
    period deleted by hand must not vanish without a trace.
    """
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        model_name=name,
        append_only=True,
        level=pghistory.Statement,
    )


@lru_cache(maxsize=4096)
def company_page(reference: str) -> str:
    """Return the address of a company's page."""
    return reverse("disclosure:company", args=[reference])


@_audited("ManagementCompanyAudit")
class ManagementCompany(_Organisation):
    """Who manages buildings: a company, ТСЖ or ЖСК."""

    kind = models.CharField(
        _("kind"), max_length=12, choices=CompanyKind, default=CompanyKind.COMPANY
    )

    objects = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name = _("management company")
        verbose_name_plural = _("management companies")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_key"],
                condition=~Q(source_key=""),
                name="company_once_per_source",
            ),
            models.CheckConstraint(condition=~Q(inn=""), name="company_inn_null_not_empty"),
        ]
        indexes = [
            models.Index(fields=["name", "id"], name="company_by_name"),
            GinIndex(OpClass(F("name"), "gin_trgm_ops"), name="company_name_trigrams"),
        ]

    def get_absolute_url(self) -> str:
        """Return the address of the company's page."""
        return company_page(self.reference)

    @property
    def reference(self) -> str:
        """What stands for the company in addresses: its ИНН, or «r-<id>» while it has none."""
        return self.inn or f"r-{self.pk}"


@_audited("ResourceSupplierAudit")
class ResourceSupplier(_Organisation):
    """Who brings water, heat, electricity, gas to buildings or takes sewage and waste away."""

    class Meta:
        verbose_name = _("resource supplier")
        verbose_name_plural = _("resource suppliers")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_key"],
                condition=~Q(source_key=""),
                name="supplier_once_per_source",
            ),
            models.CheckConstraint(condition=~Q(inn=""), name="supplier_inn_null_not_empty"),
        ]


class Street(models.Model):
    """A street of a settlement: what address search matches first, as streets are few."""

    settlement = models.CharField(_("settlement"), max_length=120, blank=True)
    name = models.CharField(_("name"), max_length=200)
    search_name = models.CharField(max_length=200, editable=False)

    class Meta:
        verbose_name = _("street")
        verbose_name_plural = _("streets")
        ordering = ["settlement", "name"]
        constraints = [
            models.UniqueConstraint(fields=["settlement", "name"], name="street_once_in_settlement")
        ]
        indexes = [
            GinIndex(OpClass(F("search_name"), "gin_trgm_ops"), name="street_name_trigrams"),
        ]

    def __str__(self) -> str:
        return street_in_words(self.settlement, self.name)


def street_in_words(settlement: str, name: str) -> str:
    """Return a street as addresses begin."""
    return f"{settlement}, {name}" if settlement else name


# A list names twenty houses, and working an address out costs as much as showing its row.
@lru_cache(maxsize=4096)
def building_page(pk: int) -> str:
    """Return the address of a house's page."""
    return reverse("disclosure:building", args=[pk])


@_audited("BuildingAudit")
class Building(models.Model):
    """A house of the register."""

    street = models.ForeignKey(
        Street, models.PROTECT, related_name="buildings", verbose_name=_("street")
    )
    house = models.CharField(_("house"), max_length=40)
    # «5 к2» as search compares it; equal texts are the same house.
    search_house = models.CharField(max_length=40, editable=False)
    address = models.CharField(_("address"), max_length=400)
    district = models.CharField(_("district"), max_length=120, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    fias_guid = models.UUIDField(_("ФИАС"), null=True, blank=True, unique=True)
    source = models.CharField(_("source"), max_length=40, blank=True, editable=False)
    source_key = models.CharField(_("key in the source"), max_length=80, blank=True, editable=False)
    kind = models.CharField(_("kind of house"), max_length=80, blank=True)
    built_year = models.PositiveSmallIntegerField(_("built in"), null=True, blank=True)
    floors = models.PositiveSmallIntegerField(_("floors"), null=True, blank=True)
    entrances = models.PositiveSmallIntegerField(_("entrances"), null=True, blank=True)
    flats = models.PositiveIntegerField(_("flats"), null=True, blank=True)
    area_m2 = models.DecimalField(
        _("area, m²"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    is_open = models.BooleanField(_("takes requests"), default=True)

    objects = BuildingQuerySet.as_manager()

    class Meta:
        verbose_name = _("building")
        verbose_name_plural = _("buildings")
        ordering = ["address", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["street", "search_house"], name="building_once_in_street"
            ),
            models.UniqueConstraint(
                fields=["source", "source_key"],
                condition=~Q(source_key=""),
                name="building_once_per_source",
            ),
            models.CheckConstraint(
                condition=Q(lat=None, lon=None)
                | Q(lat__gte=-90, lat__lte=90, lon__gte=-180, lon__lte=180),
                name="building_coordinates_in_range",
            ),
        ]
        indexes = [
            models.Index(fields=["district"], name="building_by_district"),
            models.Index(fields=["address", "id"], name="building_by_address"),
            # «Houses near me»: as `nearest` writes it.
            GistIndex(
                models.Func("lon", "lat", function="point"),
                condition=Q(lat__isnull=False),
                name="building_by_place",
            ),
        ]

    def __str__(self) -> str:
        return self.address

    def get_absolute_url(self) -> str:
        """Return the address of the house's page."""
        return building_page(self.pk)


@_audited("ManagementPeriodAudit")
class ManagementPeriod(models.Model):
    """From when until when a company manages a building."""

    building = models.ForeignKey(
        Building, models.PROTECT, related_name="management_periods", verbose_name=_("building")
    )
    company = models.ForeignKey(
        ManagementCompany,
        models.PROTECT,
        related_name="management_periods",
        verbose_name=_("management company"),
    )
    during = DateRangeField(_("during"))
    basis = models.CharField(_("basis"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("period of management")
        verbose_name_plural = _("periods of management")
        ordering = ["building", "-during"]
        constraints = [
            ExclusionConstraint(
                name="one_company_at_a_time",
                expressions=[
                    (F("building"), RangeOperators.EQUAL),
                    (F("during"), RangeOperators.OVERLAPS),
                ],
            )
        ]
        indexes = [
            models.Index(
                fields=["company"],
                condition=Q(during__upper_inf=True),
                name="management_open_ended",
            )
        ]

    def __str__(self) -> str:
        return f"№ {self.pk}"


@_audited("SupplyPeriodAudit")
class SupplyPeriod(models.Model):
    """From when until when a supplier brings a utility to a building."""

    building = models.ForeignKey(
        Building, models.PROTECT, related_name="supply_periods", verbose_name=_("building")
    )
    supplier = models.ForeignKey(
        ResourceSupplier,
        models.PROTECT,
        related_name="supply_periods",
        verbose_name=_("resource supplier"),
    )
    utility = models.CharField(_("utility"), max_length=16, choices=Utility)
    during = DateRangeField(_("during"))

    class Meta:
        verbose_name = _("period of supply")
        verbose_name_plural = _("periods of supply")
        ordering = ["building", "utility", "-during"]
        constraints = [
            ExclusionConstraint(
                name="one_supplier_at_a_time",
                expressions=[
                    (F("building"), RangeOperators.EQUAL),
                    (F("utility"), RangeOperators.EQUAL),
                    (F("during"), RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"№ {self.pk}"


class Residence(models.Model):
    """Where a resident lives: fills in the address of the next request."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="residence")
    building = models.ForeignKey(
        Building, models.CASCADE, related_name="+", verbose_name=_("building")
    )
    flat = models.CharField(_("flat"), max_length=12, blank=True)

    class Meta:
        verbose_name = _("home address")
        verbose_name_plural = _("home addresses")

    def __str__(self) -> str:
        return f"#{self.pk}"
