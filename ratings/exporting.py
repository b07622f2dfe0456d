"""Stored results as files; computing is not needed for it, so pages load no arithmetic."""

from __future__ import annotations

import csv
import io
from typing import Any

from disclosure.sheets.writing import Cell, Sheet, workbook
from ratings import methodology, results
from ratings.models import RatingResult, RatingSnapshot
from ratings.results import Standing

FIELDS = (
    "group", "is_rated", "score", "low", "high", "band", "certainty", "best", "worst", "rivals",
    "indicators",
)  # fmt: skip


def standing_of(row: RatingResult) -> Standing:
    """Return the stored row as the value it was made of."""
    return Standing(company=row.reference, **{name: getattr(row, name) for name in FIELDS})


def results_csv(snapshot: RatingSnapshot) -> str:
    """Return results.csv as the manifest's digest knows it."""
    rows = snapshot.results.order_by("position")
    method = methodology.read(snapshot.methodology.document)
    return results.text_of([(standing_of(row), row.name) for row in rows], method)


def results_values(snapshot: RatingSnapshot) -> dict[str, Any]:
    """Return the same for JSON, numbers as exact text where they are decimals."""
    rows = snapshot.results.order_by("position")
    return {
        "period": str(snapshot),
        "edition": snapshot.edition,
        "erratum": snapshot.erratum,
        "methodology": snapshot.methodology.version,
        "companies": [
            {
                "company": row.reference,
                "name": row.name,
                **{name: getattr(row, name) for name in FIELDS},
            }
            for row in rows
        ],
    }


def results_xlsx(snapshot: RatingSnapshot) -> bytes:
    """Return the same table as a spreadsheet: numbers as numbers, all else as plain text."""
    head, *rows = csv.reader(io.StringIO(results_csv(snapshot), newline=""))
    return workbook([Sheet(str(snapshot), [head, *map(_cells, rows)], frozen="D2")])


# Line, ИНН, name and size come first; an ИНН is no number to sum.
FIRST_NUMBER = 4


def _cells(row: list[str]) -> list[Cell]:
    return [*row[:FIRST_NUMBER], *map(_value, row[FIRST_NUMBER:])]


def _value(text: str) -> str | float:
    try:
        return float(text)
    except ValueError:
        return text
