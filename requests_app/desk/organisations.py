"""Choosing the organisation that a request goes to: those of the house first, then by name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from disclosure.models import ManagementCompany, ManagementPeriod, ResourceSupplier, SupplyPeriod
from disclosure.utilities import Utility
from requests_app import lifecycle
from requests_app.typed_text import one_line

SHOWN = 10
_REFERENCE = re.compile(r"^(company|supplier):(\d{1,18})$")


@dataclass(frozen=True)
class Choice:
    """An organisation as a form names it: «company:12», its words, and what it does here."""

    code: str
    name: str
    note: str


def of_house(building_id: int, *, on: date) -> list[Choice]:
    """Return who manages and supplies the house on the day: nearly always one of them is meant."""
    found: dict[str, Choice] = {}
    for period in ManagementPeriod.objects.select_related("company").filter(
        building_id=building_id, during__contains=on
    ):
        choice = _of_company(period.company, _("manages the house"))
        found[choice.code] = choice
    notes: dict[int, list[str]] = {}
    suppliers: dict[int, ResourceSupplier] = {}
    for supply in SupplyPeriod.objects.select_related("supplier").filter(
        building_id=building_id, during__contains=on
    ):
        suppliers[supply.supplier_id] = supply.supplier
        notes.setdefault(supply.supplier_id, []).append(str(Utility(supply.utility).label).lower())
    for pk, supplier in suppliers.items():
        choice = _of_supplier(supplier, ", ".join(sorted(notes[pk])))
        found[choice.code] = choice
    return list(found.values())


def named(words: str) -> list[Choice]:
    """Return the working organisations whose ИНН or name the words fit; at most ten."""
    words = one_line(words)[:100]
    if len(words) < 2:
        return []
    companies = _named(ManagementCompany.objects.all(), words)
    suppliers = _named(ResourceSupplier.objects.all(), words)
    return [
        *(_of_company(company, company.get_kind_display()) for company in companies),
        *(_of_supplier(supplier, _("supplier")) for supplier in suppliers),
    ][:SHOWN]


def _named(rows: QuerySet, words: str) -> QuerySet:
    fits = Q(inn=words) if words.isdecimal() else Q()
    if not words.isdecimal():
        for word in words.split()[:5]:
            fits &= Q(name__icontains=word) | Q(short_name__icontains=word)
    return rows.filter(fits, is_active=True).order_by("name", "id")[:SHOWN]


def read(reference: str) -> lifecycle.NewExecutor | None:
    """Return what «company:12» or «supplier:5» names, None for anything else."""
    match = _REFERENCE.match(reference)
    if not match:
        return None
    kind, pk = match.group(1), int(match.group(2))
    if pk > 2**62:
        return None
    if kind == "company":
        return lifecycle.NewExecutor(company=pk)
    return lifecycle.NewExecutor(supplier=pk)


def _of_company(company: ManagementCompany, note: str) -> Choice:
    return Choice(f"company:{company.pk}", str(company), note)


def _of_supplier(supplier: ResourceSupplier, note: str) -> Choice:
    return Choice(f"supplier:{supplier.pk}", str(supplier), note)
