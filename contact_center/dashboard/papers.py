"""The monthly report as a spreadsheet and as a PDF."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from accounts.typesetting import typeset
from contact_center.dashboard import showing
from contact_center.dashboard.report import LANGUAGE, Report
from contact_center.dashboard.sections import Kind, Section, month_word
from disclosure.sheets.writing import Sheet, workbook

TEMPLATE = Path(__file__).with_name("report.typ")
_FORMATS = {Kind.COUNT: "#,##0", Kind.PERCENT: '0.0" %"', Kind.HOURS: "0.0", Kind.RUB: "#,##0.00"}
_WIDTHS = {Kind.TEXT: 44}


def xlsx(report: Report) -> bytes:
    """Return a sheet a section: numbers as numbers, all words as plain text, no formula."""
    with translation.override(LANGUAGE):
        sheets = [
            Sheet(
                section.title,
                [[column.word for column in section.columns], *section.rows],
                frozen="B2",
                formats=[_FORMATS.get(column.kind, "") for column in section.columns],
                widths=[_WIDTHS.get(column.kind, 16) for column in section.columns],
            )
            for section in report.sections
        ]
        about = [[_title(report)], [_made(report)], [settings.CITY.center_name]]
        return workbook([*sheets, Sheet(_("About"), about, widths=[80])])


def pdf(report: Report) -> bytes:
    """Return the report on A4: a table a section, its main column drawn as bars."""
    with translation.override(LANGUAGE):
        return typeset(TEMPLATE, _content(report))


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
