"""What a register's line says, whatever its layout, and the cleaning that all layouts share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from uuid import UUID

from stdnum.ru import inn as inn_number
from stdnum.ru import ogrn as ogrn_number

from disclosure.models import CompanyKind

Line = Mapping[str, str]
# The key that marks a line with more cells than the header: its values stand in wrong columns.
EXTRA = "\x00extra"

_NOTHING = {"", "-", "—", "нет данных", "н.д.", "не заполнено", "незаполнено", "не присвоен"}
_REMOVED = re.compile(r"\[удалено\]|имя удалено", re.IGNORECASE)
_FLAT = re.compile(r",?\s*(?:кв|квартира)\.?\s*№?\s*\d+\w*.*$", re.IGNORECASE)
_DAY = re.compile(r"(\d{2})\.(\d{2})\.(\d{4})")
_FIRST_YEAR, _LAST_YEAR = 1500, 2100
# ОКОПФ words at the beginning or anywhere: the registers have no column for the kind.
_COOPERATIVE = re.compile(r"\b(?:ЖСК|ЖК|ЖЭК|кооператив\w*)\b", re.IGNORECASE)
_TSJ = re.compile(
    r"\b(?:ТСЖ|ТСН|товариществ\w* (?:собственников|на вере|домовладельцев)\w*)", re.IGNORECASE
)


class Rejected(ValueError):
    """The line cannot be stored; the message is the reason, in English, for the report."""


@dataclass(frozen=True, kw_only=True)
class House:
    """A house of a register; `company_key` is "" where the register names nobody."""

    key: str
    settlement: str
    street: str
    house: str
    district: str = ""
    lat: float | None = None
    lon: float | None = None
    fias_guid: UUID | None = None
    kind: str = ""
    built_year: int | None = None
    floors: int | None = None
    entrances: int | None = None
    flats: int | None = None
    area_m2: Decimal | None = None
    company_key: str = ""
    company_name: str = ""
    # The day on which the line was true; None where only the file knows.
    day: date | None = None


@dataclass(frozen=True, kw_only=True)
class Organisation:
    """An organisation: a company, a supplier, or both."""

    key: str
    name: str
    short_name: str = ""
    inn: str | None = None
    ogrn: str = ""
    address: str = ""
    phone: str = ""
    site: str = ""
    kind: str = CompanyKind.COMPANY
    manages: bool = True
    supplies: bool = False


def said(line: Line, name: str, *, longest: int = 400) -> str:
    """Return the column's text in one line, "" for every way to say "no data"."""
    text = " ".join((line.get(name) or "").replace("\x00", " ").split())
    if text.lower() in _NOTHING or _REMOVED.search(text):
        return ""
    return text[:longest]


def _decimal(line: Line, name: str) -> Decimal | None:
    """Return a finite number above zero; a comma is a decimal point."""
    try:
        value = Decimal(said(line, name).replace(" ", "").replace(",", "."))
    except InvalidOperation:
        return None
    return value if value.is_finite() and value > 0 else None


def whole(line: Line, name: str, *, largest: int) -> int | None:
    """Return a number from 1 to `largest`; None for no data, and for what no house can have."""
    value = _decimal(line, name)
    return int(value) if value is not None and 1 <= value <= largest else None


def year(line: Line, name: str) -> int | None:
    """Return a believable year."""
    value = whole(line, name, largest=_LAST_YEAR)
    return value if value is not None and value >= _FIRST_YEAR else None


def area(line: Line, name: str) -> Decimal | None:
    """Return square metres."""
    value = _decimal(line, name)
    if value is None or not Decimal("0.01") <= value < 10_000_000:
        return None
    return value.quantize(Decimal("0.01"))


def place(line: Line, lat: str, lon: str) -> tuple[float, float] | tuple[None, None]:
    """Return latitude and longitude; nothing where one is missing, zero or out of the world."""
    try:
        north, east = float(said(line, lat)), float(said(line, lon))
    except ValueError:
        return None, None
    if not (-90 < north < 90 and -180 < east < 180) or (north == 0 and east == 0):
        return None, None
    return north, east


def guid(text: str) -> UUID | None:
    """Return the GUID, None for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None


def day_of(text: str) -> date | None:
    """Return the day of «22.05.2015 в 20:42»."""
    if found := _DAY.search(text):
        try:
            return datetime.strptime(found[0], "%d.%m.%Y").date()  # noqa: DTZ007 - only its date
        except ValueError:
            return None
    return None


def inn(text: str) -> str:
    """Return the ИНН; raise Rejected where its check digits are wrong."""
    if not inn_number.is_valid(text):
        raise Rejected("ИНН with wrong check digits" if text else "no ИНН")
    return str(inn_number.compact(text))


def ogrn(text: str) -> str:
    """Return the ОГРН or ""; raise Rejected where its check digit is wrong."""
    if text and not ogrn_number.is_valid(text):
        raise Rejected("ОГРН with a wrong check digit")
    return text


def office(text: str) -> str:
    """Return an organisation's address without the flat: a small ТСЖ sits in somebody's home."""
    return _FLAT.sub("", text).rstrip(" ,")


def kind_of(name: str) -> str:
    """Return the way of managing that a company's name tells."""
    if _TSJ.search(name):
        return CompanyKind.TSJ
    return CompanyKind.COOPERATIVE if _COOPERATIVE.search(name) else CompanyKind.COMPANY
