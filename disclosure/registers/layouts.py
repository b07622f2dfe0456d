"""The layouts: each tells by its header which register it is and reads a line of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from disclosure.models import CompanyKind
from disclosure.registers import addressing
from disclosure.registers.rows import (
    House,
    Line,
    Organisation,
    Rejected,
    area,
    day_of,
    guid,
    inn,
    kind_of,
    office,
    ogrn,
    place,
    said,
    whole,
    year,
)

_PROFILE = re.compile(r"/profile/(\d+)")
_URL_ID = re.compile(r"(\d+)/?$")
MOST_FLOORS, MOST_ENTRANCES, MOST_FLATS = 150, 200, 5_000


@dataclass(frozen=True)
class Layout:
    """A register: its code, whose keys it uses, the columns that give it away, its reader."""

    code: str
    source: str
    header: frozenset[str]
    read: Callable[[Line], House | Organisation]
    has_houses: bool = True


def _reformagkh(line: Line) -> House:
    settlement, street, house = addressing.parts(said(line, "ADDRESS"))
    lat, lon = place(line, "LAT", "LON")
    profile = _PROFILE.search(line.get("MGMT_COMPANY_LINK") or "")
    name = said(line, "MGMT_COMPANY", longest=300)
    return House(
        key=said(line, "HOUSE_ID"),
        settlement=settlement,
        street=street,
        house=house,
        lat=lat,
        lon=lon,
        kind=said(line, "HOUSE_TYPE", longest=80),
        built_year=year(line, "YEAR"),
        floors=whole(line, "LEVELS_MAX", largest=MOST_FLOORS),
        entrances=whole(line, "DOORS", largest=MOST_ENTRANCES),
        flats=whole(line, "ROOM_COUNT_LIVE", largest=MOST_FLATS),
        area_m2=area(line, "AREA"),
        # A name without a profile is nobody in particular; a sole trader's name was taken out.
        company_key=profile[1] if profile and name else "",
        company_name=name if profile else "",
        day=day_of(line.get("LASTUPDATE") or ""),
    )


def _frt_house(line: Line) -> House:
    street, city = said(line, "formalname_street"), said(line, "formalname_city")
    if not (street or city):
        # The whole address stands in `house_number` then: «г Белая Калитва ул Энгельса д.40».
        raise Rejected("the address was not taken apart by the register")
    number = said(line, "house_number", longest=20)
    if not number:
        raise Rejected("no house number in the address")
    for column, word in (("block", "к."), ("building", "стр."), ("letter", "лит.")):
        if part := said(line, column, longest=8):
            number += f" {word} {part}"
    words = []
    for kind, name in (("shortname_city", city), ("shortname_street", street)):
        if name:
            words.append(f"{said(line, kind).rstrip('.') or 'г'}. {name}")
    settlement, street, house = addressing.parts(f"{', '.join(words)}, д. {number}")
    return House(
        key=said(line, "id"),
        settlement=settlement,
        street=street,
        house=house,
        district=said(line, "formalname_area", longest=120),
        fias_guid=guid(said(line, "houseguid")),
        kind=said(line, "house_type", longest=80),
        built_year=year(line, "built_year"),
        floors=whole(line, "floor_count_max", largest=MOST_FLOORS),
        entrances=whole(line, "entrance_count", largest=MOST_ENTRANCES),
        flats=whole(line, "living_quarters_count", largest=MOST_FLATS),
        area_m2=area(line, "area_total"),
        company_key=said(line, "management_organization_id"),
    )


def _frt_organisation(line: Line) -> Organisation:
    name = said(line, "name_full", longest=300) or said(line, "name_short", longest=300)
    if not name:
        raise Rejected("no name")
    number = inn(said(line, "inn"))
    return Organisation(
        key=said(line, "id"),
        name=name,
        short_name=said(line, "name_short", longest=300),
        inn=number,
        ogrn=ogrn(said(line, "orn")),
        address=office(said(line, "actual_address") or said(line, "legal_address")),
        # A sole trader's phone (12 digits of ИНН) is a person's; e-mails and heads stay outside.
        phone=said(line, "phone", longest=64) if len(number) == 10 else "",
        site=said(line, "site", longest=200),
        kind=kind_of(name),
    )


def _gis_organisation(line: Line) -> Organisation:
    roles = set((line.get("role_short") or "").split("|"))
    manages, supplies = bool(roles & {"УО", "ТСЖ", "ЖСК"}), "РСО" in roles
    if not (manages or supplies):
        raise Rejected("neither manages nor supplies houses")
    name = said(line, "full_name", longest=300)
    if not name:
        raise Rejected("no name")
    kind = kind_of(name)
    if "ТСЖ" in roles and "УО" not in roles and kind == CompanyKind.COMPANY:
        kind = CompanyKind.TSJ
    return Organisation(
        key=said(line, "guid"),
        name=name,
        short_name=said(line, "short_name", longest=300),
        inn=inn(said(line, "inn")),
        ogrn=ogrn(said(line, "ogrn")),
        address=office(said(line, "address")),
        site=said(line, "url", longest=200),
        kind=kind,
        manages=manages,
        supplies=supplies,
    )


def _company(line: Line) -> Organisation:
    name = said(line, "company", longest=300)
    if not name:
        raise Rejected("no name")
    return Organisation(key=said(line, "reformagkh_profile_id"), name=name, kind=kind_of(name))


def _mingkh(line: Line) -> House:
    pieces = [piece.strip() for piece in said(line, "Адрес").split(",")]
    if len(pieces) < 4:
        raise Rejected("the address has fewer parts than street, house, city, region")
    settlement, street, house = addressing.parts(
        f"г. {pieces[-2]}, {', '.join(pieces[:-3])}, д. {pieces[-3]}"
    )
    company = said(line, "Управляющая компания", longest=300)
    number = _URL_ID.search(said(line, "URL"))
    return House(
        key=number[1] if number else "",
        settlement=settlement,
        street=street,
        house=house,
        kind=said(line, "Тип дома", longest=80),
        built_year=year(line, "Год постройки"),
        floors=whole(line, "Количество этажей", largest=MOST_FLOORS),
        entrances=whole(line, "Основные сведения / Количество подъездов", largest=MOST_ENTRANCES),
        flats=whole(line, "Основные сведения / Количество квартир", largest=MOST_FLATS),
        area_m2=area(line, "Основные сведения / Площадь многоквартирного дома, кв.м"),
        company_key=f"name:{company.lower()}"[:80] if company and company != "Нет" else "",
        company_name=company if company != "Нет" else "",
    )


def _address_year(line: Line) -> House:
    address = said(line, "address")
    settlement, street, house = addressing.parts(address)
    return House(
        # The address is all this register has to tell a house by.
        key="",
        settlement=settlement,
        street=street,
        house=house,
        built_year=year(line, "year_built"),
    )


LAYOUTS = (
    Layout(
        "reformagkh_houses",
        "reformagkh",
        frozenset({"HOUSE_ID", "ADDRESS", "LAT", "LON", "MGMT_COMPANY", "MGMT_COMPANY_LINK"}),
        _reformagkh,
    ),
    Layout(
        "frt_houses",
        "frt",
        frozenset(
            {"id", "house_number", "formalname_street", "houseguid", "management_organization_id"}
        ),
        _frt_house,
    ),
    Layout(
        "frt_organisations",
        "frt",
        frozenset({"id", "name_full", "name_short", "inn", "orn"}),
        _frt_organisation,
        has_houses=False,
    ),
    Layout(
        "gis_organisations",
        "gis",
        frozenset({"guid", "full_name", "inn", "ogrn", "role_short"}),
        _gis_organisation,
        has_houses=False,
    ),
    Layout(
        "reformagkh_companies",
        "reformagkh",
        frozenset({"city", "company", "reformagkh_profile_id"}),
        _company,
        has_houses=False,
    ),
    Layout("mingkh_houses", "mingkh", frozenset({"URL", "Адрес", "Год постройки"}), _mingkh),
    Layout("address_year", "address_year", frozenset({"address", "year_built"}), _address_year),
)
