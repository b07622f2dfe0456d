"""
What people type, and the house they mean: over every house of the open registers of four cities.

`real_houses.tsv.gz` holds settlement, street and house numbers as the registers write them: houses
of reformagkh.ru (2016) for Yekaterinburg, Omsk and Vladivostok, a list of years of building for
Saratov, passports of dom.mingkh.ru. `address_queries.tsv` is written by hand; `mutations` spoils
real addresses in each way of KINDS.
"""

from __future__ import annotations

import csv
import gzip
import random  # noqa: TID251 - spoilt addresses, the same at every run
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from disclosure import addresses
from disclosure.registers.streets import spelling

FILE = Path(__file__).with_name("real_houses.tsv.gz")
HAND = Path(__file__).with_name("address_queries.tsv")
CITIES = {
    "Екатеринбург": "Свердловская обл.",
    "Омск": "Омская область",
    "Владивосток": "Приморский край",
    "Саратов": "Саратовская обл",
}
DISTRICTS = ("Кировский р-н", "Ленинский район", "Октябрьский р-н.")
OF_A_KIND = 30
# Another seed gives other addresses and other slips: search was mended on 7, 11 and 12 and is
# judged by one that it had not seen.
SEED = 2026


@dataclass(frozen=True)
class Case:
    """
    A query and what it means.

    Only what the query names must be met: a house of the same number in the street of that name in
    another city is as right while no city is named, and so is one of another type of street
    without a type. `house` "" is any house of the street.
    """

    kind: str
    query: str
    settlement: str
    street: str
    house: str
    has_type: bool = False

    def is_met(self, settlement: str, street: str, house: str) -> bool:
        """Whether the house is the one meant."""
        if self.settlement and settlement != self.settlement:
            return False
        if self.has_type:
            is_street = spelling("", street) == spelling("", self.street)
        else:
            is_street = sorted(addresses.street_key(street).split()) == sorted(
                addresses.street_key(self.street).split()
            )
        return is_street and self.house in ("", addresses.house_key(house))


@lru_cache(maxsize=1)
def registry() -> list[tuple[str, str, list[str]]]:
    """Return settlement, street and houses of every street of the registers."""
    with gzip.open(FILE, "rt", encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file]
    return [(settlement, street, houses.split("|")) for settlement, street, houses in rows]


def by_hand() -> list[Case]:
    """Return the queries that people wrote, with the kind each was written for."""
    with HAND.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        Case(
            row["kind"],
            row["query"],
            row["settlement"],
            row["street"],
            addresses.house_key(row["house"]),
            bool(row["typed"]),
        )
        for row in rows
    ]


@dataclass(frozen=True)
class _Real:
    """A real address taken apart: «ул.», «Розы Люксембург», «42», «к.», «2»."""

    city: str
    street: str
    kind: str
    name: str
    house: str
    number: str
    mark: str
    part: str

    @property
    def key(self) -> str:
        return addresses.house_key(self.house)


_HOUSE = re.compile(r"(\d+)(?: (к\.|стр\.|лит\.) |(/)|)(\d+|[а-яА-Я])?")
_LONG = {
    "ул.": "улица", "пр-кт": "проспект", "пер.": "переулок", "б-р": "бульвар", "пл.": "площадь",
    "ш.": "шоссе", "проезд": "проезд", "туп.": "тупик", "наб.": "набережная",
}  # fmt: skip
_SHORT = {
    "ул.": "ул", "пр-кт": "пр-т", "пер.": "пер", "б-р": "бул.", "пл.": "пл", "ш.": "ш",
    "проезд": "пр-д", "туп.": "туп", "наб.": "наб",
}  # fmt: skip


def _real() -> Iterator[_Real]:
    """Yield addresses in an order that chance gave once and for all."""
    chance = random.Random(SEED)
    rows = [row for row in registry() if row[0] in CITIES]
    while True:
        city, street, houses = chance.choice(rows)
        kind, _, name = street.partition(" ")
        house = chance.choice(houses)
        found = _HOUSE.fullmatch(house)
        if kind in _LONG and name and found and "," not in street:
            mark, slash, part = found[2] or "", found[3] or "", found[4] or ""
            yield _Real(city, street, kind, name, house, found[1], mark or slash, part)


def _said(real: _Real) -> str:
    """Return the house number as most people type it: «5», «5а», «5/2», «5 к2»."""
    if real.mark in ("", "/"):
        return f"{real.number}{real.mark}{real.part}".lower()
    # The letter of «5А» stands in registers as a block, a building or a letter.
    word = "" if real.part.isalpha() else {"к.": " к", "стр.": " стр", "лит.": " лит "}[real.mark]
    return f"{real.number}{word}{real.part}".lower()


def _typo(word: str, chance: random.Random) -> str:
    place = chance.randrange(1, len(word) - 2)
    match chance.randrange(4):
        case 0:
            return word[:place] + word[place + 1 :]
        case 1:
            return word[:place] + word[place] + word[place:]
        case 2:
            return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    near = {"а": "о", "о": "а", "е": "и", "и": "е", "т": "д", "с": "з", "н": "м", "в": "ф"}
    return word[:place] + near.get(word[place], "ы") + word[place + 1 :]


def _longest(name: str) -> str:
    return max(name.split(), key=len)


Spoil = Callable[[_Real, random.Random], "str | None"]


def _as_register(real: _Real, _chance: random.Random) -> str:
    return f"{CITIES[real.city]}, г. {real.city}, {real.street}, д. {real.house}"


def _long_type(real: _Real, _chance: random.Random) -> str:
    return f"{_LONG[real.kind]} {real.name}, дом {_said(real)}"


def _type_after(real: _Real, _chance: random.Random) -> str:
    return f"{real.name} {_SHORT[real.kind]}, {_said(real)}"


def _bare(real: _Real, _chance: random.Random) -> str:
    return f"{real.name} {_said(real)}"


def _shouted(real: _Real, _chance: random.Random) -> str:
    return f"{real.name} {_said(real)}".upper()


def _block(real: _Real, chance: random.Random) -> str | None:
    if real.mark != "к." or not real.part.isdigit():
        return None
    word = chance.choice([" кор.", " корп. ", " корпус ", "к", " к.", ", к. ", "-к"])
    return f"{real.name}, {real.number}{word}{real.part}"


def _letter(real: _Real, chance: random.Random) -> str | None:
    if not real.part.isalpha():
        return None
    text = chance.choice(
        ["{n}{u}", "{n} {l}", "{n}-{l}", "{n} лит. {u}", "{n} литера {u}", "{n}{l}"]
    )
    number = text.format(n=real.number, u=real.part.upper(), l=real.part.lower())
    return f"{real.name} {number}"


def _fraction(real: _Real, chance: random.Random) -> str | None:
    if real.mark != "/":
        return None
    return f"{real.name}, д. {real.number}{chance.choice([' / ', chr(92), '/ ', '/'])}{real.part}"


def _yo(real: _Real, chance: random.Random) -> str | None:
    places = [place for place, sign in enumerate(real.name) if sign == "е"]
    if not places:
        return None
    place = chance.choice(places)
    return f"{real.name[:place]}ё{real.name[place + 1 :]} {_said(real)}"


def _look_alikes(real: _Real, _chance: random.Random) -> str:
    table = str.maketrans("аеосрхАЕОСРХ", "aeocpxAEOCPX")
    return f"{real.name} {_said(real)}".translate(table)


def _house_first(real: _Real, _chance: random.Random) -> str:
    return f"д. {real.number}{real.mark}{real.part}, {real.street}, {real.city}"


def _turned(real: _Real, _chance: random.Random) -> str | None:
    words = real.name.split()
    return f"{' '.join(reversed(words))} {_said(real)}" if len(words) > 1 else None


def _city_last(real: _Real, _chance: random.Random) -> str:
    return f"{real.name} {_said(real)} {real.city}"


def _city_first(real: _Real, _chance: random.Random) -> str:
    return f"{real.city} {real.name} {_said(real)}"


def _district(real: _Real, chance: random.Random) -> str:
    return f"{real.city}, {chance.choice(DISTRICTS)}, {real.street}, {_said(real)}"


def _misspelt(real: _Real, chance: random.Random) -> str | None:
    word = _longest(real.name)
    return (
        f"{real.name.replace(word, _typo(word, chance))} {_said(real)}" if len(word) > 5 else None
    )


def _misspelt_twice(real: _Real, chance: random.Random) -> str | None:
    word = _longest(real.name)
    if len(word) <= 8:
        return None
    return f"{real.name.replace(word, _typo(_typo(word, chance), chance))} {_said(real)}"


def _glued(real: _Real, chance: random.Random) -> str | None:
    if real.name[-1].isdigit() or real.part.isalpha():
        return None
    house = _said(real).replace(" ", "")
    return chance.choice(
        [f"{real.name}{house}", f"ул.{real.name},д.{house}", f"{real.name},{house}"]
    )


def _initial(real: _Real, _chance: random.Random) -> str | None:
    first, _, rest = real.name.partition(" ")
    if not rest or not first.isalpha() or len(first) < 4 or not rest[0].isalpha():
        return None
    return f"{first[0]}. {rest}, {_said(real)}"


def _misspelt_city(real: _Real, chance: random.Random) -> str | None:
    word = _longest(real.name)
    if len(word) <= 5:
        return None
    return f"{real.city}, {real.name.replace(word, _typo(word, chance))}, {_said(real)}"


def _layout(real: _Real, _chance: random.Random) -> str | None:
    # «5f» is a number with a Latin letter, whatever the layout: such a house cannot be meant.
    if real.part.isalpha():
        return None
    return addresses.to_latin_layout(f"{real.name} {_said(real)}")


def _beginning(real: _Real, chance: random.Random) -> str | None:
    """Return the street as far as it is typed: far enough to be the only one."""
    name = real.name.lower()
    if not name[:4].isalpha():
        return None
    for length in range(4, len(name)):
        if not name[length - 1].isalpha():
            continue
        alike = {
            addresses.street_key(street)
            for _city, street, _houses in registry()
            if any(
                word.startswith(name[:length])
                for word in (street.lower().partition(" ")[2], addresses.street_key(street))
            )
        }
        if alike == {addresses.street_key(real.street)}:
            return f"{name[:length]}" if chance.random() < 0.5 else f"{name[:length]} {_said(real)}"
    return None


# The way of spoiling, whether it names the type of the street, and whether the city.
KINDS: dict[str, tuple[Spoil, bool, bool]] = {
    "as the register writes": (_as_register, True, True),
    "type in full": (_long_type, True, False),
    "type after the name": (_type_after, True, False),
    "no type, no marks": (_bare, False, False),
    "capitals": (_shouted, False, False),
    "кор., корп., к.": (_block, False, False),
    "letters and лит.": (_letter, False, False),
    "12/34": (_fraction, False, False),
    "ё for е": (_yo, False, False),
    "Latin look-alikes": (_look_alikes, False, False),
    "house first": (_house_first, True, True),
    "words turned": (_turned, False, False),
    "city last": (_city_last, False, True),
    "city first": (_city_first, False, True),
    "city and district": (_district, True, True),
    "misspelt": (_misspelt, False, False),
    "misspelt twice": (_misspelt_twice, False, False),
    "no spaces": (_glued, False, False),
    "first name as an initial": (_initial, False, False),
    "misspelt, with the city": (_misspelt_city, False, True),
    "wrong layout": (_layout, False, False),
    "only the beginning": (_beginning, False, False),
}


@lru_cache(maxsize=1)
def mutations() -> tuple[Case, ...]:
    """Return OF_A_KIND cases of every kind: the same at every call and on every machine."""
    found: list[Case] = []
    for kind, (spoil, has_type, has_city) in KINDS.items():
        chance = random.Random(f"{SEED} {kind}")
        of_kind: dict[str, Case] = {}
        for real in _real():
            query = spoil(real, chance)
            if query is None or query in of_kind:
                continue
            has_house = any(sign.isdigit() for sign in query.removeprefix(real.name))
            of_kind[query] = Case(
                kind,
                query,
                real.city if has_city else "",
                real.street,
                real.key if has_house else "",
                has_type,
            )
            if len(of_kind) == OF_A_KIND:
                break
        found += of_kind.values()
    return tuple(found)
