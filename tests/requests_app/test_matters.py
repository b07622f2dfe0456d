"""Everyday words find the matter they mean."""

from __future__ import annotations

import pytest

from requests_app.filing import matters
from tests.city_fixtures import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def groups(categories) -> list[matters.Group]:
    return matters.groups(NOON)


@pytest.mark.parametrize(
    ("words", "group"),
    [
        ("холодные батареи", "heating"),
        ("батарея не греет", "heating"),
        ("нет горячей воды", "hot_water"),
        ("застрял лифт", "lift_chute"),
        ("пахнет газом", "gas_vent"),
        ("засор канализации", "sewerage"),
        ("нет света", "electricity"),
        ("горячая вада", "hot_water"),
    ],
)
def test_everyday_words_lead_to_the_right_service(groups, words, group):
    found = matters.search(words, groups)
    service = {matter.slug: known.slug for known in groups for matter in known.matters}
    assert found
    assert service[found[0].slug] == group


@pytest.mark.parametrize("words", ["", "   ", "щщщщщ", "\x00", "'%_"])
def test_what_means_nothing_finds_nothing(groups, words):
    assert matters.search(words, groups) == []


def test_groups_take_one_query(categories, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert matters.groups(NOON)


def test_a_closed_matter_is_not_offered(categories):
    categories["ht_riser"].is_open = False
    categories["ht_riser"].save()
    offered = {matter.slug for group in matters.groups(NOON) for matter in group.matters}
    assert "ht_riser" not in offered
    assert "ht_none" in offered
