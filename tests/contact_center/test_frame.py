"""The frame: colours, style guide, first page, error pages, the drawn city."""

from __future__ import annotations

import json

import pytest
from django.conf import settings as project
from django.template.loader import render_to_string
from django.urls import resolve

from contact_center.context import NAVIGATION, TAB_BAR
from contact_center.demo_city import drawing
from contact_center.templatetags import look
from requests_app.statuses import Outcome, Status

STREETS = json.loads((drawing.HERE / "streets.json").read_text(encoding="utf-8"))["streets"]


def test_theme_is_kept_in_a_cookie_and_returns_to_the_page(client):
    answer = client.post("/theme/", {"theme": "dark", "next": "/styleguide/"})
    assert (answer.status_code, answer["Location"]) == (302, "/styleguide/")
    assert answer.cookies["theme"].value == "dark"


@pytest.mark.parametrize("there", ["https://evil.example/", "//evil.example/", "javascript:1"])
def test_theme_never_leads_to_another_host(client, there):
    assert client.post("/theme/", {"theme": "dark", "next": there})["Location"] == "/"


def test_unknown_theme_sets_nothing(client):
    answer = client.post("/theme/", {"theme": "<script>"})
    assert "theme" not in answer.cookies


def test_get_changes_no_theme(client):
    assert client.get("/theme/?theme=dark").status_code == 405


@pytest.mark.django_db
def test_style_guide_exists_in_the_demo_only(client, settings):
    settings.DEMO = True
    assert client.get("/styleguide/").status_code == 200
    settings.DEMO = False
    assert client.get("/styleguide/").status_code == 404


@pytest.mark.parametrize("place", [*NAVIGATION, *TAB_BAR], ids=lambda place: place.path)
def test_navigation_leads_to_pages_that_exist(place):
    assert resolve(place.path)


def test_every_status_and_outcome_has_a_chip_and_every_icon_is_drawn():
    assert {*Status.values, *Outcome.values} <= set(look.CHIPS)
    sprite = (project.BASE_DIR / "static" / "img" / "icons.svg").read_text(encoding="utf-8")
    for name, _tone in look.CHIPS.values():
        assert f'id="{name}"' in sprite


@pytest.mark.parametrize(
    ("number", "shown"),
    [("+78005550012", "8 (800) 555-00-12"), ("112", "112"), ("", ""), ("abc", "abc")],
)
def test_phone_is_shown_as_people_read_it(number, shown):
    assert look.phone(number) == shown


def test_chip_escapes_its_words():
    shown = render_to_string("components/status_chip.html", {"status": "new", "word": "<b>"})
    assert "&lt;b&gt;" in shown


def test_streets_lie_in_their_districts_and_out_of_the_river():
    assert len({street["name"] for street in STREETS}) == len(STREETS) >= 30
    city = project.CITY
    for street in STREETS:
        ring = drawing.to_degrees(drawing.districts()[street["district"]])
        river = drawing.to_degrees(drawing.water()[0])
        middle = street["line"][len(street["line"]) // 2]
        assert street["district"] in city.districts
        assert drawing.is_inside(tuple(middle), [tuple(point) for point in ring])
        assert not drawing.is_inside(tuple(middle), [tuple(point) for point in river])


def test_drawn_files_are_what_the_drawing_draws():
    """A hand-edited map would be lost at the next drawing."""
    _features, named = drawing.lanes()
    assert named == STREETS
