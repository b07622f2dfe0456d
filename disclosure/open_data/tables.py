"""
The public tables: their columns with types and meanings, and the rows of each.

No resident and no account is in them. The only name of a person is that of a company's head, which
form 1.1 makes public. The dictionary, the files and their check all read one list, `tables()`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import F, QuerySet
from django.db.models.functions import Lower, Upper
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from disclosure.models import (
    Building,
    CompletenessScore,
    DisclosureForm,
    DisclosureValue,
    ManagementCompany,
    ManagementPeriod,
    Publication,
    ResourceSupplier,
    SupplyPeriod,
)

CHUNK = 2000
FORMATS = ("csv", "jsonl", "xlsx")
Words = str | Promise


@dataclass(frozen=True)
class Column:
    """A column: its name, its CSVW datatype, and what it means."""

    name: str
    type: str
    title: Words
    required: bool = False


@dataclass(frozen=True)
class OpenTable:
    """A public table; `rows` yields tuples in the order of `columns`."""

    name: str
    title: Words
    description: Words
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: Callable[[], Iterator[tuple[Any, ...]]]
    # Hundreds of thousands of rows are no spreadsheet, and writing one takes minutes.
    formats: tuple[str, ...] = FORMATS


@dataclass(frozen=True)
class Select:
    """The rows of a table that are one statement; so they can also be read by COPY."""

    source: QuerySet[Any]
    names: tuple[Any, ...]

    def __call__(self) -> Iterator[tuple[Any, ...]]:
        """Yield the rows."""
        # A new queryset for each run: one that was read keeps its rows.
        return self._rows().iterator(chunk_size=CHUNK)

    def statement(self) -> tuple[str, tuple[Any, ...]]:
        """Return the SQL with its parameters."""
        sql, values = self._rows().query.sql_with_params()
        return sql, tuple(values)

    def _rows(self) -> QuerySet[Any, tuple[Any, ...]]:
        return self.source.all().values_list(*self.names)


def of(rows: QuerySet[Any], *names: Any) -> Select:
    """Return the rows of a queryset, its named values in this order."""
    return Select(rows, names)


def _fields() -> Iterator[tuple[Any, ...]]:
    for edition in DisclosureForm.objects.order_by("position", "id"):
        for table, field in edition.form.every_field():
            yield (
                edition.code,
                edition.during.lower,
                edition.during.upper,
                table.code if table else None,
                field.code,
                field.name,
                str(field.type),
                field.unit or None,
                field.required,
                "; ".join(f"{code} = {name}" for code, name in field.choices) or None,
            )


_ORGANISATION = (
    Column("id", "integer", _("number in the portal's registry"), required=True),
    Column("inn", "string", _("ИНН")),
    Column("ogrn", "string", _("ОГРН")),
    Column("name", "string", _("full name"), required=True),
    Column("short_name", "string", _("short name")),
    Column("address", "string", _("address")),
    Column("phone", "string", _("phone")),
    Column("dispatcher_phone", "string", _("dispatcher's phone")),
    Column("email", "string", _("e-mail")),
    Column("site", "string", _("site")),
    Column("is_active", "boolean", _("works today"), required=True),
)
_ORGANISATION_NAMES = tuple(column.name for column in _ORGANISATION)

TABLES: tuple[OpenTable, ...] = (
    OpenTable(
        "companies",
        _("Management companies"),
        _("Companies, owners' associations and cooperatives that manage houses."),
        ("id",),
        (*_ORGANISATION, Column("kind", "string", _("company, tsj, cooperative or other"))),
        of(ManagementCompany.objects.order_by("pk"), *_ORGANISATION_NAMES, "kind"),
    ),
    OpenTable(
        "suppliers",
        _("Resource suppliers"),
        _("Who supplies water, heat, electricity and gas, takes away sewage and waste."),
        ("id",),
        _ORGANISATION,
        of(ResourceSupplier.objects.order_by("pk"), *_ORGANISATION_NAMES),
    ),
    OpenTable(
        "houses",
        _("Houses"),
        _("Houses of the registry with their passports."),
        ("id",),
        (
            Column("id", "integer", _("number in the portal's registry"), required=True),
            Column("address", "string", _("address"), required=True),
            Column("settlement", "string", _("settlement")),
            Column("street", "string", _("street"), required=True),
            Column("house", "string", _("house number"), required=True),
            Column("district", "string", _("district")),
            Column("lat", "number", _("latitude")),
            Column("lon", "number", _("longitude")),
            Column("fias_guid", "string", _("ФИАС")),
            Column("kind", "string", _("kind of house")),
            Column("built_year", "integer", _("built in")),
            Column("floors", "integer", _("floors")),
            Column("entrances", "integer", _("entrances")),
            Column("flats", "integer", _("flats")),
            Column("area_m2", "decimal", _("area, m²")),
        ),
        of(
            Building.objects.order_by("pk"),
            "id",
            "address",
            "street__settlement",
            "street__name",
            "house",
            "district",
            "lat",
            "lon",
            "fias_guid",
            "kind",
            "built_year",
            "floors",
            "entrances",
            "flats",
            "area_m2",
        ),
    ),
    OpenTable(
        "management",
        _("Who manages which house"),
        _("Periods of management; the last day is not a part of the period."),
        ("id",),
        (
            Column("id", "integer", _("number of the period"), required=True),
            Column("house_id", "integer", _("house"), required=True),
            Column("company_id", "integer", _("management company"), required=True),
            Column("since", "date", _("from this day")),
            Column("until", "date", _("until this day")),
            Column("basis", "string", _("basis")),
        ),
        of(
            ManagementPeriod.objects.order_by("pk").annotate(
                since=Lower("during"), until=Upper("during")
            ),
            "id",
            "building_id",
            "company_id",
            "since",
            "until",
            "basis",
        ),
    ),
    OpenTable(
        "supply",
        _("Who supplies which house"),
        _("Periods of supply for each utility; the last day is not a part of the period."),
        ("id",),
        (
            Column("id", "integer", _("number of the period"), required=True),
            Column("house_id", "integer", _("house"), required=True),
            Column("supplier_id", "integer", _("resource supplier"), required=True),
            Column("utility", "string", _("utility"), required=True),
            Column("since", "date", _("from this day")),
            Column("until", "date", _("until this day")),
        ),
        of(
            SupplyPeriod.objects.order_by("pk").annotate(
                since=Lower("during"), until=Upper("during")
            ),
            "id",
            "building_id",
            "supplier_id",
            "utility",
            "since",
            "until",
        ),
    ),
    OpenTable(
        "publications",
        _("Published forms"),
        _("Every version of every form that a company published."),
        ("id",),
        (
            Column("id", "integer", _("number of the publication"), required=True),
            Column("company_id", "integer", _("management company"), required=True),
            Column("house_id", "integer", _("house, if the form is about one")),
            Column("form", "string", _("form"), required=True),
            Column("year", "integer", _("year the form is about, 0 if about none"), required=True),
            Column("version", "integer", _("version"), required=True),
            Column("published_at", "dateTime", _("published"), required=True),
            Column("on_behalf", "boolean", _("by staff on the company's behalf"), required=True),
            Column("returned_at", "dateTime", _("returned for correction")),
        ),
        of(
            Publication.objects.order_by("pk").annotate(returned_at=F("returned__at")),
            "id",
            "company_id",
            "building_id",
            "form_code",
            "year",
            "version",
            "published_at",
            "on_behalf",
            "returned_at",
        ),
    ),
    OpenTable(
        "values",
        _("Published values"),
        _("Every value of every version, as canonical text; the fields table says its type."),
        ("id",),
        (
            Column("id", "integer", _("number of the value"), required=True),
            Column("publication_id", "integer", _("publication"), required=True),
            Column("table", "string", _("table of the form, if the value stands in one")),
            Column("row", "integer", _("row of the table, from 0"), required=True),
            Column("code", "string", _("code of the field"), required=True),
            Column("value", "string", _("value"), required=True),
        ),
        of(
            DisclosureValue.objects.order_by("pk"),
            "id",
            "publication_id",
            "table",
            "row",
            "code",
            "text",
        ),
    ),
    OpenTable(
        "fields",
        _("Fields of the forms"),
        _("What the codes of the values table mean, for each edition of a form."),
        ("form", "since", "table", "code"),
        (
            Column("form", "string", _("form"), required=True),
            Column("since", "date", _("in force from this day"), required=True),
            Column("until", "date", _("until this day")),
            Column("table", "string", _("table of the form, if the field stands in one")),
            Column("code", "string", _("code of the field"), required=True),
            Column("name", "string", _("name"), required=True),
            Column("type", "string", _("type"), required=True),
            Column("unit", "string", _("unit")),
            Column("required", "boolean", _("required"), required=True),
            Column("choices", "string", _("choices")),
        ),
        _fields,
    ),
    OpenTable(
        "completeness",
        _("Completeness of disclosure"),
        _("Scores by day; a row appears when a score changed."),
        ("id",),
        (
            Column("id", "integer", _("number of the score"), required=True),
            Column("company_id", "integer", _("management company"), required=True),
            Column("house_id", "integer", _("house; empty for the company's own forms")),
            Column("day", "date", _("day"), required=True),
            Column("asked", "decimal", _("points asked"), required=True),
            Column("filled", "decimal", _("points filled"), required=True),
            Column("forms", "integer", _("forms owed"), required=True),
            Column("in_time", "integer", _("forms in time"), required=True),
            Column("percent", "decimal", _("completeness, %"), required=True),
            Column("total", "decimal", _("with the buildings, %")),
        ),
        of(
            CompletenessScore.objects.order_by("pk"),
            "id",
            "company_id",
            "building_id",
            "day",
            "asked",
            "filled",
            "forms",
            "in_time",
            "percent",
            "total",
        ),
    ),
)


@cache
def tables() -> tuple[OpenTable, ...]:
    """Return the registry's tables, then those of the rooms above that the settings name."""
    above = (import_string(name) for name in settings.OPEN_DATA_TABLES)
    return (*TABLES, *(each for found in above for each in found))


def table(name: str) -> OpenTable | None:
    """Return the table of this name, or None."""
    return next((each for each in tables() if each.name == name), None)
