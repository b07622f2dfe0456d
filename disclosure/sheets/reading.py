"""
Reading a CSV or XLSX somebody sent, within limits that a bomb cannot pass.

An XLSX is a zip: its sizes are judged before anything is unpacked, then rows are streamed.
Formulas are refused: what they show depends on the program that opens them.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from disclosure.sheets.cells import letters, plain

MAX_BYTES = 5 * 1024 * 1024
MAX_PARTS = 200
MAX_SHEETS = 20
MAX_ROWS = 5000
MAX_COLUMNS = 120
MAX_CELL = 5000


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much of a file is read: its size, what it may unpack to, and its rows."""

    megabytes: int
    unpacked_megabytes: int
    rows: int


OF_A_FORM = Limits(megabytes=5, unpacked_megabytes=40, rows=MAX_ROWS)


class Unreadable(Exception):
    """The file as a whole is not taken; the message is for people."""


class BadCell(Unreadable):
    """A cell is not taken; the message begins with its address."""


@dataclass(frozen=True)
class Line:
    """A row of a sheet: its number as a program shows it, and its texts."""

    sheet: str
    number: int
    cells: list[str]

    def address(self, column: int) -> str:
        """Return the address of a cell: «Лист!C5», or «C5» in a CSV."""
        cell = f"{letters(column)}{self.number}"
        return f"{self.sheet}!{cell}" if self.sheet else cell


def lines(data: bytes, limits: Limits = OF_A_FORM) -> Iterator[Line]:
    """Yield the rows that hold anything; raise Unreadable."""
    if len(data) > limits.megabytes * 1024 * 1024:
        raise Unreadable(_("The file is larger than %(count)d MB.") % {"count": limits.megabytes})
    if data[:4] == b"PK\x03\x04":
        yield from _of_workbook(data, limits)
    elif data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise Unreadable(_("This is an old Excel file (.xls). Save it as .xlsx or .csv."))
    else:
        yield from _of_csv(data, limits)


def _of_csv(data: bytes, limits: Limits) -> Iterator[Line]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What Excel writes as «CSV» on a Russian Windows.
        text = data.decode("cp1251", errors="replace")
    if "\x00" in text:
        raise Unreadable(_("This is no table: CSV or XLSX is expected."))
    head = text.partition("\n")[0]
    delimiter = max(";,\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    number = 0
    try:
        for row in reader:
            number += 1
            if number > limits.rows:
                raise Unreadable(_("More than %(count)d rows.") % {"count": limits.rows})
            yield from _line("", number, row)
    except csv.Error:
        raise BadCell(
            _("Row %(number)d: the cell is too long or its quotes are not closed.")
            % {"number": number + 1}
        ) from None


def _of_workbook(data: bytes, limits: Limits) -> Iterator[Line]:
    # Tens of megabytes that most processes never need.
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            infos = parts.infolist()
            # Reading stops at the size that the directory declares: it cannot be understated.
            if _unpacks_to_too_much(infos, limits):
                raise Unreadable(_("The file unpacks to too much. Leave only the data in it."))
            if any(part.flag_bits & 1 for part in infos):
                raise Unreadable(_("The file is protected by a password."))
        book = load_workbook(
            io.BytesIO(data), read_only=True, data_only=False, keep_links=False, rich_text=False
        )
    except Unreadable:
        raise
    except Exception:  # noqa: BLE001 - a damaged file fails in any of four libraries
        raise Unreadable(_("The file is damaged and cannot be opened.")) from None
    try:
        yield from _of_sheets(book, limits)
    except Unreadable:
        raise
    except Exception:  # noqa: BLE001 - as above, while rows are streamed
        raise Unreadable(_("The file is damaged and cannot be opened.")) from None
    finally:
        book.close()


def _unpacks_to_too_much(parts: list[zipfile.ZipInfo], limits: Limits) -> bool:
    most = limits.unpacked_megabytes * 1024 * 1024
    return len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > most


def _of_sheets(book: object, limits: Limits) -> Iterator[Line]:
    sheets = book.worksheets  # type: ignore[attr-defined]
    if len(sheets) > MAX_SHEETS:
        raise Unreadable(_("Too many sheets."))
    total = 0
    for sheet in sheets:
        # The declared size is the author's word; streaming believes only rows.
        sheet.reset_dimensions()
        for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS + 1), start=1):
            total += 1
            if total > limits.rows:
                raise Unreadable(_("More than %(count)d rows.") % {"count": limits.rows})
            texts = []
            for column, cell in enumerate(row):
                value = cell.value
                if cell.data_type == "f":
                    at = Line(sheet.title, number, []).address(column)
                    raise BadCell(
                        _("%(cell)s: a formula. Put its value there instead.") % {"cell": at}
                    )
                texts.append(_text(value))
            yield from _line(sheet.title, number, texts)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time().isoformat() == "00:00:00" else str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        # 0.1 + 0.2 of a program is 0.30000000000000004 in the file.
        return f"{value:.10f}".rstrip("0").rstrip(".")
    return str(value)


def _line(sheet: str, number: int, texts: list[str]) -> Iterator[Line]:
    while texts and not texts[-1].strip():
        texts.pop()
    if not texts:
        return
    line = Line(sheet, number, [plain(text.strip()) for text in texts])
    if len(texts) > MAX_COLUMNS:
        raise Unreadable(
            _("Row %(number)d: more than %(count)d columns.")
            % {"number": number, "count": MAX_COLUMNS}
        )
    for column, text in enumerate(texts):
        if len(text) > MAX_CELL:
            raise BadCell(
                _("%(cell)s: more than %(count)d characters.")
                % {"cell": line.address(column), "count": MAX_CELL}
            )
    yield line
