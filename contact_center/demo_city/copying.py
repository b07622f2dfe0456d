"""Rows into tables by COPY, batch by batch: memory stays flat however many there are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import StringIO
from typing import Any

from django.db import connection, models
from psycopg2 import sql

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def cell(value: Any) -> str:
    """Return the value as COPY's text format writes it."""
    if value is None:
        return "\\N"
    if value is True:
        return "t"
    if value is False:
        return "f"
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, separators=(", ", ": ")).translate(_ESCAPES)
    return str(value)


class Table:
    """One table being filled; `add` keeps a row until `flush` sends all that are kept."""

    def __init__(self, model: type[models.Model], columns: Sequence[str]) -> None:
        self.name = model._meta.db_table
        self.columns = columns
        self.rows = StringIO()
        self.count = 0

    def add(self, values: Iterable[Any]) -> None:
        """Keep one row: a value for each column, in their order."""
        self.rows.write("\t".join(map(cell, values)))
        self.rows.write("\n")
        self.count += 1

    def flush(self) -> None:
        """Send the rows kept, in the current transaction."""
        self.rows.seek(0)
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(self.name), sql.SQL(", ").join(map(sql.Identifier, self.columns))
        )
        with connection.cursor() as cursor:
            cursor.cursor.copy_expert(statement, self.rows)
        self.rows = StringIO()


class Ids:
    """Ids of a table counted up here; `keep` moves the table's sequence behind them."""

    def __init__(self, model: type[models.Model], column: str = "id") -> None:
        self.name = model._meta.db_table
        self.column = column
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, %s))", [self.name, column])
            self.last = cursor.fetchone()[0] - 1

    def next(self) -> int:
        """Return the next id."""
        self.last += 1
        return self.last

    def keep(self) -> None:
        """Let the database go on behind the last id given out."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, %s), %s)",
                [self.name, self.column, max(self.last, 1)],
            )


def without_triggers() -> None:
    """
    Switch off the triggers of this transaction: the audit rows are written here, with their dates.

    Foreign keys are triggers too; the rows come from ids just read, and a test looks for orphans.
    Needs the superuser that the demo's own Postgres gives.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")


def with_triggers() -> None:
    """Undo `without_triggers` for the rest of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = origin")
