"""
Stores a batch of houses: streets, companies, houses, then who manages them since when.

A register rewrites only houses it brought itself (same source and key), and only with what it
says; of any other house at the address it fills the blanks. Who manages a house is history: a new
company closes the old period on the line's day and opens another; nothing is overwritten, and an
older register changes nothing that a newer one told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.backends.utils import CursorWrapper

from disclosure import addresses
from disclosure.registers import conflicts, streets
from disclosure.registers.copying import stage
from disclosure.registers.differences import (
    CHANGED,
    CONFLICT,
    NEW,
    Difference,
    changed_fields,
)
from disclosure.registers.outcome import Outcome
from disclosure.registers.rows import House, kind_of

_COLUMNS = (
    "line integer, key text, settlement text, street text, search_name text, house text, "
    "search_house text, address text, district text, lat double precision, lon double precision, "
    "fias uuid, kind text, built_year integer, floors integer, entrances integer, flats integer, "
    "area_m2 numeric, company_key text, company_name text, company_kind text, day date, "
    "street_id bigint, building_id bigint, own boolean, company_id bigint, state text"
)

_COMPANIES = """
INSERT INTO disclosure_managementcompany (source, source_key, name, kind, short_name, ogrn,
    address, phone, dispatcher_phone, email, site, is_active)
SELECT DISTINCT ON (company_key) %(source)s, company_key, company_name, company_kind,
    '', '', '', '', '', '', '', true
FROM register_house AS said WHERE company_key <> '' AND company_name <> '' AND NOT EXISTS (
    SELECT FROM disclosure_managementcompany AS known
    WHERE known.source = %(source)s AND known.source_key = said.company_key)
ORDER BY company_key, line
ON CONFLICT DO NOTHING;
UPDATE register_house SET company_id = company.id FROM disclosure_managementcompany AS company
WHERE company_key <> '' AND company.source = %(source)s AND company.source_key = company_key;
"""

# Who is meant: the house with this register's key, else with this ФИАС, else at this address.
_MATCH = """
UPDATE register_house SET building_id = house.id, own = true FROM disclosure_building AS house
WHERE key <> '' AND house.source = %(source)s AND house.source_key = key;
UPDATE register_house SET building_id = house.id FROM disclosure_building AS house
WHERE building_id IS NULL AND house.fias_guid = fias;
UPDATE register_house SET building_id = house.id FROM disclosure_building AS house
WHERE building_id IS NULL AND house.street_id = register_house.street_id
    AND house.search_house = register_house.search_house;
UPDATE register_house SET fias = NULL FROM disclosure_building AS house
WHERE house.fias_guid = fias AND house.id IS DISTINCT FROM building_id;
UPDATE register_house SET state = 'moved' FROM disclosure_building AS house
WHERE own AND house.id <> building_id AND house.street_id = register_house.street_id
    AND house.search_house = register_house.search_house;
"""

_INSERT = """
WITH added AS (
    INSERT INTO disclosure_building (street_id, house, search_house, address, district, lat, lon,
        fias_guid, source, source_key, kind, built_year, floors, entrances, flats, area_m2, is_open)
    SELECT street_id, house, search_house, address, district, lat, lon, fias, %(source)s, key,
        kind, built_year, floors, entrances, flats, area_m2, true
    FROM register_house WHERE building_id IS NULL ORDER BY line
    RETURNING id, street_id, search_house
)
UPDATE register_house SET building_id = added.id, state = 'added' FROM added
WHERE added.street_id = register_house.street_id
    AND added.search_house = register_house.search_house;
"""

_FIELDS = ("lat", "lon", "fias_guid", "built_year", "floors", "entrances", "flats", "area_m2")
_TEXTS = ("district", "kind")


def _wanted() -> str:
    """Return the statement that finds what own houses and the blanks of others become."""
    new = {name: f"said.{'fias' if name == 'fias_guid' else name}" for name in _FIELDS}
    values = {
        name: f"CASE WHEN own THEN coalesce({new[name]}, old.{name}) "
        f"ELSE coalesce(old.{name}, {new[name]}) END"
        for name in _FIELDS
    }
    # A point is one thing: half of an old one and half of a new one would be nowhere.
    for name in ("lat", "lon"):
        values[name] = (
            f"CASE WHEN said.lat IS NOT NULL AND (own OR old.lat IS NULL) "
            f"THEN said.{name} ELSE old.{name} END"
        )
    for name in _TEXTS:
        values[name] = (
            f"CASE WHEN said.{name} <> '' AND (own OR old.{name} = '') "
            f"THEN said.{name} ELSE old.{name} END"
        )
    for name in ("street_id", "house", "search_house", "address"):
        values[name] = f"CASE WHEN own THEN said.{name} ELSE old.{name} END"
    # Only this module's own names are put in.
    return f"""
DROP TABLE IF EXISTS register_wanted;
CREATE TEMP TABLE register_wanted ON COMMIT DROP AS
SELECT old.id, said.line, {", ".join(f"{text} AS {name}" for name, text in values.items())}
FROM register_house AS said JOIN disclosure_building AS old ON old.id = said.building_id
WHERE said.state IS NULL;
DELETE FROM register_wanted AS wanted USING disclosure_building AS old
WHERE old.id = wanted.id AND ({", ".join(f"old.{name}" for name in values)})
    IS NOT DISTINCT FROM ({", ".join(f"wanted.{name}" for name in values)});
"""  # noqa: S608


_UPDATED = ("street_id", "house", "search_house", "address", *_FIELDS, *_TEXTS)
_UPDATE = f"""
UPDATE disclosure_building AS old SET {", ".join(f"{name} = wanted.{name}" for name in _UPDATED)}
FROM register_wanted AS wanted WHERE old.id = wanted.id;
UPDATE register_house SET state = 'changed' FROM register_wanted AS wanted
WHERE wanted.line = register_house.line;
"""  # noqa: S608
_CHANGES = changed_fields(
    "register_wanted",
    "disclosure_building",
    ("address", *_FIELDS, *_TEXTS),
    "address",
)


# A line's company matters only if nothing later is known, and it is another than on that day.
_PERIODS = """
CREATE TEMP TABLE IF NOT EXISTS register_turn (line integer, building_id bigint,
    company_id bigint, day date, old_id bigint);
TRUNCATE register_turn;
INSERT INTO register_turn
SELECT said.line, said.building_id, said.company_id, said.day, old.id
FROM register_house AS said
LEFT JOIN disclosure_managementperiod AS old
    ON old.building_id = said.building_id AND old.during @> said.day
WHERE said.company_id IS NOT NULL AND said.state IS DISTINCT FROM 'moved'
    AND (old.id IS NULL OR (old.company_id <> said.company_id
        AND (lower(old.during) IS NULL OR lower(old.during) < said.day)))
    AND NOT EXISTS (SELECT FROM disclosure_managementperiod AS later
        WHERE later.building_id = said.building_id AND lower(later.during) > said.day);
UPDATE disclosure_managementperiod AS old
SET during = daterange(lower(old.during), turn.day) FROM register_turn AS turn
WHERE old.id = turn.old_id;
INSERT INTO disclosure_managementperiod (building_id, company_id, during, basis)
SELECT building_id, company_id, daterange(day, NULL), '' FROM register_turn ORDER BY line;
UPDATE register_house SET state = 'changed' FROM register_turn AS turn
WHERE turn.line = register_house.line AND state IS NULL;
"""


# Who managed the house before the line and who does now; an empty "before" is a first company.
_TURNS = """
SELECT turn.line, house.address, 'company', coalesce(was.name, ''), now.name
FROM register_turn AS turn JOIN disclosure_building AS house ON house.id = turn.building_id
JOIN register_house AS said ON said.line = turn.line AND said.state IS DISTINCT FROM 'added'
JOIN disclosure_managementcompany AS now ON now.id = turn.company_id
LEFT JOIN disclosure_managementperiod AS period ON period.id = turn.old_id
LEFT JOIN disclosure_managementcompany AS was ON was.id = period.company_id
ORDER BY turn.line
"""


def store(
    cursor: CursorWrapper,
    rows: Sequence[tuple[int, House]],
    *,
    source: str,
    as_of: date,
    run: int,
    at: datetime,
) -> Outcome:
    """Store lines with distinct keys and addresses; the caller holds the transaction."""
    outcome = Outcome()
    stage(cursor, "register_house", _COLUMNS, [_staged(line, row, as_of) for line, row in rows])
    cursor.execute("ANALYZE register_house")
    said = {"source": source}
    streets.find_or_make(cursor)
    for statement in (_COMPANIES, _MATCH):
        cursor.execute(statement, said)
    waiting = conflicts.hold_houses(cursor, run=run, at=at)
    cursor.execute(_INSERT + _wanted(), said)
    cursor.execute(_CHANGES)
    outcome.differences += [Difference(CHANGED, *row) for row in cursor.fetchall()]
    cursor.execute(_UPDATE + _PERIODS, said)
    cursor.execute(_TURNS)
    outcome.differences += [Difference(CHANGED, *row) for row in cursor.fetchall()]
    cursor.execute(
        "SELECT line, state, company_key <> '' AND company_id IS NULL, company_key, address "
        "FROM register_house ORDER BY line"
    )
    told: dict[int, str] = {}
    for line, state, is_unknown, company_key, address in cursor.fetchall():
        told[line] = address
        match state:
            case "moved":
                outcome.rejected.append((line, "another house stands at this address already"))
            case "added":
                outcome.added += 1
                outcome.differences.append(Difference(NEW, line, address))
            case "changed":
                outcome.changed += 1
            case _:
                outcome.unchanged += 1
        if is_unknown:
            outcome.notes.append(
                (line, f"company {company_key} is not loaded yet; load the organisations first")
            )
    outcome.conflicts = len(waiting)
    outcome.differences += [
        Difference(CONFLICT, line, told[line], field, published, by_register)
        for line, field, published, by_register in waiting
    ]
    return outcome


def address_key(row: House) -> tuple[str, str, str]:
    """Return what makes two lines the same house."""
    return (*streets.spelling(row.settlement, row.street), addresses.house_key(row.house))


def _staged(line: int, row: House, as_of: date) -> tuple[object, ...]:
    # 40 is what the column holds; a longer number is an address that got into it.
    search_house = addresses.house_key(row.house)
    settlement, street = row.settlement[:120], row.street[:200]
    address = ", ".join(part for part in (settlement, street) if part)
    return (
        *(line, row.key[:80], settlement, street),
        addresses.street_text(city=row.settlement, name=row.street)[:200],
        *(row.house, search_house, addresses.display(city="", street=address, house=row.house)),
        *(row.district, row.lat, row.lon, row.fias_guid, row.kind, row.built_year, row.floors),
        *(row.entrances, row.flats, row.area_m2, row.company_key, row.company_name),
        *(kind_of(row.company_name), row.day or as_of, None, None, False, None, None),
    )
