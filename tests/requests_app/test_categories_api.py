"""The tree of matters over HTTP: whole, in order, cheap, and only what takes requests today."""

from __future__ import annotations

from datetime import date

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from requests_app.models import Category, Norm

URL = "/api/v1/categories/"

pytestmark = pytest.mark.django_db


def listed(client) -> dict[str, dict[str, object]]:
    return {row["slug"]: row for row in client.get(URL).json()}


def test_the_whole_tree_is_there(client, categories):
    rows = client.get(URL).json()
    assert len(rows) == len(categories) == 120
    assert [row["slug"] for row in rows if row["parent"] is None][:3] == [
        "heating",
        "hot_water",
        "cold_water",
    ]
    tops = {row["slug"] for row in rows if not row["leaf"]}
    assert {row["parent"] for row in rows if row["leaf"]} == tops


def test_a_row_says_what_design_fixes(client, categories):
    assert listed(client)["gas_smell"] == {
        "slug": "gas_smell",
        "name": "Пахнет газом",
        "parent": "gas_vent",
        "leaf": True,
        "emergency": True,
        "hint": "",
        "stop_kind": "call_first",
        "stop_message": categories["gas_smell"].stop_message,
    }


def test_what_takes_no_requests_is_not_shown(client, categories):
    Category.objects.filter(slug="en_door").update(is_open=False)
    Category.objects.filter(slug="city").update(is_open=False)
    Norm.objects.filter(category__slug="en_ramp").update(
        in_force=DateRange(date(2020, 1, 1), date(2021, 1, 1))
    )
    rows = listed(client)
    assert {"en_door", "city", "ct_pothole", "other", "en_ramp"}.isdisjoint(rows)
    assert "entrance" in rows


def test_a_top_without_leaves_is_not_shown(client, categories):
    Category.objects.create(slug="empty", name="Пусто")
    assert "empty" not in listed(client)


def test_one_query_however_large_the_tree(client, categories, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get(URL)


def test_an_unchanged_tree_is_not_sent_again(client, categories):
    first = client.get(URL)
    again = client.get(URL, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    Category.objects.filter(slug="en_door").update(name="Дверь")
    assert client.get(URL, headers={"If-None-Match": first["ETag"]}).status_code == 200
    assert set(first["Cache-Control"].split(", ")) == {"public", "max-age=60"}


def test_nothing_can_be_written_here(client, categories):
    answer = client.post(URL, {"slug": "x"}, content_type="application/json")
    assert answer.status_code == 405
    assert answer["Content-Type"] == "application/problem+json"
