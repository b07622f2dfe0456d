"""Invented companies whose true quality is known, to see what the rating makes of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ratings import methodology, shrinkage, standing
from ratings.methodology import Methodology
from ratings.shrinkage import Shrunk

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
}


@dataclass
class Round:
    """One simulated year: what is true, and what the rating says."""

    true: dict[str, np.ndarray]
    known: dict[str, Shrunk]
    true_score: np.ndarray
    scores: standing.Scores


def play(dice: np.random.Generator, *, companies: int, tiny: bool = False) -> Round:
    """Draw companies and rate them; a `tiny` first one has three requests and middling quality."""
    size = dice.lognormal(0, 1.2, companies)
    true, known = {}, {}
    for indicator in METHOD.indicators:
        average, alike, trials = TRUTH[indicator.code]
        exposure = np.maximum(dice.poisson(trials * size), 0)
        if tiny:
            exposure[0] = 3
        if indicator.kind == "share":
            quality = dice.beta(average * alike, (1 - average) * alike, companies)
            if tiny:
                quality[0] = average
            count = dice.binomial(exposure, quality)
            known[indicator.code] = shrinkage.shares(count, exposure)
        else:
            quality = dice.gamma(alike, average / alike, companies)
            if tiny:
                quality[0] = average
            count = dice.poisson(exposure * quality)
            known[indicator.code] = shrinkage.rates(count, exposure)
        true[indicator.code] = quality
    true_score = sum(
        indicator.weight / 100 * standing.points(indicator, true[indicator.code])
        for indicator in METHOD.indicators
    )
    scores = standing.scores(METHOD.indicators, [known[i.code] for i in METHOD.indicators])
    return Round(true, known, true_score, scores)
