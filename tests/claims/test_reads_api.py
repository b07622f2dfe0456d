"""Money for programs: tariffs, what the calculation knows, what was won, free legal aid."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps

from claims.legal_aid import loading
from claims.models import Tariff, Won, WonGroup, WorkWon
from claims.recalculation.values import KINDS, Service
from claims.totals import counting, publishing
from tests.claims.test_claims import AT

pytestmark = pytest.mark.django_db
TARIFFS, WON, AID = "/api/v1/tariffs/", "/api/v1/won/", "/api/v1/legal-aid/"


@pytest.fixture
def tariffs(supplier):
    def make(utility, since, until=None, **more):
        return Tariff.objects.create(
            **{
                "kind": "tariff", "utility": utility, "value": Decimal("40.12345"), "unit": "m3",
                "since": since, "until": until, "act": "Приказ № 1", "source": "https://act.example",
                **more,
            }
        )  # fmt: skip

    return [
        make("cold_water", date(2025, 1, 1), date(2025, 6, 30)),
        make("cold_water", date(2025, 7, 1)),
        make("hot_water", date(2025, 7, 1), settlement="Речной", supplier=supplier),
        make("hot_water", date(2025, 7, 1), kind="norm", unit="m3_person"),
    ]


def found(client, **asked):
    answer = client.get(TARIFFS, asked)
    assert answer.status_code == 200, answer.content
    return {row["id"] for row in answer.json()["results"]}


def test_tariffs_are_chosen_by_day_place_and_kind(client, tariffs, django_assert_num_queries):
    old, cold, theirs, norm = (row.pk for row in tariffs)
    assert found(client) == {old, cold, theirs, norm}
    assert found(client, on="2025-06-30") == {old}
    assert found(client, on="2025-07-01", utility="cold_water") == {cold}
    assert found(client, settlement="Речной") == {old, cold, theirs, norm}
    assert found(client, settlement="Горный") == {old, cold, norm}
    assert found(client, kind="norm") == {norm}
    with django_assert_num_queries(1):
        row = client.get(TARIFFS, {"settlement": "Речной", "utility": "hot_water"}).json()
    assert row["results"][-1]["value"] == "40.12345"
    for asked in ({"on": "2025-13-01"}, {"utility": "beer"}, {"kind": "x"}, {"cursor": "x"}):
        answer = client.get(TARIFFS, asked)
        assert [error["field"] for error in answer.json()["errors"]] == list(asked)


def test_tariffs_are_read_to_the_end(client, tariffs, monkeypatch):
    monkeypatch.setattr("claims.api.tariffs.SIZE", 1)
    seen, cursor = [], ""
    while True:
        body = client.get(TARIFFS, {"cursor": cursor} if cursor else {}).json()
        seen += [row["id"] for row in body["results"]]
        cursor = body["next"]
        if not cursor:
            break
    assert sorted(seen) == sorted(row.pk for row in tariffs)


def test_the_calculation_says_what_it_knows(client):
    body = client.get("/api/v1/recalculation/utilities/").json()
    assert {row["utility"]: set(row["kinds"]) for row in body["utilities"]} == {
        service.value: {kind.value for kind in KINDS[service]} for service in Service
    }
    assert body["figures"]
    assert all(figure["clause"] and figure["source"] for figure in body["figures"])
    old = client.get("/api/v1/recalculation/utilities/", {"on": "2100-01-01"}).json()
    assert old["on"] == "2100-01-01"


@pytest.fixture
def works(building):
    WorkWon.objects.bulk_create(
        WorkWon(
            building=building,
            executor_name=name,
            done_on=date(2026, 5, 1),
            what="x",
            price_rub=Decimal(1000 + number),
            act=f"№ {number}",
        )
        for name, count in (("УК «Причал»", 6), ("УК «Малая»", 2))
        for number in range(count)
    )
    publishing.refresh(at=AT)


def test_what_was_won_is_told_as_the_page_tells_it(client, works):
    body = client.get(WON, {"by": "company"}).json()
    groups = counting.won(counting.By.COMPANY)[Won.WORK]
    assert [(row["key"], row["count"], row["sum_rub"]) for row in body["works"]] == [
        (group.key, group.count, f"{group.sum_rub}") for group in groups
    ]
    assert all(row["count"] >= 5 for row in body["works"])
    rows = client.get(f"{WON}rows/").json()["results"]
    assert sum(len(row["amounts"]) for row in rows) == WonGroup.objects.summed()[0]
    assert sum(Decimal(one) for row in rows for one in row["amounts"]) == Decimal(
        WonGroup.objects.summed()[1]
    )
    said = json.dumps([body, rows], ensure_ascii=False)
    assert "Малая" not in said
    assert client.get(f"{WON}rows/", {"kind": "bill"}).json()["results"] == []
    assert client.get(WON, {"by": "person"}).status_code == 400


def test_nothing_won_is_told_as_nothing(client):
    body = client.get(WON).json()
    assert (body["bills"], body["works"], body["cases"], body["made_at"]) == ([], [], [], None)


@pytest.fixture
def aid(db):
    loading.load()
    return client_codes


def client_codes(client):
    body = client.get(AID).json()
    return body["matters"], body["people"]


def test_the_law_answers_and_keeps_nothing(client, aid):
    matters, people = aid(client)
    assert matters
    assert people
    before = {model: model.objects.count() for model in apps.get_models()}
    sent = {"matter": matters[0]["code"], "people": [people[0]["code"]]}
    answer = client.post(f"{AID}check/", sent, content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert answer.json()["right"] in {"yes", "likely"}
    assert answer["Cache-Control"] == "private, no-store"
    assert {model: model.objects.count() for model in before} == before
    nobody = {"matter": "", "people": []}
    told = client.post(f"{AID}check/", nobody, content_type="application/json").json()
    assert told["right"] == "wrong_matter"


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"matter": "x", "people": []}, "matter"), ({"matter": "", "people": ["x"]}, "people"),
        ({"people": []}, "matter"), ({"matter": ""}, "people"),
        ({"matter": "", "people": "x"}, "people"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_told_by_its_field(client, aid, sent, field):
    answer = client.post(f"{AID}check/", sent, content_type="application/json")
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
