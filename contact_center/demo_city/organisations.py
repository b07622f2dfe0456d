"""The invented city's companies and suppliers, and how well each of them works."""

from __future__ import annotations

from dataclasses import dataclass

from stdnum.ru import inn, ogrn

from disclosure.models import CompanyKind, ManagementCompany, ResourceSupplier
from disclosure.utilities import Utility

# Marks every row that the demo invented.
SOURCE = "demo"
# No tax office and no register has these first digits.
_OFFICE = "0099"
_REGISTRY = "10000"


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How an organisation works: shares of the promised time, and of works done badly."""

    haste: float  # part of the allowed time that a usual repair takes; above 1 it is late
    spread: float  # how uneven it is
    redone: float  # share of finished works that the resident sends back
    refuses: float  # share of requests closed without repair


SOUND = Manner(haste=0.42, spread=0.45, redone=0.03, refuses=0.03)
FAIR = Manner(haste=0.62, spread=0.6, redone=0.07, refuses=0.05)
SLOW = Manner(haste=0.95, spread=0.75, redone=0.12, refuses=0.07)
BAD = Manner(haste=1.5, spread=0.9, redone=0.22, refuses=0.12)

_COMPANIES = (
    ("Речной двор", CompanyKind.COMPANY, SOUND, 0.17),
    ("Уютный берег", CompanyKind.COMPANY, FAIR, 0.14),
    ("Нагорье-Сервис", CompanyKind.COMPANY, SLOW, 0.13),
    ("Заречный дом", CompanyKind.COMPANY, FAIR, 0.12),
    ("Станционная жилищная компания", CompanyKind.COMPANY, BAD, 0.12),
    ("Городская управляющая компания", CompanyKind.COMPANY, SLOW, 0.09),
    ("Чистый подъезд", CompanyKind.COMPANY, SOUND, 0.07),
    ("Квартал-Плюс", CompanyKind.COMPANY, BAD, 0.05),
    ("Тополевая, 12", CompanyKind.TSJ, SOUND, 0.03),
    ("Юбилейный бульвар", CompanyKind.TSJ, FAIR, 0.03),
    ("Авиатор", CompanyKind.COOPERATIVE, FAIR, 0.03),
    ("Локомотив", CompanyKind.COOPERATIVE, SLOW, 0.02),
)
_FORMS = {
    CompanyKind.COMPANY: ("Общество с ограниченной ответственностью", "УК"),
    CompanyKind.TSJ: ("Товарищество собственников жилья", "ТСЖ"),
    CompanyKind.COOPERATIVE: ("Жилищно-строительный кооператив", "ЖСК"),
}
_SUPPLIERS = (
    ("Светлоречский водоканал", "Муниципальное унитарное предприятие", "МУП", FAIR),
    ("Светлоречские тепловые сети", "Акционерное общество", "АО", SLOW),
    ("Приволжские электросети", "Акционерное общество", "АО", FAIR),
    ("Светлоречьегаз", "Акционерное общество", "АО", SOUND),
    ("Чистый регион", "Общество с ограниченной ответственностью", "ООО", SLOW),
)
SUPPLIES = {
    Utility.COLD_WATER: 0,
    Utility.SEWERAGE: 0,
    Utility.HEATING: 1,
    Utility.HOT_WATER: 1,
    Utility.ELECTRICITY: 2,
    Utility.GAS: 3,
    Utility.WASTE: 4,
}


def company_inn(order: int) -> str:
    """Return the ten-digit ИНН of the `order`-th organisation, with its right check digit."""
    number = f"{_OFFICE}{order:05d}"
    return number + str(inn.calc_company_check_digit(number))


def company_ogrn(order: int) -> str:
    """Return an ОГРН of thirteen digits with its right check digit."""
    number = f"{_REGISTRY}{order:07d}"
    return number + str(ogrn.calc_check_digit(number + "0"))


def companies(count: int) -> list[tuple[ManagementCompany, Manner, float]]:
    """
    Return unsaved companies with their manners and shares of the city's houses.

    Beyond the dozen with names of their own, the city is filled with numbered ones.
    """
    made = []
    for order in range(max(count, len(_COMPANIES))):
        title, kind, manner, share = _COMPANIES[order % len(_COMPANIES)]
        turn = order // len(_COMPANIES)
        if turn:
            title, share = f"{title}-{turn + 1}", share * 0.6
        form, short = _FORMS[kind]
        firm = "ООО" if kind == CompanyKind.COMPANY else short
        quoted = f"Управляющая компания «{title}»" if firm == "ООО" else f"«{title}»"
        company = ManagementCompany(
            kind=kind,
            name=f"{firm} {quoted}",
            short_name=f"{short} «{title}»",
            **_details(order + 1, form),
        )
        made.append((company, manner, share))
    return made


def suppliers() -> list[tuple[ResourceSupplier, Manner]]:
    """Return unsaved suppliers in the order that SUPPLIES names."""
    return [
        (
            ResourceSupplier(
                name=f"{short} «{title}»",
                short_name=f"{short} «{title}»",
                **_details(90_000 + order, form),
            ),
            manner,
        )
        for order, (title, form, short, manner) in enumerate(_SUPPLIERS)
    ]


def _details(order: int, form: str) -> dict[str, str]:
    office = order % 10_000
    return {
        "inn": company_inn(order),
        "ogrn": company_ogrn(order),
        "address": f"Светлоречье, ул. Соборная, д. {order % 90 + 1}",
        # The range that the portal's own invented phone lies in: no subscriber has these.
        "phone": f"+7800555{office:04d}",
        "dispatcher_phone": f"+7800556{office:04d}",
        "email": f"dispatch@org{order}.example",
        "site": f"https://org{order}.example",
        "source": SOURCE,
        "source_key": f"org-{order}",
    }
