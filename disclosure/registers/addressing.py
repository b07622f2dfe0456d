"""The parts of an address as registers write it, commas or not."""

from __future__ import annotations

import re

from disclosure import addresses
from disclosure.registers.rows import Rejected

_HOUSE = {"д": "", "дом": "", "вл": "вл. ", "влд": "вл. "}
_HOUSE_PARTS = {
    "к": "к. ",
    "корп": "к. ",
    "корпус": "к. ",
    "стр": "стр. ",
    "строение": "стр. ",
    "лит": "лит. ",
    "литера": "лит. ",
}
_STREETS = {form: kind for kind, forms in addresses.STREET_TYPES.items() for form in forms}
_PLACES = {form: kind for kind, forms in addresses.PLACE_TYPES.items() for form in forms}
# Kinds that registers use for places and tables of people's speech do not have.
_PLACES |= {"нп": "нп", "остров": "остров"}
_STREETS |= {"км": "км", "сквер": "сквер", "б": "б-р", "ж/д_ст": "ж/д ст", "аэропорт": "аэропорт"}
_REGIONS = {*addresses.REGION_TYPES, *addresses.DISTRICT_TYPES}
_WITHOUT_DOT = {"пр-кт", "б-р", "мкр", "кв-л", "проезд", "тракт", "аллея", "линия", "спуск"} | {
    "съезд", "въезд", "городок", "снт", "с-к", "жилрайон", "ст-ца", "км", "сквер", "остров",
    "ж/д ст", "аэропорт",
}  # fmt: skip
_TYPED = "|".join(
    re.escape(word)
    for word in sorted({*_STREETS, *_PLACES, *_HOUSE, *_HOUSE_PARTS}, key=len, reverse=True)
)
_BEFORE_TYPE = re.compile(rf"(?i)\s+(?=(?:{_TYPED})\.\s)")
# «12 (дубль 1)» is the register's own mark of a second profile of one house.
_DOUBLE = re.compile(r"\s*\(дубль[^)]*\)", re.IGNORECASE)
_TYPE_FIRST = re.compile(r"^([\w/-]+)(?:\.\s*|\s+)(.+)$")


def typed(kind: str, name: str) -> str:
    """Return «ул. Мира», «пр-кт Победы»: one spelling of a street or place for all registers."""
    name = name.strip(" .")
    return f"{kind} {name}" if kind in _WITHOUT_DOT else f"{kind}. {name}"


def parts(text: str) -> tuple[str, str, str]:
    """
    Return settlement, street and house of «обл. X, г. Y, ул. Z, д. 1, к. 2».

    In a village without streets the village stands for the street. Raise Rejected without a house
    or a place.
    """
    settlement = street = house = ""
    commas = text if "," in text else _BEFORE_TYPE.sub(", ", text)
    for part in (piece.strip() for piece in commas.split(",")):
        found = _TYPE_FIRST.match(part)
        kind, name = (found[1].lower(), found[2].strip(" .")) if found else ("", part)
        if not name or not found or kind in _REGIONS:
            continue
        if kind in _HOUSE and any(sign.isdigit() for sign in name):
            house = f"{_HOUSE[kind]}{name}"
        elif kind in _HOUSE_PARTS and house:
            house = f"{house} {_HOUSE_PARTS[kind]}{name}"
        elif kind in _STREETS and not house:
            street = f"{street}, {typed(_STREETS[kind], name)}".lstrip(", ")
        elif kind in _PLACES and not house:
            settlement = _city(typed(_PLACES[kind], name))
    house = _DOUBLE.sub("", house)
    if not house:
        raise Rejected("no house number in the address")
    if not street and not settlement:
        raise Rejected("neither street nor settlement in the address")
    return (settlement, street, house) if street else ("", settlement, house)


def _city(text: str) -> str:
    # A city is known by its bare name; a village shares its name with others.
    return text.removeprefix("г. ")
