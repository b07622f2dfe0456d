"""
Whether requests come together more often than their past explains: one test, pure functions.

Each new request asks, for its house, its street and its supply zone, and for each window that
ends with it: given this request, how likely is it that so many others fell into the window by
chance? The others follow a negative binomial law, a gamma-mixed Poisson one:

- its mean is what the history of the place promises for these hours of the week and this season,
  times how busy the rest of the city has been with the same utility since yesterday (frost);
- its spread grows with what is not known: a short history, a short look at the city, weather.

Houses are counted in a street and a zone, so that one house's echo makes no burst of a street.
Callers are counted in a house and, once more, in a street: there the law allows for neighbours who
follow one another about one riser (an "echo").

The chain of tests is allowed for: a request is tested `TESTS` times, and the chance of each is held
to `FALSE_ALARMS_A_MONTH` divided by the number of tests in a month. The expected number of false
alarms is then at most that, however strongly the tests depend on each other.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

FALSE_ALARMS_A_MONTH = 0.5


class Scope(StrEnum):
    """Over which place the requests are counted, narrow to wide."""

    HOUSE = "house"
    STREET = "street"
    ZONE = "zone"


WINDOWS = (timedelta(minutes=20), timedelta(hours=1), timedelta(hours=4))


class Counted(StrEnum):
    """What is counted: people, or houses that called at least once."""

    CALLERS = "callers"
    HOUSES = "houses"


# Fewer houses and callers are never a mass fault, whatever the odds.
LEAST = {
    (Scope.HOUSE, Counted.CALLERS): (1, 3),
    (Scope.STREET, Counted.HOUSES): (3, 3),
    (Scope.STREET, Counted.CALLERS): (2, 4),
    (Scope.ZONE, Counted.HOUSES): (4, 4),
}
TESTS = len(LEAST) * len(WINDOWS)
# A city too quiet to count is tested as if it had this many requests in a month.
FEWEST_A_MONTH = 500.0
# A gamma's shape: how many requests what we believe beforehand weighs.
PRIOR = 3.0
# Hours differ by what no history says: an advert, a match on television, the first snow.
UNEXPLAINED = 8.0
# How long an echo may follow; it comes rather sooner than later.
ECHO_WITHIN = timedelta(hours=4)
_TERMS = 20_000


@dataclass(frozen=True, kw_only=True)
class Expected:
    """
    What the past promises for one window of one place.

    `mean` requests; `shape` of the gamma that says how well the mean is known; `echo` the share of
    requests that another of the same house follows, 0 where houses are counted.
    """

    mean: float
    shape: float
    echo: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A burst: where, in which window, what was seen and expected, and how likely by chance."""

    scope: Scope
    counted: Counted
    window: timedelta
    seen: int
    expected: float
    chance: float


def chance_of_others(others: int, expected: Expected) -> float:
    """
    Return the chance that, beside one request, at least `others` more fall into its window.

    Seen from one of its points, a negative binomial count has the same odds and a shape greater by
    one: places where requests come together are seen from more of their requests.
    """
    if others <= 0:
        return 1.0
    mean = max(expected.mean, 1e-12)
    followed = min(max(expected.echo, 0.0), 0.9)
    spread = 1.0 / (1.0 - followed) + mean / expected.shape  # variance over mean
    if spread <= 1.0 + 1e-12:
        return _tail_of_poisson(others, mean)
    odds = (spread - 1.0) / spread
    return _tail(others, mean / (spread - 1.0) + 1.0, odds)


def limit(requests_a_month: float) -> float:
    """Return the chance below which a burst is told of, in a city with so many requests a month."""
    return FALSE_ALARMS_A_MONTH / (TESTS * max(requests_a_month, FEWEST_A_MONTH))


def echo_within(window: timedelta, echo: float) -> float:
    """Return the share of requests that an echo follows within the window, from that of all."""
    return echo * math.sqrt(min(window / ECHO_WITHIN, 1.0))


def joined(*shapes: float) -> float:
    """Return the shape of a product of gammas that know their means with these shapes."""
    return 1.0 / sum(1.0 / shape for shape in shapes)


def share_of(*, seen: float, promised: float) -> float:
    """
    Return how much busier than promised a place is: `seen` requests where the average said so many.

    A place that was hardly seen stays near one.
    """
    return (PRIOR + seen) / (PRIOR + promised)


def _tail(least: int, shape: float, odds: float) -> float:
    """Return P(N ≥ least) of a negative binomial law, summed term by term: no cancellation."""
    log = (
        math.lgamma(shape + least)
        - math.lgamma(shape)
        - math.lgamma(least + 1)
        + shape * math.log1p(-odds)
        + least * math.log(odds)
    )
    return _summed(math.exp(log), least, lambda n: odds * (shape + n) / (n + 1))


def _tail_of_poisson(least: int, mean: float) -> float:
    log = least * math.log(mean) - mean - math.lgamma(least + 1)
    return _summed(math.exp(log), least, lambda n: mean / (n + 1))


def _summed(term: float, first: int, ratio: Callable[[int], float]) -> float:
    total, count = 0.0, first
    while True:
        total += term
        step = ratio(count)
        term *= step
        count += 1
        # Past the mode terms fall; far below the sum they no longer matter.
        if (step < 1.0 and term < total * 1e-9) or count > first + _TERMS:
            return min(total, 1.0)
