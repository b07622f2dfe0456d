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

ABOUT = ("company", "age", "days", "flat_days")
COLUMNS = (*ABOUT, *COUNTS)


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
    """
    Return the lines of a canonical text; raise Damaged for any other.

    A text of an earlier methodology has fewer counts: those it lacks are 0.
    """
    rows = csv.reader(io.StringIO(text, newline=""))
    head = tuple(next(rows, ()))
    codes = head[len(ABOUT) :]
    if head[: len(ABOUT)] != ABOUT or codes != tuple(code for code in COUNTS if code in codes):
        raise Damaged("line 1: other columns")
    nothing = dict.fromkeys(COUNTS, 0)
    lines = []
    for number, row in enumerate(rows, start=2):
        if len(row) != len(head):
            raise Damaged(f"line {number}: {len(row)} values")
        company, age, *numbers = row
        if not all(part.isascii() and part.isdecimal() for part in numbers):
            raise Damaged(f"line {number}: a count is no whole number")
        days, flat_days, *counts = map(int, numbers)
        counted = {**nothing, **dict(zip(codes, counts, strict=True))}
        lines.append(Line(company, age, days, flat_days, counted))
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
