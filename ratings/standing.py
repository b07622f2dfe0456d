"""From what is known of each company to its score, its band, and the places it may hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from ratings.methodology import WHOLE, Band, Indicator
from ratings.shrinkage import Floats, Shrunk

_Z = float(ndtri(0.975))


@dataclass(frozen=True)
class Scores:
    """Scores of 0 … 100 with their 95 % interval, one element a company."""

    score: Floats
    sd: Floats
    low: Floats
    high: Floats


def points(indicator: Indicator, value: Floats) -> Floats:
    """Return 0 … 100 points: a straight line from the floor to the goal."""
    line = WHOLE * (value - indicator.floor) / (indicator.goal - indicator.floor)
    return np.clip(line, 0, WHOLE)


def scores(indicators: Sequence[Indicator], known: Sequence[Shrunk]) -> Scores:
    """
    Return the weighted sum of points and its interval.

    Chance in one indicator is taken as independent of chance in another, given the companies' true
    quality; `docs/ratings.md` says where that is only nearly so.
    """
    total, variance = np.zeros_like(known[0].mean), np.zeros_like(known[0].mean)
    for indicator, shrunk in zip(indicators, known, strict=True):
        share = indicator.weight / WHOLE
        total = total + share * points(indicator, shrunk.mean)
        slope = WHOLE / (indicator.goal - indicator.floor)
        variance = variance + (share * slope * shrunk.sd) ** 2
    sd = np.sqrt(variance)
    return Scores(total, sd, np.clip(total - _Z * sd, 0, WHOLE), np.clip(total + _Z * sd, 0, WHOLE))


def places(low: Floats, high: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """
    Return the best and the worst place each company may hold, 1 being first.

    Only a company whose whole interval lies above counts as better: luck moves nobody.
    """
    better = len(low) - np.searchsorted(np.sort(low), high, side="right")
    worse = np.searchsorted(np.sort(high), low, side="left")
    return better + 1, len(low) - worse


def bands(steps: Sequence[Band], score: Floats, sd: Floats) -> tuple[NDArray[np.int64], Floats]:
    """
    Return the most likely band of each, by its order in `steps`, and how likely it is.

    `steps` run from the best band down; the last one begins at 0.
    """
    spread = np.maximum(sd, 1e-9)
    above = np.stack(
        [ndtr((score - band.at_least) / spread) for band in steps[:-1]] + [np.ones_like(score)]
    )
    chance = np.diff(above, axis=0, prepend=0)
    return chance.argmax(axis=0), chance.max(axis=0)
