"""From published rows back to the content of a form, and what a new form begins with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, Sum
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from disclosure.forms_standard.checking import Content
from disclosure.forms_standard.definition import Field, Form, Type
from disclosure.forms_standard.field_types import YES, Invalid, parse
from disclosure.models import (
    Building,
    DisclosureValue,
    ManagementCompany,
    ManagementPeriod,
    Publication,
)


def content_of(publication: Publication) -> Content:
    """Return what was published; one query."""
    return contents_of([publication])[publication.pk]


def contents_of(publications: Iterable[Publication]) -> dict[int, Content]:
    """Return what was published, by the publication's id; one query for all."""
    found = {publication.pk: Content({}, {}) for publication in publications}
    values = DisclosureValue.objects.filter(publication__in=list(found)).order_by(
        "publication_id", "table", "row", "code"
    )
    for value in values:
        content = found[value.publication_id]
        if not value.table:
            content.fields[value.code] = value.text
            continue
        rows = content.tables.setdefault(value.table, [])
        while len(rows) <= value.row:
            rows.append({})
        rows[value.row][value.code] = value.text
    return found


def first_content(form: Form, company: ManagementCompany, building: Building | None) -> Content:
    """Return what the registry knows of the form's values, for the first draft of it."""
    known = house_facts(building, _since(building)) if building else _of_company(company)
    fields = {
        field.code: _as_written(str(known[field.code]), field)
        for field in form.fields
        if known.get(field.code) not in (None, "")
    }
    tables: dict[str, list[dict[str, str]]] = {}
    if building is None and form.code == "1.2":
        tables["houses"] = [
            {
                "address": address,
                "date_start": during.lower.isoformat() if during.lower else "",
            }
            for address, during in ManagementPeriod.objects.filter(
                company=company, during__upper_inf=True
            )
            .order_by("building__address")
            .values_list("building__address", "during")[:300]
        ]
    return Content(fields, tables)


def _as_written(text: str, field: Field) -> str:
    """Return the register's text in its canonical form, or as it stands for a person to correct."""
    try:
        return parse(text, field)
    except Invalid:
        return text


def _of_company(company: ManagementCompany) -> dict[str, object]:
    houses = ManagementPeriod.objects.filter(company=company, during__upper_inf=True).aggregate(
        count=Count("pk"), area=Sum("building__area_m2")
    )
    return {
        "name_full": company.name,
        "name_short": company.short_name,
        "inn": company.inn,
        "ogrn": company.ogrn,
        "legal_address": company.address,
        "phone": company.phone,
        "email": company.email,
        "site": company.site,
        "dispatcher_phone": company.dispatcher_phone,
        "count_mkd": houses["count"],
        "area_total": houses["area"],
    }


def _since(house: Building) -> date | None:
    period = ManagementPeriod.objects.filter(building=house, during__upper_inf=True).first()
    return period.during.lower if period else None


def first_of_house(form: Form, house: Building, since: date | None) -> Content:
    """Return the same as `first_content` of a house, without a query."""
    known = house_facts(house, since)
    return Content(
        {
            field.code: _as_written(str(known[field.code]), field)
            for field in form.fields
            if known.get(field.code) not in (None, "")
        },
        {},
    )


def house_facts(house: Building, since: date | None) -> dict[str, object]:
    """Return what the registry knows of a house, by the codes of the forms."""
    return {
        "address": house.address,
        "houseguid": house.fias_guid,
        "built_year": house.built_year,
        "floor_count_max": house.floors,
        "entrance_count": house.entrances,
        "living_quarters_count": house.flats,
        "area_total": house.area_m2,
        "date_start": since,
    }


def shown(value: str, field: Field) -> str:
    """Return the canonical text as people read it: «31.12.2025», «1 234,50», «Да»."""
    if not value:
        return ""
    match field.type:
        case Type.DATE:
            year, month, day = value.split("-")
            return f"{day}.{month}.{year}"
        case Type.MONEY | Type.DECIMAL | Type.PERCENT | Type.INTEGER:
            places = len(value.partition(".")[2])
            number = number_format(value, decimal_pos=places, use_l10n=True, force_grouping=True)
            return f"{number} {field.unit}".strip()
        case Type.CHOICE:
            return dict(field.choices).get(value, value)
        case Type.YES_NO:
            return _("Yes") if value == YES else _("No")
    return value
