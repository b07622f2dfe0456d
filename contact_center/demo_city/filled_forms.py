"""What the demo's companies write into their forms; the same house always says the same."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from contact_center.demo_city.organisations import company_inn
from disclosure.forms_standard.checking import Content
from disclosure.models import Building, CompanyKind, ManagementCompany

_CENTS = Decimal("0.01")
_SURNAMES = ("Орлова", "Крылов", "Савельев", "Журавлёва", "Никитин", "Белова", "Фомин")
_NAMES = ("Елена", "Павел", "Игорь", "Марина", "Олег", "Нина", "Артём")
# Choice of the form 2.3, how often, rubles for a square metre a month.
_WORKS = (
    ("1", "monthly", "4.12"), ("2", "daily", "5.36"), ("4", "yearly", "3.48"),
    ("5", "monthly", "4.90"), ("8", "quarterly", "0.61"), ("9", "quarterly", "0.44"),
    ("11", "need", "2.05"), ("12", "monthly", "0.38"), ("13", "daily", "2.87"),
)  # fmt: skip
_LIFTS = ("7", "monthly", "3.19")
_TARIFFS = (
    # Service, who supplies (order in organisations._SUPPLIERS), tariff, unit.
    ("1", 0, "34.18", "m3"), ("3", 0, "25.40", "m3"), ("5", 1, "2614.73", "gcal"),
    ("2", 1, "196.55", "m3"), ("4", 2, "5.02", "kwh"),
)  # fmt: skip
_SUPPLIER_NAMES = (
    "МУП «Светлоречский водоканал»", "АО «Светлоречские тепловые сети»",
    "АО «Приволжские электросети»",
)  # fmt: skip


def money(value: Decimal) -> str:
    """Return a sum in its canonical form."""
    return str(value.quantize(_CENTS, ROUND_HALF_UP))


def general(company: ManagementCompany, *, houses: int, received: date, gaps: bool) -> Content:
    """Return the form 1.1; with gaps it lacks the staff, the hours and the licence."""
    turn = company.pk % len(_SURNAMES)
    okopf = {CompanyKind.TSJ: "tsj", CompanyKind.COOPERATIVE: "jsk"}
    fields = {
        "okopf": okopf.get(CompanyKind(company.kind), "ooo"),
        "surname": _SURNAMES[turn],
        "firstname": _NAMES[turn],
        "actual_address": company.address,
        "post_address": company.address,
    }
    if gaps:
        return Content(fields, {})
    labor, engineers = max(2, houses * 3 // 4), max(1, houses // 10)
    office = max(2, houses // 6)
    fields |= {
        "work_time": "Пн–чт 8:00–17:00, пт 8:00–16:00, обед 12:00–12:48",
        "dispatcher_work_time": "Круглосуточно",
        "staff_regular_total": str(labor + engineers + office),
        "staff_regular_administrative": str(office),
        "staff_regular_engineers": str(engineers),
        "staff_regular_labor": str(labor),
    }
    licence = {
        "license_number": f"073-{company.pk:06d}",
        "license_receipt_date": received.isoformat(),
        "license_issuing_authority": "Агентство жилищного надзора",
    }
    is_licensed = company.kind == CompanyKind.COMPANY
    return Content(fields, {"licenses": [licence]} if is_licensed else {})


def finances(*, area_m2: Decimal, growth: Decimal, debt_months: Decimal) -> Content:
    """
    Return the form 1.4 of a company with so many square metres.

    `growth`: the year's prices to the newest year's; `debt_months`: for how many months of income
    the suppliers wait.
    """
    income = (area_m2 * Decimal("27.4") * 12 * growth).quantize(_CENTS)
    debt = (income / 12 * debt_months).quantize(_CENTS)
    shares = {
        "debt_for_thermal_energy": Decimal("0.55"),
        "debt_for_hot_water": Decimal("0.18"),
        "debt_for_cold_water": Decimal("0.11"),
        "debt_for_sewerage": Decimal("0.08"),
        "debt_for_gas": Decimal(0),
        "debt_for_electrical_energy": Decimal("0.06"),
    }
    parts = {code: (debt * share).quantize(_CENTS) for code, share in shares.items()}
    parts["debt_for_other"] = debt - sum(parts.values(), Decimal(0))
    fields = {
        "income_of_mng": money(income),
        "spending_of_mng": money(income * Decimal("0.94")),
        "debt_for_ku": money(debt),
        **{code: money(part) for code, part in parts.items()},
    }
    return Content(fields, {})


def violations(cases: Iterable[tuple[date, str, int, int]]) -> Content:
    """Return the form 1.5: `(day, matter, how many, fine in rubles)`; none, none."""
    rows = [
        {
            "date_of_responsibility": day.isoformat(),
            "person_type": "1",
            "subject_of_disturbance": matter,
            "supervisory_authority_name": "Агентство жилищного надзора",
            "number_of_disturbance": str(count),
            "amount_of_penalty": str(fine),
            "document_name": "Постановление",
            "document_number": f"{day:%m%y}-Ж",
            "measures_to_eliminate": "Нарушение устранено, график обходов изменён.",
        }
        for day, matter, count, fine in cases
    ]
    return Content(
        {"has_disturbances": "yes" if rows else "no"}, {"disturbances": rows} if rows else {}
    )


def nothing_ended() -> Content:
    """Return the form 1.3 of a company that gave up no house."""
    return Content({"has_ended": "no"}, {})


def works(house: Building, *, dearer: Decimal = Decimal(1)) -> Content:
    """Return the form 2.3: works with prices and costs a year."""
    lifts = [_LIFTS] if (house.floors or 0) > 5 else []
    area = house.area_m2 or Decimal(0)
    rows = []
    for name, periodicity, price in (*_WORKS, *lifts):
        # Houses of the same company differ by some percent.
        unit = (Decimal(price) * dearer * (100 + house.pk % 9) / 100).quantize(_CENTS)
        rows.append(
            {
                "name": name,
                "periodicity": periodicity,
                "unit_price": str(unit),
                "plan_cost_per_unit": money(unit * area * 12),
            }
        )
    return Content({}, {"services": rows})


def tariffs(year: int) -> Content:
    """Return the form 2.4: the same tariffs for the whole city."""
    rows = [
        {
            "type": service,
            "filling_fact": "1",
            "supply_method": "3",
            "supplier_name": _SUPPLIER_NAMES[supplier],
            "supplier_inn": company_inn(90_000 + supplier),
            "tariff": tariff,
            "unit_of_measurement": unit,
            "tariff_start_date": date(year, 7, 1).isoformat(),
        }
        for service, supplier, tariff, unit in _TARIFFS
    ]
    return Content({}, {"communal_services": rows})


def overhaul() -> Content:
    """Return the form 2.6: the regional operator's account."""
    return Content({"fund": "3", "payment_amount_for_1sm": "9.42"}, {})


def passport(house: Building) -> Content:
    """Return the form 2.1 beside what the register knows."""
    area = house.area_m2 or Decimal(0)
    common = (area * Decimal("0.14")).quantize(_CENTS)
    flats = house.flats or 0
    return Content(
        {
            "management_reason": "meeting",
            "method_of_forming_overhaul_fund": "3",
            "house_type": "1",
            "exploitation_start_year": str(house.built_year or 1980),
            "is_alarm": "no",
            "elevators_count": str((house.entrances or 1) if (house.floors or 0) > 5 else 0),
            "quarters_count": str(flats),
            "unliving_quarters_count": "0",
            "area_residential": money(area - common),
            "area_non_residential": "0.00",
            "area_common_property": money(common),
            "energy_efficiency": "1",
        },
        {},
    )


def structure(house: Building) -> Content:
    """Return the form 2.2."""
    is_tall = (house.floors or 0) > 5
    return Content(
        {
            "foundation_type": "3" if is_tall else "1",
            "floor_type": "1",
            "wall_material": "2" if is_tall else "1",
            "roof_type": "1" if is_tall else "2",
            "roofing_type": "6" if is_tall else "3",
            "chute_type": "3" if is_tall else "1",
            **({"chute_count": str(house.entrances or 1)} if is_tall else {}),
            "electrical_type": "2",
            "electrical_entries_count": "1",
            "heating_type": "2",
            "hot_water_type": "3",
            "cold_water_type": "2",
            "sewerage_type": "2",
            "gas_type": "1" if (house.floors or 0) > 10 else "2",
            "ventilation_type": "3",
            "firefighting_type": "4" if is_tall else "1",
            "drainage_type": "3" if is_tall else "2",
        },
        {},
    )


def nothing_let() -> Content:
    """Return the form 2.5 of a house whose common property nobody uses."""
    return Content({"is_used": "no"}, {})


def report(house: Building) -> Content:
    """Return the form 2.8: what was charged, received and recalculated in the year."""
    area = house.area_m2 or Decimal(0)
    upkeep, repair, managing = (
        (area * 12 * Decimal(price)).quantize(_CENTS) for price in ("17.10", "6.20", "4.10")
    )
    charged = upkeep + repair + managing
    arrears = (charged * Decimal("0.06")).quantize(_CENTS)
    received = (charged * Decimal("0.97")).quantize(_CENTS)
    none = "0.00"
    claims = house.pk % 4
    return Content(
        {
            "cash_balance_beginning_period_consumers_overpayment": none,
            "cash_balance_beginning_period": none,
            "cash_balance_beginning_period_consumers_arrears": money(arrears),
            "charged_for_services": money(charged),
            "charged_for_maintenance_of_house": money(upkeep),
            "charged_for_maintenance_work": money(repair),
            "charged_for_management_service": money(managing),
            "received_cash": money(received),
            "received_cash_from_owners": money(received),
            "received_target_payment_from_owners": none,
            "received_subsidies": none,
            "received_from_use_of_common_property": none,
            "received_from_other": none,
            "cash_total": money(received),
            "cash_balance_ending_period_consumers_overpayment": none,
            "cash_balance_ending_period": money(received - charged * Decimal("0.95")),
            "cash_balance_ending_period_consumers_arrears": money(arrears + charged - received),
            "claims_received_count": str(claims),
            "claims_satisfied_count": str(claims // 2),
            "claims_denied_count": str(claims - claims // 2),
            "produced_recalculation_amount": money(Decimal(claims) * 412),
        },
        {},
    )
