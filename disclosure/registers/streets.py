"""
The streets of a batch of houses: found by their name, else by its spelling, else made.

Registers write one street in several ways; two rows of it would make two houses of each house.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from django.db.backends.utils import CursorWrapper

_ORDINAL = re.compile(r"(?<=\d)-?(?:ая|ый|ой|ий|го|ого|ое|я|й|е|х)(?![а-я])")
_YEARS = re.compile(r"(?<=\d)[-\s]*(?:летия|летие|лет)(?![а-я])")
_WORDS = re.compile(r"\w+")

_BY_NAME = """
UPDATE register_house SET street_id = street.id FROM disclosure_street AS street
WHERE street_id IS NULL AND street.settlement = register_house.settlement
    AND street.name = register_house.street;
"""
_UNKNOWN = """
SELECT settlement, street, min(search_name) FROM register_house
WHERE street_id IS NULL GROUP BY settlement, street ORDER BY min(line)
"""
_NEAR = """
SELECT id, settlement, name FROM disclosure_street
WHERE settlement = ANY(%s) OR translate(lower(settlement), 'ё', 'е') = ANY(%s) ORDER BY id
"""
_MAKE = """
INSERT INTO disclosure_street (settlement, name, search_name)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[])
ON CONFLICT (settlement, name) DO NOTHING
"""
# The address follows the street that was found: a house is shown as its neighbours are.
_BY_SPELLING = """
UPDATE register_house AS said SET street_id = street.id,
    address = concat_ws(', ', nullif(street.settlement, ''), street.name)
        || substr(address, 1 + length(concat_ws(', ', nullif(said.settlement, ''), said.street)))
FROM unnest(%s::text[], %s::text[], %s::bigint[]) AS found (settlement, street, id)
JOIN disclosure_street AS street ON street.id = found.id
WHERE said.street_id IS NULL AND said.settlement = found.settlement AND said.street = found.street
"""


@lru_cache(maxsize=4096)
def spelling(settlement: str, street: str) -> tuple[str, str]:
    """
    Return what all spellings of one street have in common.

    «ул. 1-я Речная» and «ул. Речная 1», «ул. Зелёная» and «ул. ЗЕЛЕНАЯ» are one street; its type
    counts, so «ул. Мира» and «пер. Мира» are two.
    """
    name = _YEARS.sub(" лет", _ORDINAL.sub("", _plain(street)))
    return _plain(settlement), " ".join(sorted(_WORDS.findall(name)))


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("ё", "е").split())


def find_or_make(cursor: CursorWrapper) -> None:
    """Give each staged house its `street_id`; the caller holds the transaction."""
    cursor.execute(_BY_NAME)
    cursor.execute(_UNKNOWN)
    unknown = cursor.fetchall()
    if not unknown:
        return
    keys = [spelling(place, street) for place, street, _words in unknown]
    places = sorted({place for place, _street, _words in unknown})
    known = _near(cursor, places)
    fresh: dict[tuple[str, str], tuple[str, str, str]] = {}
    for key, names in zip(keys, unknown, strict=True):
        if key not in known:
            fresh.setdefault(key, names)
    if fresh:
        cursor.execute(_MAKE, _columns(list(fresh.values())))
        known = _near(cursor, places)
    found = [
        (place, street, known[key])
        for key, (place, street, _words) in zip(keys, unknown, strict=True)
    ]
    cursor.execute(_BY_SPELLING, _columns(found))


def _near(cursor: CursorWrapper, places: list[str]) -> dict[tuple[str, str], int]:
    """Return the streets of the settlements by spelling; of two alike the older one."""
    cursor.execute(_NEAR, [places, [_plain(place) for place in places]])
    known: dict[tuple[str, str], int] = {}
    for pk, place, name in cursor.fetchall():
        known.setdefault(spelling(place, name), pk)
    return known


def _columns(rows: list[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
