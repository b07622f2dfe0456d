"""What is known of a company in the end, and the canonical text of all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ratings import inputs
from ratings.methodology import Methodology


@dataclass(frozen=True)
class Standing:
    """Where one company stands; without a place where too little is known."""

    company: str
    group: str
    is_rated: bool
    score: Decimal
    low: Decimal
    high: Decimal
    band: str
    certainty: Decimal | None
    best: int | None
    worst: int | None
    rivals: int
    indicators: list[dict[str, Any]]


def text_of(rows: Sequence[tuple[Standing, str]], method: Methodology) -> str:
    """Return results.csv of standings with the companies' names, in their order."""
    header = ["line", "company", "name", "group", "rated", "score", "low", "high"]
    header += ["band", "certainty", "best", "worst", "rivals"]
    keys = ("count", "of", "value", "low", "high", "average", "points")
    header += [f"{indicator.code}_{key}" for indicator in method.indicators for key in keys]
    table = []
    for number, (one, name) in enumerate(rows, start=1):
        told = {each["code"]: each for each in one.indicators}
        table.append(
            [number, one.company, _cell(name), one.group, int(one.is_rated), one.score, one.low]
            + [one.high, one.band, _blank(one.certainty), _blank(one.best), _blank(one.worst)]
            + [one.rivals]
            + [told[indicator.code][key] for indicator in method.indicators for key in keys]
        )
    return inputs.table(header, table)


def _blank(value: object) -> object:
    return "" if value is None else value


def _cell(name: str) -> str:
    # A spreadsheet would run a name that begins so as a formula.
    return f"'{name}" if name[:1] in {"=", "+", "-", "@", "\t", "\r"} else name
