"""Writing tables as CSV and XLSX, every text harmless in a spreadsheet program."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from disclosure.sheets.cells import safe

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BAD_IN_TITLE = str.maketrans(dict.fromkeys("[]:*?/\\", " "))

Cell = str | int | Decimal | None


def csv_line(values: Iterable[Cell], delimiter: str = ";") -> str:
    """Return one line of a CSV with its line end."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerow(
        [
            "" if value is None else safe(value) if isinstance(value, str) else value
            for value in values
        ]
    )
    return out.getvalue()


def csv_file(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a whole CSV as Excel opens it: UTF-8 with BOM, «;» between."""
    return ("\ufeff" + "".join(csv_line(row) for row in rows)).encode()


def workbook(sheets: Iterable[tuple[str, Iterable[Sequence[Cell]]]]) -> bytes:
    """Return an XLSX of sheets (title, rows); the first row of each is its head."""
    book = Workbook(write_only=True)
    for title, rows in sheets:
        sheet = book.create_sheet(title.translate(_BAD_IN_TITLE)[:31].strip("' ") or "1")
        sheet.freeze_panes = "A2"
        for number, row in enumerate(rows):
            cells = []
            for value in row:
                cell = WriteOnlyCell(sheet)
                cell.value = safe(value) if isinstance(value, str) else value
                if isinstance(value, str):
                    # Set after the value, or openpyxl takes «=…» for a formula.
                    cell.data_type = "s"
                if number == 0:
                    cell.font = Font(bold=True)
                cells.append(cell)
            sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
