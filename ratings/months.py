"""Months as addresses and files name them: 2026-10."""

from __future__ import annotations

import re
from datetime import date

_WRITTEN = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


def read(text: str) -> date:
    """Return the first day of a month written as 2026-10; raise ValueError for anything else."""
    found = _WRITTEN.fullmatch(text)
    if not found:
        raise ValueError(f"not a month: {text!r}; write it as 2026-10")
    return date(int(found[1]), int(found[2]), 1)


def shifted(month: date, by: int) -> date:
    """Return the first day of the month that many months later."""
    years, months = divmod(month.year * 12 + month.month - 1 + by, 12)
    return date(years, months + 1, 1)
