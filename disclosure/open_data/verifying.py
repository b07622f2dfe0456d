"""Checking the files of a day against their dictionary: what anybody can repeat at home."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any

from django.core.files.storage import default_storage

from disclosure.open_data.models import OpenDataFile
from disclosure.open_data.snapshot import XLSX_ROWS, text_of
from disclosure.open_data.tables import Column, OpenTable, tables
from disclosure.sheets.cells import plain, safe

# After so many faults of one file the rest says nothing new.
TOLD = 20
_SHAPES = {
    "integer": re.compile(r"-?\d+", re.ASCII),
    "decimal": re.compile(r"-?\d+(\.\d+)?", re.ASCII),
    "number": re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?", re.ASCII | re.IGNORECASE),
    "boolean": re.compile(r"true|false"),
    "date": re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII),
    "dateTime": re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", re.ASCII),
}
_JSON_TYPES: dict[str, tuple[type, ...]] = {
    "integer": (int,),
    "decimal": (int, float),
    "number": (int, float),
    "boolean": (bool,),
}


def verify(day: date) -> Iterator[str]:
    """Yield every fault of the day's files; none means that all of them are right."""
    files = {(row.table, row.ext): row for row in OpenDataFile.objects.filter(day=day)}
    if not files:
        yield f"{day}: no files"
        return
    for table in tables():
        if _is_newer(table, day):
            continue
        for ext in table.formats:
            file = files.pop((table.name, ext), None)
            if file is not None:
                yield from (f"{file}: {fault}" for fault in islice(_faults(table, file), TOLD))
            elif ext != "xlsx" or _rows(day, table) <= XLSX_ROWS:
                yield f"{day} {table.name}.{ext}: missing"
    for file in files.values():
        yield f"{file}: no table of the dictionary"


def _is_newer(table: OpenTable, day: date) -> bool:
    """Tell whether the table came to the dictionary after `day`: no day up to it has a file."""
    before = OpenDataFile.objects.filter(day__lte=day)
    return before.filter(day__lt=day).exists() and not before.filter(table=table.name).exists()


def _rows(day: date, table: OpenTable) -> int:
    row = OpenDataFile.objects.filter(day=day, table=table.name).first()
    return row.rows if row else 0


def _faults(table: OpenTable, file: OpenDataFile) -> Iterator[str]:
    try:
        with default_storage.open(file.storage_key) as stream:
            digest = hashlib.sha256()
            size = 0
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
                size += len(chunk)
    except FileNotFoundError:
        yield "its bytes are gone"
        return
    if digest.hexdigest() != file.sha256 or size != file.size:
        yield "its bytes changed"
        return
    read = {"csv": read_csv, "jsonl": _of_jsonl, "xlsx": _of_xlsx}[file.ext]
    rows = 0
    keys: set[int] = set()
    with default_storage.open(file.storage_key) as stream:
        for number, values in read(table, stream):
            if isinstance(values, str):
                yield values
                continue
            rows += 1
            # Only the hash is kept: a million keys must fit.
            key = hash(tuple(str(values[name]) for name in table.key))
            if key in keys:
                yield f"row {number}: its key stands twice"
            keys.add(key)
    if rows != file.rows:
        yield f"{rows} rows, and the catalogue says {file.rows}"


Read = Iterator[tuple[int, dict[str, Any] | str]]


def read_csv(table: OpenTable, stream: Any) -> Read:
    """Yield each row of a CSV with its number, and each fault as words in a row's place."""
    reader = csv.reader(text_of(stream))
    names = [column.name for column in table.columns]
    if next(reader, None) != names:
        yield 1, "its columns are not those of the dictionary"
        return
    for number, row in enumerate(reader, start=2):
        if len(row) != len(names):
            yield number, f"row {number}: {len(row)} cells"
            continue
        for column, text in zip(table.columns, row, strict=True):
            if fault := _text_fault(column, text):
                yield number, f"row {number}, {column.name}: {fault}"
        yield number, dict(zip(names, row, strict=True))


def _text_fault(column: Column, text: str) -> str:
    if not text:
        return "empty" if column.required else ""
    shape = _SHAPES.get(column.type)
    if shape is not None:
        return "" if shape.fullmatch(text) else f"is no {column.type}"
    # A spreadsheet program would run it.
    return "" if safe(plain(text)) == text else "is not escaped"


def _of_jsonl(table: OpenTable, stream: Any) -> Read:
    names = [column.name for column in table.columns]
    for number, line in enumerate(text_of(stream), start=1):
        try:
            values = json.loads(line)
        except ValueError:
            yield number, f"line {number}: no JSON"
            continue
        if not isinstance(values, dict) or list(values) != names:
            yield number, f"line {number}: its names are not those of the dictionary"
            continue
        for column in table.columns:
            if fault := _json_fault(column, values[column.name]):
                yield number, f"line {number}, {column.name}: {fault}"
        yield number, values


def _json_fault(column: Column, value: Any) -> str:
    if value is None:
        return "empty" if column.required else ""
    wanted = _JSON_TYPES.get(column.type, (str,))
    if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
        return f"is no {column.type}"
    shape = _SHAPES.get(column.type)
    if shape is None or not isinstance(value, str) or shape.fullmatch(value):
        return ""
    return f"is no {column.type}"


def _of_xlsx(table: OpenTable, stream: Any) -> Read:
    from openpyxl import load_workbook

    book = load_workbook(stream, read_only=True, data_only=False)
    names = [column.name for column in table.columns]
    rows = book.worksheets[0].iter_rows()
    head = next(rows, ())
    if [cell.value for cell in head] != names:
        yield 1, "its columns are not those of the dictionary"
        return
    for number, cells in enumerate(rows, start=2):
        values = dict.fromkeys(names)
        for name, cell in zip(names, cells, strict=False):
            values[name] = cell.value
            if cell.data_type == "f":
                yield number, f"row {number}, {name}: a formula"
        yield number, values
    book.close()
