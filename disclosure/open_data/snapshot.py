"""
Making the files of a day: every table in every format, all as of one moment, in flat memory.

Files and not answers computed on the way: a hundred readers at once cost no database, a slow one
holds no transaction, and an address of a day says the same for ever.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone

from accounts.training import real_only
from disclosure.open_data.cells import as_json, as_sheet, as_text
from disclosure.open_data.models import OpenDataFile
from disclosure.open_data.tables import FORMATS, OpenTable, tables

# What a sheet of an XLSX holds; a larger table comes as CSV and JSON Lines only.
XLSX_ROWS = 1_048_575


@dataclass(frozen=True)
class _Made:
    table: OpenTable
    rows: int
    paths: dict[str, Path]


def make(*, at: datetime, again: bool = False) -> list[OpenDataFile]:
    """
    Write the files of the day of `at` and return their rows.

    A day that has its files keeps them, for their addresses are permanent, unless `again`. Bytes
    are on storage before the rows that name them commit, and gone after the rows are.
    """
    real_only("publishing open data")
    day = timezone.localtime(at).date()
    old = list(OpenDataFile.objects.filter(day=day))
    if old and not again:
        return old
    with tempfile.TemporaryDirectory(prefix="open-data-") as folder:
        with one_moment():
            made = [write(table, Path(folder)) for table in tables()]
        rows = [row for each in made for row in _store(each, day, at)]
    with transaction.atomic():
        OpenDataFile.objects.filter(day=day).delete()
        OpenDataFile.objects.bulk_create(rows)
    for row in old:
        if not OpenDataFile.objects.filter(storage_key=row.storage_key).exists():
            default_storage.delete(row.storage_key)
    return rows


@contextmanager
def one_moment() -> Iterator[None]:
    """Read all that follows as of one moment."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def write(table: OpenTable, folder: Path) -> _Made:
    """Write every format of a table into the folder; the caller holds the moment."""
    # Tens of megabytes that most processes never need.
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    def special(text: str) -> Any:
        """Return a cell of its own for a text that openpyxl would take for something else."""
        cell = WriteOnlyCell(sheet, value=text)
        # Set after the value, or openpyxl takes «=…» for a formula.
        cell.data_type = "s"
        return cell

    paths = {ext: folder / f"{table.name}.{ext}" for ext in FORMATS}
    names = [column.name for column in table.columns]
    rows = 0
    with ExitStack() as stack:
        text = stack.enter_context(paths["csv"].open("w", encoding="utf-8", newline=""))
        lines = stack.enter_context(paths["jsonl"].open("w", encoding="utf-8"))
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(names)
        is_sheet = "xlsx" in table.formats
        if is_sheet:
            book = Workbook(write_only=True)
            sheet = book.create_sheet(table.name)
            sheet.freeze_panes = "A2"
            sheet.append(names)
        for row in table.rows():
            rows += 1
            writer.writerow([as_text(value) for value in row])
            lines.write(_json_line(names, row))
            if is_sheet and rows <= XLSX_ROWS:
                sheet.append([_cell(value, special) for value in row])
        if is_sheet and rows <= XLSX_ROWS:
            book.save(paths["xlsx"])
        else:
            if is_sheet:
                book.close()
            del paths["xlsx"]
    return _Made(table, rows, paths)


def _json_line(names: list[str], row: tuple[Any, ...]) -> str:
    values = {name: as_json(value) for name, value in zip(names, row, strict=True)}
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n"


def _cell(value: Any, special: Callable[[str], Any]) -> Any:
    value = as_sheet(value)
    # Only such texts mean something to openpyxl; a cell of its own for each takes twice the time.
    is_special = isinstance(value, str) and value.startswith(("=", "#"))
    return special(value) if is_special else value


def _store(made: _Made, day: date, at: datetime) -> list[OpenDataFile]:
    content = _sha256(made.paths["csv"])
    same = {
        row.ext: row
        for row in OpenDataFile.objects.filter(
            table=made.table.name, content_sha256=content, day__lt=day
        ).order_by("day")
    }
    found = []
    for ext, path in made.paths.items():
        kept = same.get(ext)
        if kept is not None and default_storage.exists(kept.storage_key):
            key, size, sha256 = kept.storage_key, kept.size, kept.sha256
        else:
            size, sha256 = path.stat().st_size, _sha256(path)
            name = f"open-data/{day:%Y/%m/%d}/{made.table.name}-{content[:12]}.{ext}"
            with path.open("rb") as stream:
                key = default_storage.save(name, File(stream))
        found.append(
            OpenDataFile(
                day=day,
                table=made.table.name,
                ext=ext,
                made_at=at,
                rows=made.rows,
                size=size,
                sha256=sha256,
                content_sha256=content,
                storage_key=key,
            )
        )
    return found


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def text_of(stream: Any) -> io.TextIOWrapper:
    """Return a stored file of text as lines."""
    return io.TextIOWrapper(stream, encoding="utf-8", newline="")
