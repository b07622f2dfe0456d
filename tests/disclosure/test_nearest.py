"""«Houses near me»: nearest first, by index, and nonsense finds nothing."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from disclosure import nearest

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 2)
LAT, LON = 54.3142, 48.4031


@pytest.fixture
def street(make_building):
    """Four houses eastwards: at 0, 65, 130 and 1300 metres."""
    return [make_building(lat=LAT, lon=LON + east) for east in (0, 0.001, 0.002, 0.02)]


def test_the_nearest_house_comes_first_and_a_far_one_not_at_all(street):
    found = nearest.find(lat=LAT, lon=LON + 0.0012, on=DAY)
    assert [house.id for house in found] == [street[1].pk, street[2].pk, street[0].pk]
    assert not any(house.is_guess for house in found)


def test_a_house_without_coordinates_is_nowhere(make_building):
    make_building(lat=None, lon=None)
    assert nearest.find(lat=LAT, lon=LON, on=DAY) == []


def test_one_statement_finds_them(street, django_assert_num_queries):
    with django_assert_num_queries(1):
        nearest.find(lat=LAT, lon=LON, on=DAY, limit=2)


def test_the_index_serves_the_search(street):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        half = 0.003
        cursor.execute(
            f"EXPLAIN {nearest._SQL}{nearest.FOUND_SQL}",
            [LAT, LON, half, half, half, half, 10, DAY],
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "building_by_place" in plan


@pytest.mark.parametrize(("lat", "lon"), [(90, 0), (-91, 0), (0, 181), (float("nan"), 0)])
def test_a_place_off_the_map_has_no_houses(lat, lon):
    assert nearest.find(lat=lat, lon=lon, on=DAY) == []


@pytest.mark.parametrize("text", ["", "54.3", "54.3;48.4", "a,b", "nan,nan", "91,0", "1,inf", ",,"])
def test_words_that_are_no_place_are_none(text):
    assert nearest.place_of(text) is None


@given(st.text(max_size=30))
def test_any_text_is_a_place_or_none(text):
    place = nearest.place_of(text)
    assert place is None or (abs(place[0]) <= 90 and abs(place[1]) <= 180)


def test_the_api_finds_by_place(street, client):
    found = client.get("/api/v1/buildings/", {"near": f"{LAT},{LON}"}).json()["results"]
    assert found[0]["id"] == street[0].pk


def test_the_api_names_the_field_of_a_wrong_place(client):
    answer = client.get("/api/v1/buildings/", {"near": "here"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "near"


def test_the_address_step_shows_houses_nearby(street, client):
    page = client.get("/requests/new/", {"near": f"{LAT},{LON}"}).content.decode()
    assert f"?building={street[0].pk}" in page
    assert f"?building={street[3].pk}" not in page


def test_the_address_step_says_when_no_house_is_near(street, client):
    page = client.get("/requests/new/", {"near": "10,10"}).content.decode()
    assert "Рядом нет домов" in page
