"""The table: on the screen while it is measured, and in docs/performance.md."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bench.rows import Row

BEGIN, END = "<!-- table: make bench writes it -->", "<!-- end of the table -->"
GROWTH = 1.3


def lines(sizes: dict[int, list[Row]], whole: list[Row]) -> list[str]:
    """Return the Markdown lines of all tables."""
    said: list[str] = []
    for size, rows in sizes.items():
        said += [
            f"### {size:,} requests".replace(",", " "),
            "",
            "| work | portal | floor | ratio | raw SQL | target | statements | |",
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |",
            *(_line(row) for row in rows),
            "",
        ]
    said += _growth(sizes)
    if whole:
        said += [
            "### The whole portal",
            "",
            "| what | measured | target | |",
            "| --- | ---: | ---: | --- |",
            *(
                f"| {row.name} | {_value(row)} | ≤ {row.target:g} {row.unit} | {_verdict(row)} |"
                for row in whole
            ),
            "",
        ]
    return said


def _line(row: Row) -> str:
    floor = f"{row.floor:,.2f} {row.unit}" if row.floor else "–"
    ratio = f"{row.ratio:.2f} ×" if row.floor else "–"
    raw = f"{row.raw:.2f} ms" if row.raw is not None else "–"
    sign = "≥" if row.more_is_better else "≤"
    unit = "×" if row.floor else row.unit
    queries = "–" if row.queries is None else str(row.queries)
    return (
        f"| {row.name} | {_value(row)} | {floor} | {ratio} | {raw} | {sign} {row.target:g} {unit} |"
        f" {queries} | {_verdict(row)} |"
    )


def _value(row: Row) -> str:
    return f"{row.value:,.2f} {row.unit}" if row.value < 100 else f"{row.value:,.0f} {row.unit}"


def _verdict(row: Row) -> str:
    return "ok" if row.is_met else "**over**"


def _growth(sizes: dict[int, list[Row]]) -> list[str]:
    if len(sizes) < 2:
        return []
    small, large = sizes[min(sizes)], {row.name: row for row in sizes[max(sizes)]}
    said = [
        f"### Growth from {min(sizes):,} to {max(sizes):,} requests".replace(",", " "),
        "",
        f"| work | small | large | growth (≤ {GROWTH}) | |",
        "| --- | ---: | ---: | ---: | --- |",
    ]
    for row in small:
        other = large.get(row.name)
        if other is None:
            continue
        growth = row.value / other.value if row.more_is_better else other.value / row.value
        verdict = "ok" if growth <= GROWTH else "**over**"
        said.append(
            f"| {row.name} | {_value(row)} | {_value(other)} | {growth:.2f} × | {verdict} |"
        )
    return [*said, ""]


def derived(rows: list[Row]) -> list[Row]:
    """Return the rows that compare two measured ones: deep with first, common with rare."""
    by_name = {row.name: row for row in rows}
    pairs = (
        ("Desk API, deep page", "Desk API, first page", 1.3),
        ("Work list in admin, deep page", "Work list in admin, first page", 1.3),
        ("Queue page, deep", "Queue page, first", 1.3),
        ("Public list, deep page", "Public list, first page", 1.3),
        ("Open311 list, deep page", "Open311 list, first page", 1.3),
        ("Search, common word", "Search, rare word", 20.0),
    )
    return [
        Row(f"{a} ÷ {b}", by_name[a].value, by_name[b].value, target, floor_is=b)
        for a, b, target in pairs
        if a in by_name and b in by_name
    ]


def write(path: Path, said: Iterable[str]) -> None:
    """Put the tables between their marks, and leave the rest of the page as it is."""
    text = (
        path.read_text(encoding="utf-8") if path.exists() else f"# Performance\n\n{BEGIN}\n{END}\n"
    )
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    body = "\n".join(said)
    path.write_text(f"{before}{BEGIN}\n\n{body}\n{END}{after}", encoding="utf-8")


def rows_of(found: list[dict[str, Any]]) -> list[Row]:
    """Return rows as another process wrote them."""
    return [Row(**values) for values in found]
