"""Who answers for a matter in a building on a day: one query, asked at every intake."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from disclosure.models import ManagementCompany, ManagementPeriod, ResourceSupplier, SupplyPeriod
from disclosure.utilities import Utility

# Which utility's supplier answers where a norm names a service and not a utility.
_SERVICE_UTILITY = {"gas_service": Utility.GAS, "waste_operator": Utility.WASTE}
# Bodies outside the register: the centre itself keeps such a request.
_OUTSIDE = frozenset({"city", "inspectorate", "social", "operator", "overhaul_operator"})


@dataclass(frozen=True, kw_only=True)
class Answerable:
    """The organisation, or nobody of the register: then the texts are empty."""

    company: ManagementCompany | None = None
    supplier: ResourceSupplier | None = None

    @property
    def _organisation(self) -> ManagementCompany | ResourceSupplier | None:
        return self.company or self.supplier

    @property
    def inn(self) -> str:
        """The ИНН, "" if unknown."""
        return (self._organisation.inn or "") if self._organisation else ""

    @property
    def name(self) -> str:
        """The name people know it by."""
        return str(self._organisation) if self._organisation else ""

    @property
    def phone(self) -> str:
        """The phone that answers day and night if there is one, else the office's."""
        found = self._organisation
        return (found.dispatcher_phone or found.phone) if found else ""

    @property
    def dispatcher_phone(self) -> str:
        """The emergency dispatch service's phone."""
        return self._organisation.dispatcher_phone if self._organisation else ""


def answerable(building_id: int, answers: str, utility: str, on: date) -> Answerable:
    """
    Return who answers; `answers` and `utility` are a norm's codes.

    A supplier nobody has entered is stood in for by the management company: it must pass the
    request on anyway (ПП РФ № 354, п. 31). One that works no longer answers for nothing, even
    while its period is still open: the centre keeps the request.
    """
    if answers in _OUTSIDE:
        return Answerable()
    wanted = _SERVICE_UTILITY.get(answers, utility if answers == "supplier" else "")
    if wanted:
        supplier = who_supplies(building_id, wanted, on)
        if supplier is not None:
            return Answerable(supplier=supplier)
    return Answerable(company=who_runs(building_id, on))


def who_runs(building_id: int, on: date) -> ManagementCompany | None:
    """Return the working company that manages the building on the day."""
    periods = ManagementPeriod.objects.filter(company__is_active=True)
    periods = periods.select_related("company").order_by()
    # At most one, by the table's own constraint: `first` would only sort.
    for period in periods.filter(building_id=building_id, during__contains=on)[:1]:
        return period.company
    return None


def who_supplies(building_id: int, utility: str, on: date) -> ResourceSupplier | None:
    """Return the working supplier of the utility to the building on the day."""
    periods = SupplyPeriod.objects.filter(supplier__is_active=True)
    periods = periods.select_related("supplier").order_by()
    for period in periods.filter(building_id=building_id, utility=utility, during__contains=on)[:1]:
        return period.supplier
    return None
