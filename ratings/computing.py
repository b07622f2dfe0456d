"""
From the frozen input to every company's standing: one pure function, the same for ever.

Whoever has the input and the methodology gets these numbers, rounded here and nowhere else, so
that the last bit of a machine's arithmetic does not show.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from ratings import inputs, shrinkage, standing
from ratings.inputs import Line
from ratings.methodology import BY_FLATS, COUNTS, EXPECTED, Indicator, Methodology
from ratings.results import Standing
from ratings.shrinkage import Floats, Shrunk

_DIGITS = 4


def compute(text: str, method: Methodology, *, window_days: int) -> list[Standing]:
    """Return the standings: those with a place first, the higher score first."""
    lines = inputs.read(text)
    names = sorted({line.company for line in lines})
    if not names:
        return []
    columns = _columns(lines, names, method)
    flats = np.rint(columns["flat_days"] / window_days).astype(int)
    groups = np.array([method.group_of(int(each)) for each in flats])
    known, averages = [], []
    for indicator in method.indicators:
        shrunk, average = _known(indicator, columns, groups, method)
        known.append(shrunk)
        averages.append(average)
    found = standing.scores(method.indicators, known)
    rated = (columns["due"] >= method.least_due) & (columns["days"] >= method.least_days)
    best, worst, rivals = (np.zeros(len(names), dtype=int) for _ in range(3))
    for group in set(groups):
        there = np.flatnonzero((groups == group) & rated)
        best[there], worst[there] = standing.places(found.low[there], found.high[there])
        rivals[there] = len(there)
    band, chance = standing.bands(method.bands, found.score, found.sd)
    made = [
        Standing(
            company=name,
            group=str(groups[i]),
            is_rated=bool(rated[i]),
            score=_decimal(found.score[i], 2),
            low=_decimal(found.low[i], 2),
            high=_decimal(found.high[i], 2),
            band=method.bands[band[i]].code if rated[i] else "",
            certainty=_decimal(chance[i], 3) if rated[i] else None,
            best=int(best[i]) if rated[i] else None,
            worst=int(worst[i]) if rated[i] else None,
            rivals=int(rivals[i]),
            indicators=[
                _told(indicator, columns, shrunk, average, i)
                for indicator, shrunk, average in zip(
                    method.indicators, known, averages, strict=True
                )
            ],
        )
        for i, name in enumerate(names)
    ]
    return sorted(made, key=lambda one: (not one.is_rated, -one.score, one.company))


def _columns(lines: Sequence[Line], names: list[str], method: Methodology) -> dict[str, Floats]:
    """Return each count by company, and how many faults its flats and their age would expect."""
    place = {name: i for i, name in enumerate(names)}
    whose = np.array([place[line.company] for line in lines])
    columns: dict[str, Floats] = {}
    for code in (*COUNTS, "flat_days"):
        values = [line.flat_days if code == "flat_days" else line.counts[code] for line in lines]
        columns[code] = np.bincount(whose, weights=values, minlength=len(names)).astype(float)
    columns["days"] = np.zeros(len(names))
    np.maximum.at(columns["days"], whose, [line.days for line in lines])
    expected = np.zeros(len(names))
    for age in method.ages:
        of_age = [line for line in lines if line.age == age.code]
        exposed = sum(line.flat_days for line in of_age)
        # Faults of houses whose flats nobody knows would count against nothing.
        faults = sum(line.counts["faults"] for line in of_age if line.flat_days)
        for line in of_age:
            expected[place[line.company]] += faults / exposed * line.flat_days if exposed else 0
    columns[EXPECTED] = expected
    known = [line.counts["faults"] if line.flat_days else 0 for line in lines]
    columns["faults"] = np.bincount(whose, weights=known, minlength=len(names)).astype(float)
    columns["faults"][expected == 0] = 0
    return columns


def _known(
    indicator: Indicator, columns: dict[str, Floats], groups: Any, method: Methodology
) -> tuple[Shrunk, Floats]:
    """Shrink toward the average of the company's size, or of all where its size has too few."""
    shrink = shrinkage.rates if indicator.kind == "rate" else shrinkage.shares
    count, of = _counted(indicator, columns)
    made = {name: np.zeros(len(of)) for name in ("mean", "sd", "low", "high", "average")}
    for group in sorted(set(groups)):
        members = groups == group
        pool = members if members.sum() >= method.pool_at_least else np.ones(len(of), dtype=bool)
        # One more company of which nothing is known: what it gets is the average of the pool.
        found = shrink(np.append(count[pool], 0), np.append(of[pool], 0))
        for name in ("mean", "sd", "low", "high"):
            made[name][members] = getattr(found, name)[:-1][members[pool]]
        made["average"][members] = found.mean[-1]
    average = made.pop("average")
    return Shrunk(**made), average


def _counted(indicator: Indicator, columns: dict[str, Floats]) -> tuple[Floats, Floats]:
    """Return what is counted, and of how much."""
    count = columns[indicator.count]
    if indicator.of != BY_FLATS:
        return count, columns[indicator.of]
    exposed = columns["flat_days"]
    # What is found where nobody knows a flat would count against nothing.
    known = np.where(exposed > 0, count, 0)
    whole = exposed.sum()
    return known, known.sum() * exposed / whole if whole else np.zeros_like(exposed)


def _told(
    indicator: Indicator, columns: dict[str, Floats], shrunk: Shrunk, average: Floats, i: int
) -> dict[str, Any]:
    mean = shrunk.mean[i]
    count, of = _counted(indicator, columns)
    return {
        "code": indicator.code,
        "count": int(count[i]),
        "of": round(float(of[i]), _DIGITS),
        "value": round(float(mean), _DIGITS),
        "low": round(float(shrunk.low[i]), _DIGITS),
        "high": round(float(shrunk.high[i]), _DIGITS),
        "average": round(float(average[i]), _DIGITS),
        "points": round(float(standing.points(indicator, mean)), 2),
    }


def _decimal(value: float, digits: int) -> Decimal:
    return Decimal(f"{value:.{digits}f}")
