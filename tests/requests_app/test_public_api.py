"""The public list for programs: what the page shows, found by each filter, and no person."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actors import actor_of
from requests_app import lifecycle
from requests_app.api import public
from requests_app.models import Request
from requests_app.statuses import Status
from tests.city_fixtures import COMPANY_INN, EMERGENCY, NOON, ORDINARY
from tests.requests_app.test_public_list import SECRETS, secret_request  # noqa: F401

pytestmark = pytest.mark.django_db
URL = "/api/v1/requests/"


def found(client, **asked):
    answer = client.get(URL, asked)
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


@pytest.fixture
def publicly(secret_request):  # noqa: F811
    return secret_request


@pytest.mark.parametrize("status", Status.values)
def test_no_secret_is_told(client, publicly, status):
    item = publicly(status=status)
    said = client.get(URL).content.decode()
    (row,) = json.loads(said)["results"]
    assert (row["id"], row["status"]) == (item.pk, status)
    for word in (*SECRETS.values(), item.number, str(item.uid)):
        assert word not in json.dumps(row, ensure_ascii=False), word


def test_a_row_tells_what_the_page_tells(client, publicly, building):
    item = publicly(at=NOON)
    (row,) = client.get(URL).json()["results"]
    assert row | {"updated_at": ""} == {
        "id": item.pk, "category": ORDINARY, "service": "heating", "title": item.category.name,
        "place": building.address, "district": "", "building": building.pk, "lat": 54.3,
        "lon": 48.4, "status": "new", "outcome": "", "status_words": "Получена",
        "executor": item.executor_name, "executor_inn": COMPANY_INN,
        "registered_at": "2026-03-02T12:00:00Z", "closed_at": None, "updated_at": "", "too": 0,
        "url": row["url"],
    }  # fmt: skip
    assert row["url"].endswith(building.get_absolute_url())


def test_requests_that_are_not_public_are_nobodys(client, make_request, admin_user, operator):
    make_request(public=False)
    for user in (None, operator, admin_user):
        if user:
            client.force_login(user)
        assert found(client) == []


def test_a_small_house_is_told_by_its_street_alone(client, publicly, make_building, company):
    house = make_building(company=company, flats=3, street="ул. Тихая")
    item = publicly(building=house.pk)
    (row,) = client.get(URL).json()["results"]
    assert (row["building"], row["lat"], row["url"]) == (None, None, None)
    assert row["place"] == "Светлоречье, ул. Тихая"
    # Nor is it told by what finds it.
    assert found(client, building=house.pk) == []
    assert found(client, bbox="48,54,49,55") == []
    assert found(client) == [item.pk]


def test_each_filter_finds_its_own(client, publicly, make_building, company, rival_company):
    far = make_building(company=rival_company, district="Нагорный", lat=55.5, lon=49.5)
    old = publicly(at=NOON)
    leak = publicly(at=NOON + timedelta(days=1), category=EMERGENCY)
    theirs = publicly(at=NOON + timedelta(days=2), building=far.pk)
    closed = publicly(at=NOON + timedelta(days=3), status="closed", outcome="fixed")
    assert found(client) == [closed.pk, theirs.pk, leak.pk, old.pk]
    for asked, wanted in (
        ({"category": EMERGENCY}, [leak]),
        ({"category": "heating"}, [closed, theirs, old]),
        ({"status": "open"}, [theirs, leak, old]),
        ({"status": "closed"}, [closed]),
        ({"status": "done"}, []),
        ({"district": "Нагорный"}, [theirs]),
        ({"company": COMPANY_INN}, [closed, leak, old]),
        ({"building": far.pk}, [theirs]),
        ({"bbox": "49,55,50,56"}, [theirs]),
        ({"since": "2026-03-03T12:00:00Z", "until": "2026-03-04T16:00:00+04:00"}, [leak]),
    ):
        assert found(client, **asked) == [item.pk for item in wanted], asked


def test_a_mirror_follows_changes(client, publicly, operator, monkeypatch):
    monkeypatch.setattr(public, "SIZE", 1)
    items = [publicly(at=NOON + timedelta(hours=number)) for number in range(3)]
    Request.objects.filter(pk=items[0].pk).update(status="accepted", changed_at=NOON)
    lifecycle.move(
        items[0], Status.IN_PROGRESS, by=actor_of(operator), at=NOON + timedelta(days=1),
        details=lifecycle.Details(text="Мастер будет завтра", planned_at=NOON + timedelta(days=2)),
    )  # fmt: skip
    seen, cursor = [], ""
    while True:
        asked = {"updated_since": "2026-03-02T12:30:00Z", **({"cursor": cursor} if cursor else {})}
        body = client.get(URL, asked).json()
        seen += [row["id"] for row in body["results"]]
        cursor = body["next"]
        if not cursor:
            break
    assert seen == [items[1].pk, items[2].pk, items[0].pk]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("status", "lost"), ("building", "x"), ("bbox", "1,2"), ("since", "yesterday"),
        ("updated_since", "2026-13-01"), ("cursor", "zzz"), ("company", "%"), ("number", "1"),
    ],
)  # fmt: skip
def test_a_wrong_question_is_told_by_its_field(client, field, value):
    answer = client.get(URL, {field: value})
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_a_cursor_of_another_question_is_refused(client, publicly, monkeypatch):
    monkeypatch.setattr(public, "SIZE", 1)
    publicly(), publicly()
    cursor = client.get(URL).json()["next"]
    assert client.get(URL, {"cursor": cursor}).status_code == 200
    answer = client.get(URL, {"cursor": cursor, "status": "open"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")


def test_more_rows_cost_no_more_queries(client, publicly, make_building, company):
    def cost():
        with CaptureQueriesContext(connection) as seen:
            client.get(URL)
        return sum("pghistory.context" not in one["sql"] for one in seen)

    publicly()
    before = cost()
    for _ in range(6):
        publicly(building=make_building(company=company).pk)
    assert cost() == before == 2


def test_filing_stands_at_the_same_address(client, categories, building):
    answer = client.post(URL, {}, content_type="application/json")
    assert answer.status_code == 400
    assert client.get(URL)["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in answer


@pytest.mark.parametrize("slug", [ORDINARY, EMERGENCY])
def test_a_matter_tells_its_norm_and_guides(client, categories, slug):
    body = client.get(f"/api/v1/categories/{slug}/").json()
    norm = categories[slug].norms.filter(in_force__contains=timezone.localdate()).get()
    assert (body["norm"]["clause"], body["norm"]["source"]) == (norm.clause, norm.source)
    fix = body["norm"]["limits"]["fix"]
    assert (fix["amount"], fix["unit"]) == (norm.fix_amount, norm.fix_unit)
    assert body["guides"] == []
    top = client.get(f"/api/v1/categories/{body['parent']}/").json()
    assert (top["norm"], slug in top["children"]) == (None, True)


def test_a_closed_matter_is_not_found(client, categories):
    category = categories[ORDINARY]
    category.is_open = False
    category.save()
    assert client.get(f"/api/v1/categories/{ORDINARY}/").status_code == 404
    assert client.get("/api/v1/categories/none/").status_code == 404
