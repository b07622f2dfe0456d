"""Rows into tables by COPY, batch by batch: memory stays flat however many there are."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from io import StringIO
from queue import Queue
from typing import Any

from django.db import connection, models
from psycopg2 import sql

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_json = json.JSONEncoder(ensure_ascii=False).encode


def cell(value: Any) -> str:
    """Return the value as COPY's text format writes it."""
    # By exact type, most frequent first: a million requests have two hundred million cells.
    write = _WRITERS.get(type(value))
    return write(value) if write else _other(value)


def _text(value: str) -> str:
    # Nearly every text is plain, and asking is five times faster than translating.
    plain = value.isprintable() and "\\" not in value
    return value if plain else value.translate(_ESCAPES)


def _other(value: Any) -> str:
    if isinstance(value, str):
        return _text(str(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


_WRITERS: dict[type, Callable[[Any], str]] = {
    str: _text,
    type(None): lambda _nothing: "\\N",
    int: int.__repr__,
    bool: lambda value: "t" if value else "f",
    datetime: datetime.isoformat,
    date: date.isoformat,
    dict: lambda value: _text(_json(value)) if value else "{}",
    uuid.UUID: str,
}


class Sender:
    """
    Sends rows by COPY in a thread of its own while the next ones are being made.

    Both use Django's one connection and so one transaction; whoever makes the rows must not ask
    the database anything meanwhile.
    """

    def __init__(self) -> None:
        self.batches: Queue[list[tuple[sql.Composed, StringIO]] | None] = Queue(maxsize=1)
        self.failed: BaseException | None = None
        self.cursor = connection.connection.cursor()
        self.thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self) -> Sender:
        self.thread.start()
        return self

    def __exit__(self, *_raised: object) -> None:
        self.batches.put(None)
        self.thread.join()
        self.cursor.close()
        if self.failed:
            raise self.failed

    def send(self, tables: Iterable[Table]) -> None:
        """Hand over what the tables keep; wait while two batches are under way."""
        if self.failed:
            raise self.failed
        self.batches.put([(table.statement, table.taken()) for table in tables])

    def _work(self) -> None:
        while (batch := self.batches.get()) is not None:
            try:
                if not self.failed:
                    for statement, rows in batch:
                        self.cursor.copy_expert(statement, rows, 1 << 20)
            except BaseException as failed:  # noqa: BLE001 - raised again where rows are made
                self.failed = failed


class Table:
    """One table being filled; `add` keeps a row until the rows are taken or flushed."""

    def __init__(self, model: type[models.Model], columns: Sequence[str]) -> None:
        self.statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(model._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        self.rows = StringIO()

    def add(self, values: Iterable[Any]) -> None:
        """Keep one row: a value for each column, in their order."""
        self.rows.write("\t".join(map(cell, values)))
        self.rows.write("\n")

    def taken(self) -> StringIO:
        """Return the rows kept and keep none."""
        rows, self.rows = self.rows, StringIO()
        rows.seek(0)
        return rows

    def flush(self) -> None:
        """Send the rows kept, in the current transaction."""
        with connection.cursor() as cursor:
            cursor.cursor.copy_expert(self.statement, self.taken())


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


_INDEXES = """
SELECT n.nspname, i.relname, pg_get_indexdef(i.oid)
FROM pg_index x
JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_namespace n ON n.oid = i.relnamespace
WHERE x.indrelid = ANY(%s::regclass[])
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.oid)
ORDER BY i.relname
"""


@contextmanager
def without_indexes(models_filled: Iterable[type[models.Model]]) -> Iterator[None]:
    """
    Drop the indexes of tables for the time of their filling, and build them anew at its end.

    Sorting a million keys once costs a tenth of a million searches for their places. Nobody can
    read these tables until the transaction ends.
    """
    tables = [model._meta.db_table for model in models_filled]
    with connection.cursor() as cursor:
        cursor.execute(_INDEXES, [tables])
        found = cursor.fetchall()
        for schema, name, _definition in found:
            cursor.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(schema, name)))
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        for _schema, _name, definition in found:
            cursor.execute(definition)
