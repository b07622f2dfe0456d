"""A value of a row as each format writes it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from disclosure.sheets.cells import safe


def as_text(value: Any) -> str:
    """Return the value as a cell of a CSV: ISO dates, «true», «», formulas escaped."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return _moment(value)
        case date() | UUID():
            return str(value)
        case Decimal():
            return f"{value:f}"
        case str():
            return safe(value)
    return str(value)


def as_json(value: Any) -> Any:
    """Return the value for JSON: numbers stay numbers, nothing is escaped."""
    match value:
        case datetime():
            return _moment(value)
        case date() | UUID():
            return str(value)
        case Decimal():
            return float(value)
        case "":
            return None
    return value


def as_sheet(value: Any) -> Any:
    """Return the value for a cell of an XLSX; a text never becomes a formula."""
    match value:
        case datetime():
            return _moment(value)
        case date() | UUID():
            return str(value)
        case str():
            return safe(value)
    return value


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
