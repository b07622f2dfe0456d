"""Incidents for programs: who finds what, page by page, and that no person shows."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actors import actor_of
from accounts.rest import pages
from requests_app.api import incidents as api
from requests_app.incidents import ending, jobs, news, opening
from requests_app.incidents.opening import Mender
from tests.requests_app import followers

pytestmark = pytest.mark.django_db
URL = "/api/v1/incidents/"
MATTER = "ht_none"


@pytest.fixture
def open_one(categories, operator):
    def make(buildings, **more):
        at = timezone.now()
        values = {
            "kind": "fault", "utility": "heating", "category": categories[MATTER].pk,
            "title": "Нет отопления", "buildings": [house.pk for house in buildings],
            "started_at": at - timedelta(hours=2), "by": actor_of(operator), "at": at, **more,
        }  # fmt: skip
        return opening.open_incident(**values)

    return make


def found(client, **asked) -> list[int]:
    answer = client.get(URL, asked)
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def end(incident, operator):
    ending.end(
        incident.pk, signed_on=timezone.localdate(), signer="Мастер Фёдоров", text="Готово",
        by=actor_of(operator), at=timezone.now(),
    )  # fmt: skip


def test_shape_of_a_row(client, make_building, open_one):
    house = make_building(street="ул. Речная")
    until = timezone.now() + timedelta(hours=3)
    incident = open_one(
        [house], cause="порыв", expected_end_at=until,
        executor=Mender(inn="7325000020", name="АО «Сети»", phone="+78422000005"),
    )  # fmt: skip
    answer = client.get(URL)
    assert answer["Cache-Control"] == "public, max-age=60"
    body = answer.json()
    assert (body["next"], body["previous"]) == ("", "")
    row = body["results"][0]
    times = {"started_at": "", "expected_end_at": ""}
    assert row | times == {
        "id": incident.pk, "url": row["url"], "kind": "fault", "state": "now",
        "utility": "heating", "category": MATTER, "title": "Нет отопления", "cause": "порыв",
        "executor": {"name": "АО «Сети»", "inn": "7325000020", "phone": "+78422000005"},
        "ended_at": None, "houses": 1, "places": [{"street": "ул. Речная", "houses": 1}],
        "more_streets": 0, "updated_at": row["updated_at"], **times,
    }  # fmt: skip
    assert row["url"].endswith(f"/outages/{incident.pk}/")
    assert client.get(f"/outages/{incident.pk}/").status_code == 200


def test_each_question_finds_its_own(client, make_building, open_one, operator):
    near, far = make_building(district="Заречный"), make_building(district="Нагорный")
    tomorrow = timezone.now() + timedelta(days=1)
    going = open_one([near])
    both = open_one([near, far], utility="hot_water")
    planned = open_one([far], kind="planned", started_at=tomorrow)
    past = open_one([far])
    end(past, operator)
    assert set(found(client)) == {both.pk, going.pk}
    assert found(client, state="planned") == [planned.pk]
    assert found(client, state="past") == [past.pk]
    assert found(client, utility="hot_water") == [both.pk]
    assert set(found(client, building=near.pk)) == {going.pk, both.pk}
    assert found(client, building=far.pk) == [both.pk]
    assert found(client, district="Нагорный") == [both.pk]
    assert set(found(client, district="Заречный")) == {going.pk, both.pk}
    assert found(client, district="Нигдейный") == []
    assert found(client, building=0) == []


def test_programs_narrow_by_who_runs_mends_and_when(
    client, make_building, open_one, operator, company, rival_company
):
    mine, theirs = make_building(company=company), make_building(company=rival_company)
    at = timezone.now()
    today = open_one([mine], executor=Mender(inn="7325000020", name="Сети", phone=""))
    tomorrow = open_one(
        [theirs], kind="planned", started_at=at + timedelta(days=1),
        expected_end_at=at + timedelta(days=2),
    )  # fmt: skip
    past = open_one([mine, theirs], started_at=at - timedelta(days=3))
    end(past, operator)
    both = {"state": "all"}
    assert set(found(client, **both)) == {today.pk, tomorrow.pk, past.pk}
    assert found(client, **both, kind="planned") == [tomorrow.pk]
    assert found(client, **both, company=company.inn) == [today.pk, past.pk]
    assert found(client, **both, company="7325999999") == []
    assert found(client, **both, executor="7325000020") == [today.pk]
    soon = (at + timedelta(hours=12)).isoformat()
    assert found(client, **both, since=soon) == [tomorrow.pk, today.pk]
    assert found(client, **both, until=soon) == [today.pk, past.pk]
    late = (at + timedelta(days=5)).isoformat()
    assert found(client, **both, since=late) == [today.pk]


def test_a_mirror_hears_of_news(client, make_building, open_one, operator):
    first, second = open_one([make_building()]), open_one([make_building()])
    at = timezone.now() + timedelta(hours=1)
    news.add_news(first.pk, text="Меняют трубу", by=actor_of(operator), at=at)
    since = (at - timedelta(minutes=1)).isoformat()
    assert found(client, state="all", updated_since=since) == [first.pk]
    rows = {row["id"]: row for row in client.get(URL).json()["results"]}
    assert rows[first.pk]["updated_at"] > rows[second.pk]["updated_at"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("state", "yesterday"), ("utility", "beer"), ("building", "x"), ("building", "-1"),
        ("building", "٣"), ("building", "9" * 5_000), ("cursor", "zzz"),
    ],
)  # fmt: skip
def test_a_wrong_question_is_told_by_its_field(client, db, field, value):
    answer = client.get(URL, {field: value})
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("state", ["open", "planned"])
def test_pages_show_each_incident_once(client, make_building, open_one, monkeypatch, state):
    monkeypatch.setattr(pages, "SIZE", 3)
    house, at = make_building(), timezone.now()
    begin = timedelta(days=1 if state == "planned" else -1)
    made = [open_one([house], started_at=at + begin).pk for _ in range(8)]
    seen, cursor = [], ""
    for _page in range(4):
        body = client.get(URL, {"state": state, "cursor": cursor}).json()
        seen += [row["id"] for row in body["results"]]
        cursor = body["next"]
        if not cursor:
            break
    assert seen == (sorted(made) if state == "planned" else sorted(made, reverse=True))
    back = client.get(URL, {"state": state, "cursor": body["previous"]}).json()
    assert [row["id"] for row in back["results"]] == seen[3:6]


def test_one_incident_with_news_and_houses(client, make_building, open_one, operator, monkeypatch):
    houses = [make_building(lat=54.1, lon=48.1), make_building(lat=None, lon=None)]
    incident = open_one(houses, text="Бригада на месте")
    news.add_news(incident.pk, text="Меняют трубу", by=actor_of(operator), at=timezone.now())
    body = client.get(f"{URL}{incident.pk}/").json()
    assert [(line["kind"], line["text"]) for line in body["news"]] == [
        ("news", "Меняют трубу"),
        ("opened", "Бригада на месте"),
    ]
    assert body["buildings"] == [
        {"id": house.pk, "address": house.address, "lat": house.lat, "lon": house.lon}
        for house in houses
    ]
    assert body["buildings_complete"] is True
    monkeypatch.setattr(api, "HOUSES", 1)
    short = client.get(f"{URL}{incident.pk}/").json()
    assert (len(short["buildings"]), short["buildings_complete"], short["houses"]) == (1, False, 2)


def test_what_went_into_another_names_it(client, make_building, open_one, operator):
    small, large = open_one([make_building()]), open_one([make_building()])
    ending.merge(
        small.pk, into=large.pk, reason="Одна труба", by=actor_of(operator), at=timezone.now()
    )
    body = client.get(f"{URL}{small.pk}/").json()
    assert (body["state"], body["into"], body["reason"]) == ("merged", large.pk, "Одна труба")
    assert client.get(f"{URL}{large.pk}/").json()["took_in"] == [small.pk]
    assert found(client, state="past") == []


@pytest.mark.parametrize("pk", ["0", "999999", str(2**63), str(2**80)])
def test_an_unknown_incident_is_not_found(client, db, pk):
    answer = client.get(f"{URL}{pk}/")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


def test_no_person_shows(client, make_building, open_one, make_request, operator):
    house = make_building()
    item = make_request(category=MATTER, building=house.pk, at=timezone.now())
    incident = open_one([house], requests=[item.pk])
    followers.add(
        email="follower@example.org", building=house, incident=incident,
        created_at=timezone.now(), confirmed_at=timezone.now(),
    )  # fmt: skip
    end(incident, operator)
    jobs.run(at=timezone.now())
    for page in (f"{URL}?state=past", f"{URL}{incident.pk}/"):
        said = json.dumps(client.get(page).json(), ensure_ascii=False)
        for word in (item.number, "Петрова", "example.org", "Мастер", operator.name, "12 кв"):
            assert word not in said, word


def test_lists_and_houses_cost_the_same_however_many(
    client, make_building, open_one, django_assert_num_queries
):
    houses = [make_building() for _ in range(6)]
    first = open_one(houses[:1])
    for _round in range(2):
        with django_assert_num_queries(3):
            client.get(URL)
        with django_assert_num_queries(6):
            client.get(f"{URL}{first.pk}/")
        first = open_one(houses)
        open_one(houses)


def test_schema_tells_of_both_calls(client, db):
    schema = client.get("/api/v1/schema/", headers={"Accept": "application/json"}).json()
    asked = {each["name"] for each in schema["paths"][URL]["get"]["parameters"]}
    assert asked >= {"state", "utility", "building", "district", "updated_since", "cursor"}
    shapes = schema["components"]["schemas"]
    assert {"took_in", "buildings"} <= set(shapes["WholeIncidentShape"]["properties"])
    assert {"IncidentKindEnum", "UpdateKindEnum"} <= set(shapes)
    assert "/api/v1/incidents/{id}/" in schema["paths"]


@pytest.mark.django_db
def test_a_moment_with_an_offset_that_postgres_does_not_know_is_read(client):
    answer = client.get("/api/v1/incidents/?until=0295-08-22T12:30:10%2B20:37")
    assert (answer.status_code, answer.json()["results"]) == (200, [])
