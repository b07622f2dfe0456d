"""Writing tables as CSV and XLSX, every text harmless in a spreadsheet program."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from disclosure.sheets.cells import letters, safe

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BAD_IN_TITLE = str.maketrans(dict.fromkeys("[]:*?/\\", " "))

Cell = str | int | float | Decimal | None


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


@dataclass(frozen=True)
class Sheet:
    """
    A sheet of a workbook; the first of its rows is the head.

    `frozen` is the first cell that moves. `formats` and `widths` go by column, "" and 0 for none.
    """

    title: str
    rows: Iterable[Sequence[Cell]]
    frozen: str = "A2"
    formats: Sequence[str] = ()
    widths: Sequence[int] = ()


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """Return an XLSX; numbers stay numbers, and no text is a formula."""
    # Tens of megabytes that most processes never need.
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    for one in sheets:
        sheet = book.create_sheet(one.title.translate(_BAD_IN_TITLE)[:31].strip("' ") or "1")
        sheet.freeze_panes = one.frozen
        for place, width in enumerate(one.widths):
            if width:
                sheet.column_dimensions[letters(place)].width = width
        for number, row in enumerate(one.rows):
            cells = []
            for place, value in enumerate(row):
                cell = WriteOnlyCell(sheet)
                cell.value = safe(value) if isinstance(value, str) else value
                if isinstance(value, str):
                    # Set after the value, or openpyxl takes «=…» for a formula.
                    cell.data_type = "s"
                elif number and place < len(one.formats) and one.formats[place]:
                    cell.number_format = one.formats[place]
                if number == 0:
                    cell.font = Font(bold=True)
                cells.append(cell)
            sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
