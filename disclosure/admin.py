"""The registry in the operators' workplace: houses, organisations, and who serves whom when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.postgres.forms import DateRangeField, RangeWidget
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts import phones
from accounts.audit import AuditedAdmin, Table
from accounts.capped_pages import CappedPaginator
from disclosure import address_search, addresses
from disclosure.corrections.admin import CorrectionAdmin
from disclosure.models import (
    Building,
    ManagementCompany,
    ManagementPeriod,
    ResourceSupplier,
    Street,
    SupplyPeriod,
)
from disclosure.open_data.everything.admin import OpenDataArchiveAdmin
from disclosure.publications.admin import FormAdmin, PublicationAdmin
from disclosure.registers.admin import ImportConflictAdmin, ImportRunAdmin

# The desks of the rooms below; Django looks for an app's desk here.
__all__ = [
    "CorrectionAdmin",
    "FormAdmin",
    "ImportConflictAdmin",
    "ImportRunAdmin",
    "OpenDataArchiveAdmin",
    "PublicationAdmin",
]

OVERLAP = _("This period overlaps another one of the same house. End the other one first.")


class PeriodForm(forms.ModelForm):
    """A period as two dates: its first day, and the day from which it is over (may be open)."""

    during = DateRangeField(
        label=_("during"),
        widget=RangeWidget(forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")),
        help_text=_("The first day, and the day from which it is over; empty while it lasts."),
    )

    def clean(self) -> dict[str, Any] | None:
        """Refuse an overlap beside the field; the database's constraint would refuse it anyway."""
        values = super().clean() or {}
        others = type(self.instance)._default_manager.exclude(pk=self.instance.pk)
        asked = {name: values.get(name) for name in ("building", "during")}
        if "utility" in self.fields:
            asked["utility"] = values.get("utility")
        if all(asked.values()):
            during = asked.pop("during")
            if others.filter(**asked, during__overlap=during).exists():
                self.add_error("during", OVERLAP)
        return values


class InlinePeriodForm(PeriodForm):
    """A period below its house: judged together with the others on the page, not with old rows."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name each field: a table's heads name nothing to who does not see them."""
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if field.label and not field.widget.is_hidden:
                field.widget.attrs.setdefault("aria-label", capfirst(field.label))
        first, last = self.fields["during"].widget.widgets
        first.attrs["aria-label"] = _("First day")
        last.attrs["aria-label"] = _("The day from which it is over")

    def clean(self) -> dict[str, Any] | None:
        """Leave overlaps to the formset, which knows what the page is about to change."""
        return forms.ModelForm.clean(self)

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() | {"during"}  # type: ignore[misc]


class PeriodFormSet(forms.BaseInlineFormSet):
    """All periods of one kind of one house."""

    def clean(self) -> None:
        """Refuse two periods at once: for supply, of one utility."""
        super().clean()
        seen: list[tuple[Any, Any]] = []
        for form in self.forms:
            values = getattr(form, "cleaned_data", {})
            during = values.get("during")
            if during is None or values.get("DELETE"):
                continue
            kind = values.get("utility")
            if any(kind == other and _overlap(during, range_) for other, range_ in seen):
                form.add_error("during", OVERLAP)
            seen.append((kind, during))


def period_words(period: Any) -> str:
    """Return «01.07.2025 — 30.06.2026»: the last day is named, not the one after; «…» is open."""
    first = f"{period.lower:%d.%m.%Y}" if period.lower else "…"
    last = f"{period.upper - timedelta(days=1):%d.%m.%Y}" if period.upper else "…"
    return f"{first} — {last}"


def _unbroken(phone: str) -> str:
    """Return a phone as people read it out, on one line; "—" for none."""
    return phones.in_words(phone).replace(" ", "\u00a0").replace("-", "\u2011") if phone else "—"


def _overlap(one: Any, other: Any) -> bool:
    """Tell whether two ranges [lower, upper) share a day; None is open."""
    begins = one.lower is None or other.upper is None or one.lower < other.upper
    return begins and (other.lower is None or one.upper is None or other.lower < one.upper)


class _PeriodInline(admin.TabularInline):
    """Periods of one kind below the house or the organisation they belong to."""

    form = InlinePeriodForm
    formset = PeriodFormSet
    extra = 0
    ordering = ("-during",)
    autocomplete_fields = ("company",)


class ManagedByInline(_PeriodInline):
    """Who managed the house when."""

    model = ManagementPeriod


class SuppliedByInline(_PeriodInline):
    """Who brought which utility when."""

    model = SupplyPeriod
    autocomplete_fields = ("supplier",)


class _RegistryAdmin(AuditedAdmin):
    """A table of the register: big, searched and not leafed through, never emptied by a click."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nothing of the register is deleted: a house is closed, a company ceases."""
        return False


class _OrganisationAdmin(_RegistryAdmin):
    list_display = ["name", "inn", "office", "dispatcher", "is_active"]
    list_filter = ["is_active"]
    search_fields = ("name__icontains", "inn__startswith", "ogrn__startswith")
    search_help_text = _("Name, ИНН or ОГРН")
    readonly_fields = ("source", "source_key")
    fieldsets = (
        (None, {"fields": ("name", "short_name", "inn", "ogrn", "is_active")}),
        (_("How to reach it"), {"fields": ("dispatcher_phone", "phone", "email", "site")}),
        (_("Where it sits"), {"fields": ("address",)}),
        (_("Where it comes from"), {"fields": ("source", "source_key"), "classes": ("collapse",)}),
    )

    @admin.display(description=_("phone"), ordering="phone")
    def office(self, row: ManagementCompany | ResourceSupplier) -> str:
        """Return the office's phone as people read it out."""
        return _unbroken(row.phone)

    @admin.display(description=_("dispatcher"), ordering="dispatcher_phone")
    def dispatcher(self, row: ManagementCompany | ResourceSupplier) -> str:
        """Return the phone that is answered at night, as people read it out."""
        return _unbroken(row.dispatcher_phone)


@admin.register(ManagementCompany)
class ManagementCompanyAdmin(_OrganisationAdmin):
    """Companies, ТСЖ and ЖСК."""

    audits = (Table("disclosure.ManagementCompanyAudit"),)
    list_display = ["name", "kind", "inn", "office", "dispatcher", "is_active"]
    list_filter = ["kind", "is_active"]
    fieldsets = (
        (None, {"fields": ("name", "short_name", "kind", "inn", "ogrn", "is_active")}),
        *_OrganisationAdmin.fieldsets[1:],
    )


@admin.register(ResourceSupplier)
class ResourceSupplierAdmin(_OrganisationAdmin):
    """Suppliers of water, heat, electricity and gas."""

    audits = (Table("disclosure.ResourceSupplierAudit"),)


@admin.register(Street)
class StreetAdmin(_RegistryAdmin):
    """Streets: few, and houses hang on them."""

    list_display = ("name", "settlement")
    search_fields = ("search_name__icontains",)
    fields = ("settlement", "name")

    def save_model(self, request: HttpRequest, obj: Street, form: Any, change: Any) -> None:
        """Keep what search compares, and the addresses of the street's houses, in step."""
        obj.search_name = addresses.street_text(city=obj.settlement, name=obj.name)
        super().save_model(request, obj, form, change)
        for house in obj.buildings.all():
            house.address = addresses.display(
                city=obj.settlement, street=obj.name, house=house.house
            )
            house.save(update_fields=["address"])


@admin.register(Building)
class BuildingAdmin(_RegistryAdmin):
    """Houses, found by what people type."""

    audits = (
        Table("disclosure.BuildingAudit"),
        Table("disclosure.ManagementPeriodAudit", "building_id"),
        Table("disclosure.SupplyPeriodAudit", "building_id"),
    )

    list_display = ("address", "manager_today", "district", "built_year", "flats", "is_open")
    list_filter = ("is_open", "district")
    search_fields = ("address",)
    search_help_text = _("Street and house, as people say it")
    autocomplete_fields = ("street",)
    readonly_fields = ("address", "source", "source_key")
    inlines = (ManagedByInline, SuppliedByInline)
    fieldsets = (
        (None, {"fields": ("street", "house", "address", "district", "is_open")}),
        (
            _("Passport"),
            {"fields": ("kind", "built_year", "floors", "entrances", "flats", "area_m2")},
        ),
        (_("On the map"), {"fields": ("lat", "lon")}),
        (
            _("Where it comes from"),
            {"fields": ("fias_guid", "source", "source_key"), "classes": ("collapse",)},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Building]:
        """Fetch the company of today with each house."""
        houses: QuerySet[Building] = super().get_queryset(request)
        return houses.managed_on(timezone.localdate())  # type: ignore[attr-defined]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Building], search_term: str
    ) -> tuple[QuerySet[Building], bool]:
        """Search as the portal does: misspelt, shortened, on the wrong keyboard layout."""
        if not search_term.strip():
            return queryset, False
        found = address_search.find(search_term, on=timezone.localdate(), limit=50)
        return queryset.filter(pk__in=[house.id for house in found]), False

    def save_model(self, request: HttpRequest, obj: Building, form: Any, change: Any) -> None:
        """Keep the address and what search compares in step with street and house."""
        obj.search_house = addresses.house_key(obj.house)
        obj.address = addresses.display(
            city=obj.street.settlement, street=obj.street.name, house=obj.house
        )
        super().save_model(request, obj, form, change)

    @admin.display(description=_("management company"))
    def manager_today(self, house: Building) -> str:
        """Return the company's name, "—" if nobody manages the house today."""
        managers: list[ManagementPeriod] = getattr(house, "managers", [])
        return str(managers[0].company) if managers else "—"


class _PeriodAdmin(_RegistryAdmin):
    """Periods by themselves, for whoever looks for one."""

    form = PeriodForm

    @admin.display(description=_("during"), ordering="during")
    def period(self, row: ManagementPeriod | SupplyPeriod) -> str:
        """Return the period in words."""
        return period_words(row.during)


@admin.register(ManagementPeriod)
class ManagementPeriodAdmin(_PeriodAdmin):
    """Who managed which house when."""

    audits = (Table("disclosure.ManagementPeriodAudit"),)
    list_display = ("building", "company", "period", "basis")
    list_select_related = ("building", "company")
    autocomplete_fields = ("building", "company")
    search_fields = ("company__name__icontains", "company__inn__startswith")


@admin.register(SupplyPeriod)
class SupplyPeriodAdmin(_PeriodAdmin):
    """Who brought which utility to which house when."""

    audits = (Table("disclosure.SupplyPeriodAudit"),)
    list_display = ("building", "utility", "supplier", "period")
    list_select_related = ("building", "supplier")
    list_filter = ("utility",)
    autocomplete_fields = ("building", "supplier")
    search_fields = ("supplier__name__icontains", "supplier__inn__startswith")
