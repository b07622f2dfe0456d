"""Supply zones: the houses that one supplier brings one utility to, in one district or all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.db.models import Count
from django.utils.translation import gettext as _

from disclosure.models import Building, ResourceSupplier, SupplyPeriod
from disclosure.querysets import BuildingQuerySet
from disclosure.utilities import Utility

_CODE = re.compile(r"^(\d{1,12})/(\w{1,16})(?:/(.{1,120}))?$")


@dataclass(frozen=True)
class Zone:
    """The houses of a supplier's utility; an empty `district` is the whole city."""

    supplier: int
    utility: str
    district: str = ""

    @property
    def code(self) -> str:
        """Return what stands for the zone: «12/heating/Заречный»."""
        parts = (str(self.supplier), self.utility, self.district)
        return "/".join(part for part in parts if part)

    def buildings(self, on: date) -> BuildingQuerySet:
        """Return its houses that take requests, as it is on the day."""
        rows = Building.objects.taking_requests().filter(
            supply_periods__supplier=self.supplier,
            supply_periods__utility=self.utility,
            supply_periods__during__contains=on,
        )
        return rows.filter(district=self.district) if self.district else rows


@dataclass(frozen=True)
class Choice:
    """A zone to choose: its code, its words, its houses."""

    code: str
    name: str
    houses: int


def read(code: str) -> Zone | None:
    """Return the zone of a code; None for what is none."""
    found = _CODE.match(code.strip())
    if found is None or found[2] not in Utility.values:
        return None
    return Zone(int(found[1]), found[2], (found[3] or "").strip())


def name_of(zone: Zone) -> str:
    """Return the zone in words; "" where the register has no such supplier."""
    supplier = ResourceSupplier.objects.filter(pk=zone.supplier).first()
    if supplier is None:
        return ""
    return _named(str(supplier), zone.utility, zone.district)


def choices(on: date) -> list[Choice]:
    """Return every supplier's utility with how many houses it reaches on the day."""
    counted = (
        SupplyPeriod.objects.filter(during__contains=on, building__is_open=True)
        .order_by()
        .values_list("supplier", "utility")
        .annotate(houses=Count("pk"))
    )
    names = {row.pk: str(row) for row in ResourceSupplier.objects.all()}
    found = [
        Choice(Zone(supplier, utility).code, _named(names[supplier], utility, ""), houses)
        for supplier, utility, houses in counted
    ]
    return sorted(found, key=lambda one: one.name)


def districts() -> list[str]:
    """Return the districts of the register."""
    rows = Building.objects.exclude(district="").order_by("district")
    return list(rows.values_list("district", flat=True).distinct())


def _named(supplier: str, utility: str, district: str) -> str:
    labels = dict(Utility.choices)
    parts = (supplier, str(labels[utility]), district or _("the whole city"))
    return ", ".join(parts)
