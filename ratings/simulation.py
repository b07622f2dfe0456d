"""Invented companies whose true quality is known, to see what the rating makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ratings import methodology, shrinkage, standing
from ratings.methodology import Methodology
from ratings.shrinkage import Floats, Shrunk

METHOD: Methodology = methodology.read(methodology.newest())
# Average and alikeness of companies in each indicator, and trials a year of a middling company.
TRUTH = {
    "in_time": (0.80, 9, 150),
    "reopened": (0.10, 20, 120),
    "repeated": (0.12, 25, 160),
    "emergencies": (0.85, 8, 20),
    "faults": (1.0, 8, 150),
    "acts": (0.6, 5, 120),
    "confirmed": (0.8, 12, 60),
    "marks": (0.75, 10, 40),
    "recalculated": (0.5, 6, 15),
    "disclosed": (0.6, 4, 40),
    "violations": (1.0, 4, 5),
    "debts": (0.5, 3, 18),
}


# What is known of a company with three requests as a whole: forms and debts like any other's, and
# middling, so that only the three requests can be luck.
TINY = {"recalculated": 0, "disclosed": 40, "violations": 1, "debts": 18}


@dataclass
class Round:
    """One simulated year: what is true, and what the rating says."""

    true: dict[str, Floats]
    known: dict[str, Shrunk]
    true_score: Floats
    scores: standing.Scores


def play(dice: np.random.Generator, *, companies: int, tiny: bool = False) -> Round:
    """Draw companies and rate them; a `tiny` first one has three requests and middling quality."""
    size = dice.lognormal(0, 1.2, companies)
    true: dict[str, Floats] = {}
    known: dict[str, Shrunk] = {}
    for indicator in METHOD.indicators:
        average, alike, trials = TRUTH[indicator.code]
        exposure = np.maximum(dice.poisson(trials * size), 0)
        if tiny:
            exposure[0] = TINY.get(indicator.code, 3)
        if indicator.kind == "share":
            quality = dice.beta(average * alike, (1 - average) * alike, companies)
            if tiny:
                quality[0] = average
            count = dice.binomial(exposure, quality)
            if tiny and indicator.code in TINY:
                count[0] = round(average * exposure[0])
            known[indicator.code] = shrinkage.shares(count, exposure)
        else:
            quality = dice.gamma(alike, average / alike, companies)
            if tiny:
                quality[0] = average
            count = dice.poisson(exposure * quality)
            if tiny and indicator.code in TINY:
                count[0] = round(average * exposure[0])
            known[indicator.code] = shrinkage.rates(count, exposure)
        true[indicator.code] = quality
    true_score = np.zeros(companies)
    for indicator in METHOD.indicators:
        share = indicator.weight / methodology.WHOLE
        true_score += share * standing.points(indicator, true[indicator.code])
    scores = standing.scores(METHOD.indicators, [known[i.code] for i in METHOD.indicators])
    return Round(true, known, true_score, scores)


def true_bands(played: Round) -> Floats:
    """Return, by its order, the band that each company's true quality deserves."""
    limits = np.array([band.at_least for band in METHOD.bands])
    return (played.true_score[:, None] >= limits).argmax(axis=1).astype(float)


def table(*, rounds: int, seed: int) -> Iterator[str]:
    """Yield the lines of the table in docs/ratings.md."""
    yield "| | 12 companies | 60 companies | 600 companies |"
    yield "| --- | ---: | ---: | ---: |"
    cities = []
    for companies in (12, 60, 600):
        dice = np.random.default_rng(seed)
        played = max(rounds * 60 // companies, 10)
        cities.append([play(dice, companies=companies) for _ in range(played)])
    for indicator in METHOD.indicators:
        code = indicator.code
        cells = [
            _mean([_covered(one.true[code], one.known[code]) for one in city]) for city in cities
        ]
        yield _line(f"interval of `{code}` holds the truth", cells)
    yield _line(
        "interval of the score holds the truth",
        [_mean([_covered(one.true_score, one.scores) for one in city]) for city in cities],
    )
    said, right = [], []
    for city in cities:
        found = [standing.bands(METHOD.bands, one.scores.score, one.scores.sd) for one in city]
        said.append(_mean([chance.mean() for _band, chance in found]))
        pairs = zip(found, city, strict=True)
        right.append(_mean([(band == true_bands(one)).mean() for (band, _), one in pairs]))
    yield _line("bands are right", right)
    yield _line("bands say of themselves that they are right", said)


def _mean(values: list[float]) -> float:
    return float(np.mean(values))


def _covered(true: Floats, known: Shrunk | standing.Scores) -> float:
    return float(((known.low <= true) & (true <= known.high)).mean())


def _line(name: str, cells: list[float]) -> str:
    return f"| {name} | " + " | ".join(f"{cell:.1%}" for cell in cells) + " |"
