"""Intervals hold what they promise, small numbers stay near the average, and nothing is NaN."""

from __future__ import annotations

import numpy as np
import pytest

from ratings import shrinkage
from ratings.simulation import METHOD, play

ROUNDS = 40


@pytest.fixture(scope="module")
def rounds():
    dice = np.random.default_rng(20261125)
    return [play(dice, companies=companies) for companies in (12, 60) for _ in range(ROUNDS)]


@pytest.mark.parametrize("code", [indicator.code for indicator in METHOD.indicators])
def test_intervals_of_95_percent_cover_the_truth_at_least_93_times_of_a_hundred(rounds, code):
    covered = np.concatenate(
        [(r.known[code].low <= r.true[code]) & (r.true[code] <= r.known[code].high) for r in rounds]
    )
    assert 0.93 <= covered.mean() <= 0.985


def test_intervals_of_the_score_cover_the_truth_at_least_93_times_of_a_hundred(rounds):
    covered = np.concatenate(
        [(r.scores.low <= r.true_score) & (r.true_score <= r.scores.high) for r in rounds]
    )
    assert 0.93 <= covered.mean() <= 0.99


def test_small_numbers_are_drawn_to_the_average_and_large_ones_stay():
    hits = [270, 3, 0, 850, 700, 420, 90, 640]
    trials = [300, 3, 0, 1000, 1000, 600, 130, 800]
    found = shrinkage.shares(hits, trials)
    average = found.mean[2]
    assert 0.7 < average < 0.9
    assert average < found.mean[1] < 0.9
    assert abs(found.mean[3] - 0.85) < 0.01
    assert found.high[1] - found.low[1] > 3 * (found.high[3] - found.low[3])


def test_rates_know_how_little_a_short_exposure_says():
    found = shrinkage.rates([12, 0, 60, 1200, 300], [0.2, 0.2, 2, 20, 10])
    assert 0 < found.mean[1] < 30
    assert found.mean[0] < 55
    assert found.mean[3] == pytest.approx(60, abs=1)


@pytest.mark.parametrize("companies", [1, 2, 3000])
def test_any_number_of_companies_gets_numbers(companies):
    trials = np.arange(companies) % 7
    for found in (
        shrinkage.shares(trials // 2, trials),
        shrinkage.rates(trials * 2, trials),
        shrinkage.shares(trials, trials),
        shrinkage.shares(trials * 0, trials),
    ):
        for column in (found.mean, found.sd, found.low, found.high):
            assert np.isfinite(column).all()
        assert (found.low <= found.mean).all()
        assert (found.mean <= found.high).all()


@pytest.mark.parametrize(
    ("count", "of"), [([2], [1]), ([-1], [1]), ([1, 1], [1]), ([float("nan")], [1])]
)
def test_impossible_counts_are_refused(count, of):
    with pytest.raises(ValueError, match=r"counts|successes|length"):
        shrinkage.shares(count, of)


def test_events_without_exposure_are_refused():
    with pytest.raises(ValueError, match="exposure"):
        shrinkage.rates([1], [0])
