"""The list of a seminar as a workbook for the staff: no contacts."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count
from django.utils.translation import gettext as _

from disclosure.sheets.writing import Cell, Sheet, workbook
from outreach.models import Seminar, SignUp, SignUpState


def xlsx(seminar: Seminar) -> bytes:
    """Return who signed up, who came, certificates and marks."""
    return workbook(
        [Sheet(title=seminar.title, rows=_rows(seminar), widths=(34, 12, 22, 18, 12, 24, 8, 50))]
    )


def _rows(seminar: Seminar) -> Iterator[list[Cell]]:
    yield [
        _("name"),
        _("code"),
        _("state"),
        _("district"),
        _("meetings attended"),
        _("certificate"),
        _("mark"),
        _("words"),
    ]
    rows = (
        SignUp.objects.filter(seminar=seminar)
        .annotate(came=Count("attendances"))
        .select_related("certificate", "feedback")
        .order_by("name", "pk")
    )
    for row in rows:
        paper = getattr(row, "certificate", None)
        said = getattr(row, "feedback", None)
        yield [
            row.name,
            row.code,
            str(SignUpState(row.state).label),
            row.district,
            row.came,
            paper.number if paper else None,
            said.mark if said else None,
            said.text if said else None,
        ]
