"""
Stores a batch of organisations as companies, suppliers, or both.

The same organisation is known by the register's own key, else by its ИНН. A register rewrites
what it brought itself; of an organisation entered otherwise it fills the blanks.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.backends.utils import CursorWrapper

from disclosure.registers import conflicts
from disclosure.registers.copying import stage
from disclosure.registers.differences import (
    CHANGED,
    CONFLICT,
    NEW,
    Difference,
    changed_fields,
)
from disclosure.registers.outcome import Outcome
from disclosure.registers.rows import Organisation

_COLUMNS = (
    "line integer, key text, name text, short_name text, inn text, ogrn text, address text, "
    "phone text, site text, kind text, manages boolean, supplies boolean, org_id bigint, "
    "own boolean, state text"
)
_TEXTS = ("name", "short_name", "ogrn", "address", "phone", "site")


def _statements(table: str, wanted: str, *, has_kind: bool) -> tuple[str, str, str, str]:
    """Return the statements that match, find what changes, tell of it, and store it."""
    kind, kind_said = (", kind", ", kind") if has_kind else ("", "")
    values = {
        name: f"CASE WHEN said.{name} <> '' AND (own OR old.{name} = '') "
        f"THEN said.{name} ELSE old.{name} END"
        for name in _TEXTS
    }
    values["inn"] = "coalesce(old.inn, said.inn)"
    if has_kind:
        values["kind"] = "CASE WHEN own THEN said.kind ELSE old.kind END"
    # Only this module's own names are put in.
    match = f"""
UPDATE register_org SET org_id = NULL, own = false;
UPDATE register_org SET org_id = old.id, own = true FROM {table} AS old
WHERE {wanted} AND key <> '' AND old.source = %(source)s AND old.source_key = key;
UPDATE register_org SET org_id = old.id FROM {table} AS old
WHERE {wanted} AND org_id IS NULL AND old.inn = register_org.inn;
UPDATE register_org SET state = 'taken' FROM {table} AS old
WHERE {wanted} AND own AND old.inn = register_org.inn AND old.id <> org_id;
"""  # noqa: S608
    find = f"""
DROP TABLE IF EXISTS register_wanted;
CREATE TEMP TABLE register_wanted ON COMMIT DROP AS
SELECT old.id, said.line, {", ".join(f"{text} AS {name}" for name, text in values.items())}
FROM register_org AS said JOIN {table} AS old ON old.id = said.org_id
WHERE {wanted} AND state IS DISTINCT FROM 'taken';
DELETE FROM register_wanted AS wanted USING {table} AS old
WHERE old.id = wanted.id AND ({", ".join(f"old.{name}" for name in values)})
    IS NOT DISTINCT FROM ({", ".join(f"wanted.{name}" for name in values)});
"""  # noqa: S608
    tell = changed_fields("register_wanted", table, values, "name")
    keep = f"""
UPDATE {table} AS old SET {", ".join(f"{name} = wanted.{name}" for name in values)}
FROM register_wanted AS wanted WHERE old.id = wanted.id;
WITH added AS (
    INSERT INTO {table} (source, source_key, inn, dispatcher_phone, email, is_active,
        {", ".join(_TEXTS)}{kind})
    SELECT %(source)s, key, inn, '', '', true, {", ".join(_TEXTS)}{kind_said}
    FROM register_org WHERE {wanted} AND org_id IS NULL ORDER BY line
    RETURNING id, source_key
)
UPDATE register_org SET state = 'added', org_id = added.id FROM added
WHERE added.source_key = key;
UPDATE register_org SET state = 'changed' FROM register_wanted AS wanted
WHERE wanted.line = register_org.line AND state IS NULL;
"""  # noqa: S608
    return match, find, tell, keep


_COMPANIES = _statements("disclosure_managementcompany", "manages", has_kind=True)
_SUPPLIERS = _statements("disclosure_resourcesupplier", "supplies", has_kind=False)


def store(
    cursor: CursorWrapper,
    rows: Sequence[tuple[int, Organisation]],
    *,
    source: str,
    run: int,
    at: datetime,
) -> Outcome:
    """Store lines with distinct keys and ИНН; the caller holds the transaction."""
    stage(
        cursor,
        "register_org",
        _COLUMNS,
        [
            (
                *(line, row.key[:80], row.name, row.short_name, row.inn, row.ogrn, row.address),
                *(row.phone, row.site, row.kind, row.manages, row.supplies, None, False, None),
            )
            for line, row in rows
        ],
    )
    outcome = Outcome()
    said = {"source": source}
    names = {line: row.name for line, row in rows}
    # Suppliers first: what the file names no more is looked for among companies, the last matched.
    for match, find, tell, keep in (_SUPPLIERS, _COMPANIES):
        cursor.execute(match, said)
        if match is _COMPANIES[0]:
            waiting = conflicts.hold_companies(cursor, run=run, at=at)
            outcome.conflicts = len(waiting)
            outcome.differences += [
                Difference(CONFLICT, line, names[line], field, published, by_register)
                for line, field, published, by_register in waiting
            ]
        cursor.execute(find)
        cursor.execute(tell)
        outcome.differences += [Difference(CHANGED, *row) for row in cursor.fetchall()]
        cursor.execute(keep, said)
    cursor.execute("SELECT line, state FROM register_org ORDER BY line")
    for line, state in cursor.fetchall():
        match state:
            case "taken":
                outcome.rejected.append((line, "its ИНН belongs to another organisation"))
            case "added":
                outcome.added += 1
                outcome.differences.append(Difference(NEW, line, names[line]))
            case "changed":
                outcome.changed += 1
            case _:
                outcome.unchanged += 1
    return outcome
