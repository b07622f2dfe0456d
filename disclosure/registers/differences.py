"""What a register changes, line by line: what is new, changed, gone, or in conflict."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from django.db.backends.utils import CursorWrapper

NEW, CHANGED, GONE, CONFLICT = "new", "changed", "gone", "conflict"
HEAD = ("what", "line", "subject", "field", "before", "after")


class Difference(NamedTuple):
    """One field of one house or organisation; a new or gone one has no field."""

    what: str
    # 0 where no line speaks of it: gone.
    line: int
    subject: str
    field: str = ""
    before: str = ""
    after: str = ""


class Differences:
    """The table of differences of one file, and the first few of each kind for the screen."""

    FIRST = 5

    def __init__(self, path: Path) -> None:
        self.path = path
        self.first: dict[str, list[Difference]] = {NEW: [], CHANGED: [], GONE: [], CONFLICT: []}
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerow(HEAD)

    def write(self, found: Iterable[Difference]) -> None:
        """Append differences."""
        with self.path.open("a", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            for each in found:
                writer.writerow(each)
                if len(self.first[each.what]) < self.FIRST:
                    self.first[each.what].append(each)


def changed_fields(wanted: str, table: str, fields: Iterable[str], name: str) -> str:
    """
    Return the query for what an update from `wanted` (id, line, fields) changes in `table`.

    `name` is the column that tells a reader which row it is. Only names of code are put in.
    """
    pairs = ", ".join(f"('{field}', old.{field}::text, wanted.{field}::text)" for field in fields)
    return f"""
SELECT wanted.line, old.{name}, pair.field, coalesce(pair.before, ''), coalesce(pair.after, '')
FROM {wanted} AS wanted JOIN {table} AS old ON old.id = wanted.id
CROSS JOIN LATERAL (VALUES {pairs}) AS pair(field, before, after)
WHERE coalesce(pair.before, '') <> coalesce(pair.after, '')
ORDER BY wanted.line, pair.field
"""  # noqa: S608


_SEEN = "CREATE TEMP TABLE register_seen (id bigint PRIMARY KEY) ON COMMIT DROP"

# A file speaks for the settlements it names: a register comes by regions and by cities. A village
# without streets has no settlement, it stands for the street: each speaks for itself alone.
_GONE_HOUSES = """
SELECT house.address FROM disclosure_building AS house
JOIN disclosure_street AS street ON street.id = house.street_id
WHERE house.source = %(source)s AND house.is_open
    AND (street.settlement, CASE WHEN street.settlement = '' THEN street.id ELSE 0 END) IN (
        SELECT DISTINCT named.settlement, CASE WHEN named.settlement = '' THEN named.id ELSE 0 END
        FROM disclosure_street AS named
        JOIN disclosure_building AS told ON told.street_id = named.id
        JOIN register_seen ON register_seen.id = told.id)
    AND NOT EXISTS (SELECT FROM register_seen WHERE register_seen.id = house.id)
ORDER BY house.address
"""
_GONE_ORGANISATIONS = """
SELECT company.name FROM disclosure_managementcompany AS company
WHERE company.source = %(source)s AND company.is_active AND company.source_key <> ''
    AND NOT EXISTS (SELECT FROM register_seen WHERE register_seen.id = company.id)
ORDER BY company.name
"""


def begin_seen(cursor: CursorWrapper) -> None:
    """Forget what another file named; the caller holds the transaction."""
    cursor.execute(f"DROP TABLE IF EXISTS register_seen; {_SEEN}")


def note_seen(cursor: CursorWrapper, *, has_houses: bool) -> None:
    """Remember which houses or companies the staged lines named."""
    cursor.execute(
        "INSERT INTO register_seen SELECT DISTINCT building_id FROM register_house "
        "WHERE building_id IS NOT NULL ON CONFLICT DO NOTHING"
        if has_houses
        else "INSERT INTO register_seen SELECT DISTINCT org_id FROM register_org "
        "WHERE org_id IS NOT NULL ON CONFLICT DO NOTHING"
    )


def gone(cursor: CursorWrapper, *, source: str, has_houses: bool) -> Iterable[Difference]:
    """
    Yield what this register once brought and names no more.

    Nothing is done to them: a house may be pulled down or misspelt, and a person must look.
    """
    cursor.execute(_GONE_HOUSES if has_houses else _GONE_ORGANISATIONS, {"source": source})
    while rows := cursor.fetchmany(2_000):
        yield from (Difference(GONE, 0, name) for (name,) in rows)
