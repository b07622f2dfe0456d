"""COPY into a temporary table: the way a batch reaches the database."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.backends.utils import CursorWrapper


def stage(cursor: CursorWrapper, table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    """Fill the temporary `table`, made with `columns` on first use, with just these rows."""
    cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS {table} ({columns})")
    cursor.execute(f"TRUNCATE {table}")
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in rows:
        # An unquoted empty cell is NULL; an empty text is kept apart from it by its quotes.
        writer.writerow(["\\N" if value is None else value for value in row])
    buffer.seek(0)
    width = len(columns.split(","))
    names = ", ".join(part.split()[0] for part in columns.split(",")[:width])
    cursor.cursor.copy_expert(
        f"COPY {table} ({names}) FROM STDIN WITH (FORMAT csv, NULL '\\N')", buffer
    )
