"""Finds buildings by what people type: one statement over trigrams of streets, then house keys."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import SequenceMatcher

from django.db import connection
from django.utils import timezone

from disclosure import addresses

# Nobody types a longer address; what is longer is cut.
LONGEST = 200
# Streets whose houses are compared: enough for one name in every settlement of a region.
_STREETS = 30
# Shorter words («1», «ул») tell no street from another.
_TELLING = 3
_ALIKE = 0.75
# Words that are looked up in the town's own spelling: three slips are allowed from `_LONG` on.
_MENDED_FROM, _MENDED_TO, _LONG = 5, 40, 9
_HOPELESS = 100
_LOOSE_END = re.compile(
    r"(?<!лит)(?<!лит\.)(?<!литера)"
    r"[\s,]+(?:д|дом|к|корп|корпус|стр|строение|лит|литера|№)\.?\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class FoundBuilding:
    """
    A building of the answer and who manages it today ("" where the registry does not say). A
    company that works no longer has no phone.

    `is_guess`: the words name no street of its address, not even with a slip of the finger; it is
    only the likest one, and a page asks whether it was meant.
    """

    id: int
    address: str
    company_id: int | None
    company_inn: str
    company_name: str
    company_phone: str
    lat: float | None
    lon: float | None
    is_guess: bool = False


@dataclass(frozen=True)
class _Reading:
    """One way to understand what was typed; `trust` lowers what is far-fetched."""

    words: str
    house: str
    trust: float
    # «пл» of «пл. Соборная», where the type was named: of two streets of one name it tells which.
    kind: str = ""


# A street far below the likest one is not looked into: no house of it could come first.
# A house counts the more, the closer its key is: the very one, its blocks and letters, the house
# it is a block of, numbers that begin so, at last the neighbours by number.
_SQL = """
WITH asked AS (
    SELECT *, coalesce(substring(house FROM '^[0-9]{1,6}'), '') AS number
    FROM unnest(%s::text[], %s::text[], %s::float8[], %s::text[])
        AS reading (words, house, trust, kind)
), liked AS (
    SELECT asked.house, asked.number, liked.street_id, max(liked.score * asked.trust + CASE
        WHEN asked.kind = rtrim(split_part(street.name, ' ', 1), '.') THEN 0.05 ELSE 0 END) AS score
    FROM asked CROSS JOIN LATERAL disclosure_streets_like(asked.words, %s) AS liked
    JOIN disclosure_street AS street ON street.id = liked.street_id
    GROUP BY 1, 2, 3
), streets AS (
    SELECT * FROM (SELECT *, max(score) OVER () AS top FROM liked) AS liked
    WHERE score > top - 0.35
), numbered AS MATERIALIZED (
    SELECT building.id, building.search_house, streets.house, streets.number AS asked_number,
        streets.score, substring(building.search_house FROM '^[0-9]{1,6}') AS number
    FROM streets JOIN disclosure_building AS building USING (street_id)
), best AS (
    SELECT id, number::integer, search_house, max(score + CASE
        WHEN house = '' THEN 0.0::float8
        WHEN search_house = house THEN 0.3
        WHEN translate(search_house, '/с', 'кк') = translate(house, '/с', 'кк') THEN 0.25
        WHEN starts_with(search_house, house) THEN CASE
            WHEN substr(search_house, length(house) + 1, 1) BETWEEN '0' AND '9' THEN 0.1
            ELSE 0.2 END
        WHEN search_house = asked_number THEN 0.18
        WHEN number = asked_number THEN 0.15
        WHEN asked_number <> ''
            THEN -0.0005 * least(100, abs(number::integer - asked_number::integer))
        ELSE 0.0 END) AS score
    FROM numbered
    GROUP BY 1, 2, 3
    ORDER BY score DESC, 2 NULLS LAST, 3, 1
    LIMIT %s
)
"""

# The columns of FoundBuilding, for a table `best` of building ids; one parameter: the day.
FOUND_SQL = """
SELECT building.id, building.address, company.id, coalesce(company.inn, ''),
    coalesce(nullif(company.short_name, ''), company.name, ''),
    CASE WHEN company.is_active
        THEN coalesce(nullif(company.dispatcher_phone, ''), company.phone) ELSE '' END,
    building.lat, building.lon
FROM best
JOIN disclosure_building AS building ON building.id = best.id
LEFT JOIN disclosure_managementperiod AS period
    ON period.building_id = building.id AND period.during @> %s::date
LEFT JOIN disclosure_managementcompany AS company ON company.id = period.company_id
"""

_LIKEST_FIRST = """
ORDER BY best.score DESC, best.number NULLS LAST, best.search_house, building.id
"""

_WORDS = """
SELECT word FROM (SELECT DISTINCT string_to_table(search_name, ' ') AS word FROM disclosure_street)
    AS known
WHERE abs(length(word) - length(%s)) <= %s AND levenshtein_less_equal(word, %s, %s) <= %s
ORDER BY levenshtein(word, %s), word LIMIT 6
"""


def find(query: str, *, on: date | None = None, limit: int = 10) -> list[FoundBuilding]:
    """
    Return the buildings that `query` may mean, best first, with their company of the day.

    Any text is allowed; one that names no street finds nothing. `on` is today by default. One
    statement; two more where the likest street is not spelt as it was typed but for one slip.
    """
    readings = _readings(query)
    if not readings or limit < 1:
        return []
    day = on or timezone.localdate()
    found = _found(readings, on=day, limit=limit)
    # Trigrams bear a letter too many, but of a short word with a wrong one they keep too little.
    far = _how_far(readings, found)
    if far > 1 and (mended := _mended(readings[0])):
        again = _found(mended, on=day, limit=limit)
        if _how_far(readings, again) < far:
            return again
    return found


def _found(readings: Sequence[_Reading], *, on: date, limit: int) -> list[FoundBuilding]:
    with connection.cursor() as cursor:
        cursor.execute(
            _SQL + FOUND_SQL + _LIKEST_FIRST,
            [
                [reading.words for reading in readings],
                [reading.house for reading in readings],
                [reading.trust for reading in readings],
                [reading.kind for reading in readings],
                _STREETS,
                limit,
                on,
            ],
        )
        rows = cursor.fetchall()
    spelt: dict[str, bool] = {}
    found = []
    for row in rows:
        street = row[1].rpartition(",")[0]
        if street not in spelt:
            spelt[street] = any(_names(reading.words, street) for reading in readings)
        found.append(replace(FoundBuilding(*row), is_guess=not spelt[street]))
    return found


def _how_far(readings: Sequence[_Reading], found: Sequence[FoundBuilding]) -> int:
    """Return by how many slips the longest word of the likest reading misses the first street."""
    if not found:
        return _HOPELESS
    known = addresses.street_key(found[0].address.rpartition(",")[0]).split()
    return min(
        min(0 if other.startswith(word) else slips(word, other) for other in known)
        for word in {_longest(reading.words) for reading in readings}
        if known
    )


def _longest(words: str) -> str:
    return max(words.split(), key=len)


def _mended(reading: _Reading) -> list[_Reading]:
    """Return the reading with its longest word as the town's streets spell one like it."""
    word = _longest(reading.words)
    if not _MENDED_FROM <= len(word) <= _MENDED_TO:
        return []
    most = 2 if len(word) < _LONG else 3
    with connection.cursor() as cursor:
        cursor.execute(_WORDS, [word, most, word, most, most, word])
        near = [other for (other,) in cursor.fetchall()]
    return [replace(reading, words=reading.words.replace(word, other, 1)) for other in near]


def slips(one: str, other: str) -> int:
    """Return how many slips of the finger part two words: a letter too many, too few, wrong,
    or changed about with its neighbour."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        now = [row]
        for column, sign in enumerate(other, start=1):
            cost = min(last[column] + 1, now[-1] + 1, last[column - 1] + (letter != sign))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == sign:
                cost = min(cost, before[column - 2] + 1)
            now.append(cost)
        before, last = last, now
    return last[-1]


def _names(asked: str, street: str) -> bool:
    """Whether each long word of `asked` is a word of the street, its beginning, or one misspelt."""
    known = addresses.street_key(street).split()
    return all(
        any(word == other or other.startswith(word) or _is_slip(word, other) for other in known)
        for word in asked.split()
        if len(word) >= _TELLING
    )


def _is_slip(word: str, other: str) -> bool:
    # «гочарова» is 0.94 like «гончарова»; «садовая» is 0.67 like «парковая».
    return SequenceMatcher(None, word, other).ratio() >= _ALIKE


def _readings(query: str) -> list[_Reading]:
    # JSON may carry half of a surrogate pair, which no database takes.
    text = query[:LONGEST].replace("\x00", " ").encode(errors="replace").decode()
    text = " ".join(text.split())
    typed = [(text, 1.0)]
    if addresses.has_latin(text):
        # «Ujyxfhjdf 5»: the keyboard was left on the other layout.
        typed.append((addresses.to_russian_layout(text), 0.98))
    found: dict[tuple[str, str], _Reading] = {}
    for spelling, trust in typed:
        kind = addresses.street_type(spelling)
        for words, house, share in _split(spelling):
            if words:
                found.setdefault((words, house), _Reading(words, house, trust * share, kind))
    return list(found.values())


def _split(text: str) -> list[tuple[str, str, float]]:
    """Return street words, house key and trust of each way to cut the text."""
    text = _LOOSE_END.sub("", addresses.without_region(text))
    before, house = addresses.split_house(text)
    ways = [(addresses.street_key(before), house[:40], 1.0)]
    if house:
        # «улица 1 Мая»: the number may belong to the street's name.
        ways.append((addresses.street_key(text), "", 0.9))
    first, _, rest = before.partition(" ")
    if not house and rest and first[0].isdigit():
        # «5 гончарова»: the house stands first.
        ways.append((addresses.street_key(rest), addresses.house_key(first)[:40], 0.95))
    return ways
