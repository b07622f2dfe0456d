"""How a score moved: arrows are as sure as they say, and never bolder."""

from __future__ import annotations

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as some

from ratings import changes, showing
from ratings.models import RatingResult


def result(score, doubt=5):
    return RatingResult(score=score, low=max(score - doubt, 0), high=min(score + doubt, 100))


@pytest.mark.parametrize(
    ("then", "now", "icon", "words"),
    [
        (50, 70, "arrow-up", "уверенно лучше на 20,0"),
        (70, 50, "arrow-down", "уверенно хуже на 20,0"),
        (50, 53, "arrow-up", "скорее всего лучше на 3,0"),
        (50, 51, "level", "заметных изменений нет"),
        (50, 50, "level", "заметных изменений нет"),
    ],
)
def test_a_change_is_told_as_surely_as_it_is_known(then, now, icon, words):
    with translation.override("ru"):
        found = changes.between(result(now), result(then))
        assert (found.icon, found.words) == (icon, words)


@given(some.integers(10, 90), some.integers(10, 90), some.integers(1, 9))
def test_more_doubt_never_makes_a_change_surer(then, now, doubt):
    sure = changes.between(result(now, doubt), result(then, doubt))
    unsure = changes.between(result(now, doubt + 1), result(then, doubt + 1))
    assert 0.5 <= unsure.certainty <= sure.certainty <= 1
    assert sure.points == now - then


def test_a_chart_needs_two_months():
    assert showing.chart([result(50)]) is None
