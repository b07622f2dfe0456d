"""Places and bands say no more than the numbers do."""

from __future__ import annotations

import numpy as np
import pytest

from ratings import shrinkage, standing
from ratings.simulation import METHOD, play, true_bands


def test_overlapping_intervals_share_their_places():
    low, high = np.array([80.0, 70, 20, 10]), np.array([90.0, 85, 40, 15])
    best, worst = standing.places(low, high)
    assert best.tolist() == [1, 1, 3, 4]
    assert worst.tolist() == [2, 2, 3, 4]


def test_places_agree_with_comparing_each_with_each():
    dice = np.random.default_rng(7)
    low = dice.uniform(0, 100, 300)
    high = low + dice.uniform(0, 30, 300)
    best, worst = standing.places(low, high)
    for i in range(300):
        assert best[i] == 1 + sum(low[j] > high[i] for j in range(300))
        assert worst[i] == 300 - sum(high[j] < low[i] for j in range(300))


def test_the_band_is_the_most_likely_one():
    band, chance = standing.bands(
        METHOD.bands, np.array([90.0, 69, 46, 20]), np.array([1.0, 0.1, 8, 3])
    )
    assert [METHOD.bands[i].code for i in band] == ["green", "yellow", "yellow", "red"]
    assert chance[0] > 0.999
    assert 0.5 < chance[2] < 0.6


def test_bands_are_right_as_often_as_is_said():
    dice = np.random.default_rng(11)
    right, said = [], []
    for _ in range(40):
        played = play(dice, companies=60)
        band, chance = standing.bands(METHOD.bands, played.scores.score, played.scores.sd)
        right.append((band == true_bands(played)).mean())
        said.append(chance.mean())
    assert np.mean(right) == pytest.approx(np.mean(said), abs=0.03)
    assert np.mean(right) > 0.8


def test_a_company_with_three_requests_neither_leads_nor_trails_by_luck():
    dice = np.random.default_rng(3)
    for _ in range(150):
        scores = play(dice, companies=40, tiny=True).scores
        best, worst = standing.places(scores.low, scores.high)
        assert scores.score[1:].min() < scores.score[0] < scores.score[1:].max()
        assert worst[0] - best[0] > 20


@pytest.mark.parametrize("hits", [0, 3])
def test_three_of_three_is_no_record(hits):
    dice = np.random.default_rng(5)
    quality = dice.beta(8, 2, 40)
    trials = dice.integers(30, 400, 40)
    count = dice.binomial(trials, quality)
    trials[0], count[0] = 3, hits
    mean = shrinkage.shares(count, trials).mean
    assert mean[1:].min() < mean[0] < mean[1:].max()
