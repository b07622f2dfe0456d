"""Founding the invented city: registry first, then people, then two years of their requests."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.apps import apps
from django.db import connection, models
from django.utils import timezone
from psycopg2 import sql

from accounts import roles
from contact_center.demo_city import houses, organisations, people
from contact_center.demo_city.copying import Table, with_triggers, without_triggers
from contact_center.demo_city.lives import NOBODY, Organisation
from contact_center.demo_city.organisations import SUPPLIES, Manner
from disclosure.models import (
    Building,
    ManagementCompany,
    ManagementPeriod,
    Residence,
    ResourceSupplier,
    Street,
    SupplyPeriod,
)
from disclosure.utilities import Utility

SMALL = 2_500
_BATCH = 2_000
_BASIS = "Протокол общего собрания собственников"


@dataclass(frozen=True)
class Size:
    """How large a city that many requests come from."""

    requests: int

    @property
    def buildings(self) -> int:
        """The number of houses: 300 for the small city, 50,000 for a million requests."""
        if self.requests <= 10 * SMALL:
            return 300
        return round(
            300 * (self.requests / (10 * SMALL)) ** (math.log(50_000 / 300) / math.log(40))
        )

    @property
    def companies(self) -> int:
        """The number of management companies."""
        return max(12, self.buildings // 250)

    @property
    def residents(self) -> int:
        """The number of residents with an account."""
        return min(20_000, self.requests // 40)


@dataclass
class Town:
    """The registry as the stories need it, by ids; no queries while requests are invented."""

    buildings: list[Building]
    reigns: list[list[houses.Reign]]
    companies: list[Organisation]
    suppliers: list[Organisation]
    has_gas: list[bool]
    cast: people.Cast

    def answers(self, place: int, answers: str, utility: str, on: date) -> Organisation:
        """Return who answers for a matter in the `place`-th house: disclosure.answerable."""
        if answers in {"city", "inspectorate", "social", "operator", "overhaul_operator"}:
            return NOBODY
        wanted = {"gas_service": Utility.GAS, "waste_operator": Utility.WASTE}.get(
            answers, utility if answers == "supplier" else ""
        )
        if wanted and (wanted != Utility.GAS or self.has_gas[place]):
            return self.suppliers[SUPPLIES[Utility(wanted)]]
        return self.company(place, on)

    def company(self, place: int, on: date) -> Organisation:
        """Return who manages the `place`-th house on the day."""
        for reign in self.reigns[place]:
            if reign.since <= on and (reign.until is None or on < reign.until):
                return self.companies[reign.company]
        return NOBODY


def found(size: Size, *, at: datetime) -> Town:
    """Store registry and accounts; the caller holds the transaction."""
    today = timezone.localtime(at).date()
    roles.load()
    without_triggers()
    managed = organisations.companies(size.companies)
    ManagementCompany.objects.bulk_create(company for company, _, _ in managed)
    supplied = organisations.suppliers()
    ResourceSupplier.objects.bulk_create(supplier for supplier, _ in supplied)
    lanes = houses.lanes(size.buildings)
    streets = Street.objects.bulk_create(houses.streets(lanes))
    built = list(houses.houses(lanes, streets, count=size.buildings))
    Building.objects.bulk_create(built, batch_size=_BATCH)
    reigns = houses.reigns(built, [share for _, _, share in managed], today=today)
    managed_by = Table(ManagementPeriod, ("building_id", "company_id", "during", "basis"))
    for building, kept in zip(built, reigns, strict=True):
        for reign in kept:
            company, _, _ = managed[reign.company]
            until = reign.until or ""
            managed_by.add((building.pk, company.pk, f"[{reign.since},{until})", _BASIS))
    managed_by.flush()
    has_gas = [(building.floors or 0) <= 10 for building in built]
    supplied_by = Table(SupplyPeriod, ("building_id", "supplier_id", "utility", "during"))
    for building, gas in zip(built, has_gas, strict=True):
        for utility, order in SUPPLIES.items():
            if utility != Utility.GAS or gas:
                supplier, _ = supplied[order]
                supplied_by.add((building.pk, supplier.pk, utility.value, "[2012-01-01,)"))
    supplied_by.flush()
    with_triggers()
    for model in _AUDITED:
        _audit(model)
    inns = [str(company.inn) for company, _, _ in managed]
    inns += [str(supplier.inn) for supplier, _ in supplied]
    cast = people.make(
        inns=inns, company_inn=inns[0], residents=size.residents, at=at - timedelta(days=731)
    )
    town = Town(
        buildings=built,
        reigns=reigns,
        companies=[_organisation(c, manner, cast) for c, manner, _ in managed],
        suppliers=[_organisation(s, manner, cast) for s, manner in supplied],
        has_gas=has_gas,
        cast=cast,
    )
    Residence.objects.create(user_id=cast.resident, building=built[home(town, today)], flat="37")
    return town


_AUDITED = (ManagementCompany, ResourceSupplier, Building, ManagementPeriod, SupplyPeriod)


def _audit(model: type[models.Model]) -> None:
    """
    Write the audit rows of what was just stored, in one statement.

    By trigger each costs more the more of them a transaction holds: minutes for a large city.
    """
    history = apps.get_model("disclosure", f"{model.__name__}Audit")
    columns = [
        field.column for field in history._meta.concrete_fields if not field.name.startswith("pgh_")
    ]
    statement = sql.SQL(
        "INSERT INTO {history} (pgh_created_at, pgh_label, pgh_obj_id, {columns})"
        " SELECT now(), 'insert', id, {columns} FROM {kept} AS kept WHERE NOT EXISTS"
        " (SELECT FROM {history} WHERE pgh_obj_id = kept.id) ORDER BY id"
    ).format(
        history=sql.Identifier(history._meta.db_table),
        kept=sql.Identifier(model._meta.db_table),
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)


def home(town: Town, on: date) -> int:
    """Return the place of the house where the demo's resident lives: the demo company runs it."""
    for place, building in enumerate(town.buildings):
        if (
            town.company(place, on) is town.companies[0]
            and len(town.reigns[place]) == 1
            and (building.floors or 0) == 9
            and (building.flats or 0) > 60
        ):
            return place
    return 0


def _organisation(
    row: ManagementCompany | ResourceSupplier, manner: Manner, cast: people.Cast
) -> Organisation:
    return Organisation(
        company=row.pk if isinstance(row, ManagementCompany) else None,
        supplier=row.pk if isinstance(row, ResourceSupplier) else None,
        inn=row.inn or "",
        name=str(row),
        phone=row.dispatcher_phone or row.phone,
        email=row.email,
        speaker=cast.dispatchers[row.inn or ""],
        manner=manner,
    )
