"""The public list and map: everything a neighbour may know and nothing about a person."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actors import Nobody
from disclosure import panels as disclosure_panels
from requests_app import intake, panels
from requests_app.models import Incident, IncidentBuilding, Mark, Request
from requests_app.querysets import REPEAT_WITHIN
from requests_app.statuses import Outcome, Status, public_words
from tests.city_fixtures import EMERGENCY, NOON
from tests.requests_app.filing_steps import said_on, url

pytestmark = pytest.mark.django_db

SECRETS = {
    "name": "Секретова-Тайная",
    "email": "hidden.person@example.org",
    "phone": "+79005554433",
    "flat": "7319",
    "entrance": "8842",
    "description": "тайнословие о соседях",
}


@pytest.fixture
def secret_request(make_request) -> Any:
    """Return a maker of requests full of what nobody may read."""

    def make(**fields: Any) -> Request:
        values: dict[str, Any] = {
            "public": True,
            "flat": SECRETS["flat"],
            "entrance": SECRETS["entrance"],
            "description": SECRETS["description"],
            "contact": intake.Contact(
                name=SECRETS["name"], email=SECRETS["email"], phone=SECRETS["phone"]
            ),
        }
        return make_request(**{**values, **fields})

    return make


def rows(answer: Any) -> list[Any]:
    return list(answer.context["rows"])


def points(client: Client, **query: str) -> list[dict[str, Any]]:
    answer = client.get(url("points"), query)
    assert answer.status_code == 200
    return json.loads(answer.content)["features"]


@pytest.mark.parametrize("status", Status.values)
def test_no_public_page_tells_a_secret(client, secret_request, building, company, status):
    item = secret_request(status=status)
    at = timezone.now()
    shown = [
        said_on(client.get(url("list"))),
        said_on(client.get(url("points"))),
        said_on(client.get("/")),
        *(
            repr(maker(subject, Nobody(), at).values)
            for maker, subject in (
                (panels.outages_now, building),
                (panels.requests_here, building),
                (panels.requests_of_company, company),
            )
        ),
    ]
    assert item.category.name in shown[0]
    for page in shown:
        for secret in (*SECRETS.values(), "900 555", "5554433", item.number):
            assert secret not in page


def test_only_what_may_be_shown_is_shown(client, make_request):
    shown, hidden = make_request(public=True), make_request(public=False)
    assert [row.id for row in rows(client.get(url("list")))] == [shown.pk]
    assert [point["properties"]["id"] for point in points(client)] == [shown.pk]
    assert hidden.pk not in {row.id for row in rows(client.get(url("list")))}


def test_a_public_request_keeps_its_own_page_private(client, make_request):
    item = make_request(public=True)
    assert client.get(url("request", item.number)).status_code == 404
    assert url("request", item.number) not in said_on(client.get(url("list")))


def test_a_small_house_is_named_by_its_street_and_is_no_point(
    client, make_request, make_building, company
):
    small = make_building(company=company, street="ул. Малая", house="17", flats=4)
    unknown = make_building(company=company, street="ул. Дальняя", house="19", flats=None)
    for house in (small, unknown):
        make_request(public=True, building=house.pk)
    page = client.get(url("list"))
    for row in rows(page):
        assert row.place in {str(small.street), str(unknown.street)}
        assert row.href == ""
    assert points(client) == []


def test_the_map_says_the_same_as_the_list(client, make_request):
    make_request(public=True)
    make_request(public=True, status=Status.CLOSED)
    listed = {
        (row.id, f"{row.title}, {row.place}", str(row.word))
        for row in rows(client.get(url("list")))
    }
    drawn = {
        (p["properties"]["id"], p["properties"]["title"], p["properties"]["status"])
        for p in points(client)
    }
    assert drawn == listed


def test_filters_choose(client, make_request, make_building, company, categories):
    here = make_building(company=company, district="Береговой")
    there = make_building(company=company, district="Заречный")
    a = make_request(public=True, building=here.pk)
    b = make_request(public=True, building=there.pk, status=Status.CLOSED)
    c = make_request(public=True, building=there.pk, category="cw_leak")

    def found(**query: str) -> set[int]:
        ids = {row.id for row in rows(client.get(url("list"), query))}
        assert ids == {point["properties"]["id"] for point in points(client, **query)}
        return ids

    assert found() == {a.pk, b.pk, c.pk}
    assert found(service="heating") == {a.pk, b.pk}
    assert found(state="open") == {a.pk, c.pk}
    assert found(state="closed") == {b.pk}
    assert found(district="Заречный") == {b.pk, c.pk}
    assert found(service="heating", state="open", district="Заречный") == set()


@pytest.mark.parametrize(
    "query",
    [
        {"service": "'; drop table"},
        {"state": "secret"},
        {"district": "Нигде"},
        {"service": "\x00"},
    ],
)
def test_an_unknown_choice_chooses_nothing(client, make_request, query):
    make_request(public=True)
    assert client.get(url("list"), query).status_code == 200


def test_a_broken_cursor_leads_to_the_first_page(client, make_request):
    assert client.get(url("list"), {"cursor": "x"})["Location"] == url("list")


def test_pages_by_key_show_each_request_once(client, make_request, monkeypatch):
    from requests_app.public_list import views

    monkeypatch.setattr(views, "PAGE", 2)
    made = [make_request(public=True, at=NOON + timedelta(minutes=n)) for n in range(5)]
    address, seen = url("list"), []
    while address:
        page = client.get(address)
        seen += [row.id for row in rows(page)]
        address = page.context["older"]
    assert seen == [item.pk for item in reversed(made)]


@pytest.mark.parametrize("box", ["", "1,2,3", "a,b,c,d", "10,10,5,5", "-200,0,0,0", "nan,0,1,1"])
def test_a_wrong_box_is_a_clear_mistake(client, categories, box):
    assert client.get(url("points"), {"bbox": box}).status_code == 400


def test_the_box_bounds_the_points(client, make_request):
    make_request(public=True)
    assert len(points(client, bbox="48,54,49,55")) == 1
    assert points(client, bbox="10,10,11,11") == []


def test_points_may_be_kept_for_a_minute(client, categories):
    assert client.get(url("points"))["Cache-Control"] == "public, max-age=60"


def test_queries_do_not_grow(client, make_request):
    def count(address: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        return len(caught)

    make_request(public=True)
    few = count(url("list")), count(url("points"))
    for _ in range(5):
        make_request(public=True)
    assert (count(url("list")), count(url("points"))) == few
    assert max(few) <= 4


def test_nothing_public_is_said_kindly(client, categories):
    page = said_on(client.get(url("list")))
    assert 'class="empty"' in page


@pytest.mark.parametrize("status", Status.values)
@pytest.mark.parametrize("outcome", ["", *Outcome.values])
def test_public_words_call_nobody_you(status, outcome):
    word = str(public_words(status, outcome)).lower()
    assert word
    for you in ("вы", "вам", "вас", "ваш", "вами", "вашего", "you", "your"):
        assert you not in word.replace(":", " ").split()


class TestPanels:
    """What the pages of houses and companies get from this room."""

    def test_an_open_incident_shows_and_an_ended_one_does_not(self, building, categories):
        found = Incident.objects.create(
            kind="fault", category=categories["ht_riser"], title="Порыв", started_at=NOON
        )
        IncidentBuilding.objects.create(incident=found, building=building)
        at = NOON + timedelta(hours=1)
        assert panels.outages_now(building, Nobody(), at).values["incidents"]
        found.ended_at = at
        found.save()
        assert panels.outages_now(building, Nobody(), at).template == ""

    def test_counts_hold_private_requests_too(self, building, make_request):
        make_request(public=False)
        make_request(public=False, status=Status.CLOSED)
        (line,) = panels.requests_here(building, Nobody(), NOON).values["by_matter"]
        assert (line["total"], line["open"]) == (2, 1)

    def test_a_small_house_shows_no_counts(self, make_building, make_request, company):
        small = make_building(company=company, flats=3)
        make_request(building=small.pk, public=True)
        values = panels.requests_here(small, Nobody(), NOON).values
        assert values["by_matter"] == values["latest"] == []

    def test_a_company_shows_what_is_open_and_late(self, company, make_request):
        item = make_request()
        values = panels.requests_of_company(
            company, Nobody(), item.due_at + timedelta(minutes=1)
        ).values
        assert (values["open"], values["late"]) == (1, 1)

    def test_a_company_shows_what_it_did_in_time_and_what_came_back(self, company, make_request):
        """Done in time, done late, overdue and undone, refused (uncounted), sent back once."""
        due = make_request().due_at
        for fields in (
            {"done_at": due - timedelta(hours=1), "status": "closed", "outcome": "fixed"},
            {"done_at": due + timedelta(hours=1), "reopened_count": 1},
            {"outcome": "refused", "status": "closed"},
        ):
            Request.objects.filter(pk=make_request().pk).update(due_at=due, **fields)
        treated = panels.requests_of_company(company, Nobody(), due + timedelta(hours=2)).values[
            "treated"
        ]
        assert (treated["total"], treated["judged"], treated["in_time"]) == (3, 3, 1)
        assert treated["in_time_percent"] == 33
        assert (treated["presented"], treated["reopened"], treated["fixed"]) == (2, 1, 1)
        assert treated["reopened_percent"] == 50

    def test_a_company_shows_what_broke_again_and_its_marks(self, company, make_request):
        """Repaired and broken again within a month; another flat's matter; after the month."""
        first = make_request(status="done")
        again = make_request(at=first.done_at + timedelta(days=3), flat="2")
        make_request(at=first.done_at + timedelta(days=3), category=EMERGENCY)
        make_request(at=first.done_at + REPEAT_WITHIN + timedelta(days=1))
        found = {item.pk: item.is_repeat for item in Request.objects.with_repeats()}
        assert [pk for pk, is_repeat in found.items() if is_repeat] == [again.pk]
        at = first.done_at + timedelta(days=40)
        treated = panels.requests_of_company(company, Nobody(), at).values["treated"]
        assert (treated["repeated"], treated["repeated_percent"]) == (1, 25)
        assert treated["mark"] is None
        for item, value in zip(
            [make_request(status="closed", outcome="fixed") for _one in range(5)],
            (5, 5, 4, 3, 1),
            strict=True,
        ):
            Mark.objects.create(request=item, value=value, at=at, by="resident")
        treated = panels.requests_of_company(company, Nobody(), at).values["treated"]
        assert (treated["marks"], float(treated["mark"])) == (5, 3.6)

    def test_a_company_without_requests_has_no_shares(self, company):
        treated = panels.requests_of_company(company, Nobody(), NOON).values["treated"]
        assert treated["in_time_percent"] is treated["reopened_percent"] is None

    def test_each_panel_renders(self, rf, building, company, categories, make_request):
        from django.template.loader import render_to_string

        make_request(public=True)
        found = Incident.objects.create(
            kind="fault", category=categories["ht_riser"], title="Порыв", started_at=NOON
        )
        IncidentBuilding.objects.create(incident=found, building=building)
        made = disclosure_panels.make(
            [panels.outages_now, panels.requests_here],
            building,
            actor=Nobody(),
            at=NOON + timedelta(hours=1),
        )
        made += disclosure_panels.make(
            [panels.requests_of_company], company, actor=Nobody(), at=NOON
        )
        assert len(made) == 3
        for panel in made:
            assert "<h2" in render_to_string(panel.template, {"value": panel.values})
