"""
What a company's true share or rate most likely is, when chance had its say too.

Empirical Bayes, with the doubt about the group's own average and spread integrated out on a grid
rather than ignored, which is what makes intervals of a dozen companies honest. Pure functions over
arrays: one element a company, no loop over companies.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, gammaincinv, gammaln

Floats = NDArray[np.float64]
# The edges of a 95 % interval.
EDGES = (0.025, 0.975)
_STEPS = 15
# Each look narrows the grid to where the mass lies; four settle it for a dozen or for thousands.
_LOOKS = 4
_REACH = 4.0
_CENTRE_OF_SHARES = (-6.0, 6.0)  # logit of the average share
_CENTRE_OF_RATES = (-3.0, 3.0)  # logarithm of the average rate
_ALIKENESS = (0.0, 8.5)  # logarithm of how alike companies are: 1 … 5,000 trials' worth


@dataclass(frozen=True)
class Shrunk:
    """Posterior mean, standard deviation and 95 % interval, one element a company."""

    mean: Floats
    sd: Floats
    low: Floats
    high: Floats


def shares(count: ArrayLike, of: ArrayLike) -> Shrunk:
    """
    Shrink `count` successes in `of` trials (beta-binomial) toward the companies' average.

    A company without a trial gets the average with the spread of the companies around it.
    """
    hits, trials = _arrays(count, of)
    if np.any(hits > trials):
        raise ValueError("more successes than trials")
    missed = trials - hits

    def weigh(centre: Floats, alike: Floats) -> Floats:
        mean, k = _share(centre), np.exp(alike)
        a, b = k * mean, k * (1 - mean)
        each = (
            gammaln(a[:, None] + hits)
            + gammaln(b[:, None] + missed)
            - gammaln((a + b)[:, None] + trials)
            - (gammaln(a) + gammaln(b) - gammaln(a + b))[:, None]
        ).sum(axis=1)
        # Even over the average share, and over the spread of companies: little is assumed.
        return each + np.log(mean) + np.log1p(-mean) - alike / 2

    centre, alike, weight = _settle(weigh, _CENTRE_OF_SHARES)
    k, average = np.exp(alike)[:, None], _share(centre)[:, None]
    a, b = k * average + hits, k * (1 - average) + missed
    means = a / (a + b)
    mean, variance = _mixed(weight, means, means * (1 - means) / (a + b + 1))
    # A beta of the same mean and spread stands for the mixture.
    size = mean * (1 - mean) / variance - 1
    a, b = mean * size, (1 - mean) * size
    low, high = (betaincinv(a, b, edge) for edge in EDGES)
    return _shrunk(mean, variance, low, high)


def rates(count: ArrayLike, exposure: ArrayLike) -> Shrunk:
    """
    Shrink `count` events over `exposure` (gamma-Poisson) toward the companies' average rate.

    With what was expected as exposure, 1 is as many as expected.
    """
    events, exposed = _arrays(count, exposure)
    if np.any((exposed == 0) & (events > 0)):
        raise ValueError("events without exposure")

    def weigh(centre: Floats, alike: Floats) -> Floats:
        average, shape = np.exp(centre)[:, None], np.exp(alike)[:, None]
        scale = shape / average
        each = (
            gammaln(shape + events)
            - gammaln(shape)
            + shape * np.log(scale / (scale + exposed))
            - events * np.log(scale + exposed)
        ).sum(axis=1)
        return each - alike / 2

    centre, alike, weight = _settle(weigh, _CENTRE_OF_RATES)
    average, shape = np.exp(centre)[:, None], np.exp(alike)[:, None]
    grown, scale = shape + events, shape / average + exposed
    mean, variance = _mixed(weight, grown / scale, grown / scale**2)
    # A gamma of the same mean and spread stands for the mixture.
    size = mean**2 / variance
    low, high = (gammaincinv(size, edge) * mean / size for edge in EDGES)
    return _shrunk(mean, variance, low, high)


def _shrunk(mean: Floats, variance: Floats, low: Floats, high: Floats) -> Shrunk:
    # A share of nearly nothing has its mean in the tail: the interval is widened to hold it.
    return Shrunk(mean, np.sqrt(variance), np.minimum(low, mean), np.maximum(high, mean))


def _arrays(count: ArrayLike, of: ArrayLike) -> tuple[Floats, Floats]:
    counted, total = np.asarray(count, dtype=float), np.asarray(of, dtype=float)
    if counted.shape != total.shape or counted.ndim != 1:
        raise ValueError("both must be lists of one length")
    if np.any(counted < 0) or np.any(total < 0) or not np.isfinite(counted + total).all():
        raise ValueError("counts are finite and not negative")
    return counted, total


def _share(logit: Floats) -> Floats:
    return 1 / (1 + np.exp(-logit))


def _settle(
    weigh: Callable[[Floats, Floats], Floats], centres: tuple[float, float]
) -> tuple[Floats, Floats, Floats]:
    """Return points (centre, alikeness) and their posterior weights, on a grid that closes in."""
    boxes = [centres, _ALIKENESS]
    centre = alike = weight = np.empty(0)
    for _look in range(_LOOKS):
        axes = [np.linspace(low, high, _STEPS) for low, high in boxes]
        centre, alike = (grid.ravel() for grid in np.meshgrid(*axes))
        heights = weigh(centre, alike)
        weight = np.exp(heights - heights.max())
        weight /= weight.sum()
        closer = []
        for points, axis, bounds in zip((centre, alike), axes, (centres, _ALIKENESS), strict=True):
            mean = float((weight * points).sum())
            sd = float(np.sqrt((weight * (points - mean) ** 2).sum()))
            reach = max(_REACH * sd, float(axis[1] - axis[0]))
            closer.append((max(mean - reach, bounds[0]), min(mean + reach, bounds[1])))
        boxes = closer
    return centre, alike, weight


def _mixed(weight: Floats, means: Floats, variances: Floats) -> tuple[Floats, Floats]:
    """Return mean and variance of the mixture, a column a company."""
    share = weight[:, None]
    mean = (share * means).sum(axis=0)
    return mean, (share * (variances + means**2)).sum(axis=0) - mean**2
