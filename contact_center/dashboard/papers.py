"""The monthly report as a spreadsheet and as a PDF."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from contact_center.dashboard import showing
from contact_center.dashboard.report import LANGUAGE, Report
from contact_center.dashboard.sections import Kind, Section, month_word

TEMPLATE = Path(__file__).with_name("report.typ")
_FORMATS = {Kind.COUNT: "#,##0", Kind.PERCENT: '0.0" %"', Kind.HOURS: "0.0", Kind.RUB: "#,##0.00"}
_WIDTHS = {Kind.TEXT: 44}
_SHEET_NAME = 31


def xlsx(report: Report) -> bytes:
    """Return a sheet a section: numbers as numbers, all words as plain text, no formula."""
    book = Workbook(write_only=True)
    with translation.override(LANGUAGE):
        for section in report.sections:
            sheet = book.create_sheet(section.title[:_SHEET_NAME])
            sheet.freeze_panes = "B2"
            for place, column in enumerate(section.columns, start=1):
                letter = get_column_letter(place)
                sheet.column_dimensions[letter].width = _WIDTHS.get(column.kind, 16)
            sheet.append([_cell(sheet, column.word, is_bold=True) for column in section.columns])
            for row in section.rows:
                sheet.append(
                    [
                        _cell(sheet, value, column.kind)
                        for value, column in zip(row, section.columns, strict=True)
                    ]
                )
        about = book.create_sheet(_("About"))
        for line in (_title(report), _made(report), settings.CITY.center_name):
            about.append([_cell(about, line)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: Any, value: Any, kind: Kind = Kind.TEXT, *, is_bold: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        # A name that begins like a formula stays a name.
        cell.data_type = "s"
    elif kind in _FORMATS:
        cell.number_format = _FORMATS[kind]
    if is_bold:
        cell.font = Font(bold=True)
    return cell


def pdf(report: Report) -> bytes:
    """Return the report on A4: a table a section, its main column drawn as bars."""
    with translation.override(LANGUAGE):
        data = json.dumps(_content(report), ensure_ascii=False)
    # The fonts that come with typst only: the same paper on every machine.
    return typst.compile(TEMPLATE.read_bytes(), sys_inputs={"data": data}, ignore_system_fonts=True)


def _content(report: Report) -> dict[str, Any]:
    return {
        "title": _title(report),
        "made": _made(report),
        "centre": settings.CITY.center_name,
        "sections": [_printed(section) for section in report.sections],
    }


def _printed(section: Section) -> dict[str, Any]:
    drawn = section.drawn
    values = [row[drawn] or 0 for row in section.rows] if drawn is not None else []
    most = max(values, default=0)
    return {
        "title": section.title,
        "note": section.note,
        "columns": [
            {"word": column.word, "number": column.kind != Kind.TEXT} for column in section.columns
        ],
        "rows": [
            [showing.cell(section, place, row) for place in range(len(section.columns))]
            for row in section.rows
        ],
        # Shares of the longest bar; nothing where the section draws none.
        "bars": [value / most for value in values] if most else [],
    }


def _title(report: Report) -> str:
    return _("Requests of residents: %(month)s") % {"month": month_word(report.month).lower()}


def _made(report: Report) -> str:
    moment = formats.date_format(timezone.localtime(report.made_at), "j E Y, H:i")
    words = _("Report as of %(at)s") if report.is_kept else _("Preliminary, as of %(at)s")
    return words % {"at": moment}
