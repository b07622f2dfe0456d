"""The frozen input of a rating: one line a company and age of houses, as one canonical text."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ratings.methodology import COUNTS

COLUMNS = ("company", "age", "days", "flat_days", *COUNTS)


class Damaged(ValueError):
    """The text is not a frozen input; the message names the line."""


@dataclass(frozen=True)
class Line:
    """
    What a company had to do with its houses of one age within the window; counts only.

    `days` is how long it managed the one it managed longest, `flat_days` flats times days.
    """

    company: str
    age: str
    days: int
    flat_days: int
    counts: dict[str, int]


def text_of(lines: Iterable[Line]) -> str:
    """Return the canonical text: sorted, one form for one content."""
    rows = [
        [line.company, line.age, line.days, line.flat_days, *(line.counts[c] for c in COUNTS)]
        for line in sorted(lines, key=lambda line: (line.company, line.age))
    ]
    return table(COLUMNS, rows)


def read(text: str) -> list[Line]:
    """Return the lines of a canonical text; raise Damaged for any other."""
    rows = csv.reader(io.StringIO(text, newline=""))
    if tuple(next(rows, ())) != COLUMNS:
        raise Damaged("line 1: other columns")
    lines = []
    for number, row in enumerate(rows, start=2):
        if len(row) != len(COLUMNS):
            raise Damaged(f"line {number}: {len(row)} values")
        company, age, *numbers = row
        if not all(part.isascii() and part.isdecimal() for part in numbers):
            raise Damaged(f"line {number}: a count is no whole number")
        days, flat_days, *counts = map(int, numbers)
        lines.append(Line(company, age, days, flat_days, dict(zip(COUNTS, counts, strict=True))))
    return lines


def table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return RFC 4180 text with bare line feeds, which is the same on every machine."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def json_text(value: Any) -> str:
    """Return JSON with one form for one content."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


def sha256(text: str) -> str:
    """Return the digest that the manifest names."""
    return hashlib.sha256(text.encode()).hexdigest()
