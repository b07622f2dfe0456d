"""The desk for programs: shape, filters, cursor, and who is let in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import tokens
from requests_app.models import Request
from requests_app.statuses import Status
from tests.city_fixtures import COMPANY_INN, NOON

pytestmark = pytest.mark.django_db
URL = "/api/v1/desk/requests/"


def bearer(user) -> Client:
    key = tokens.issue(user, name="test")
    return Client(headers={"Authorization": f"Token {key}"})


@pytest.fixture
def desk(operator):
    return bearer(operator)


def found(client, **asked) -> list[str]:
    answer = client.get(URL, asked)
    assert answer.status_code == 200, answer.content
    return [row["number"] for row in answer.json()["results"]]


def test_shape(desk, make_request):
    item = make_request()
    body = desk.get(URL).json()
    assert set(body) == {"results", "next", "previous"}
    row = body["results"][0]
    assert row | {"registered_at": "", "due_at": ""} == {
        "number": item.number,
        "status": "new",
        "outcome": "",
        "category": "ht_riser",
        "address": item.building.address,
        "company": item.executor_name,
        "executor_inn": COMPANY_INN,
        "registered_at": "",
        "due_at": "",
        "overdue": True,
        "emergency": False,
        "version": 1,
    }


@pytest.mark.parametrize(
    ("who", "status"), [("resident", 403), ("company_user", 403), ("operator", 200), ("chief", 200)]
)
def test_staff_only(request, who, status, make_request):
    make_request()
    answer = bearer(request.getfixturevalue(who)).get(URL)
    assert answer.status_code == status
    if status != 200:
        assert answer["Content-Type"] == "application/problem+json"


def test_nobody_is_asked_who_they_are(db):
    answer = Client().get(URL)
    assert answer.status_code == 401
    assert answer.json()["code"] == "not_authenticated"


def test_filters(desk, make_request):
    items = {status: make_request(status=status) for status in Status.values}
    leak = make_request(category="cw_leak", at=NOON + timedelta(hours=1))
    over = {items["done"].number, items["closed"].number}
    everything = {item.number for item in Request.objects.all()}
    assert set(found(desk)) == everything - over
    assert set(found(desk, status="all")) == everything
    assert found(desk, status="done") == [items["done"].number]
    assert set(found(desk, status="done,closed")) == over
    assert set(found(desk, overdue="true")) == everything - over - {items["needs_info"].number}
    assert found(desk, category="cw_leak") == [leak.number]
    assert found(desk, category=leak.category.parent.slug) == [leak.number]
    assert found(desk, company=COMPANY_INN, status="new", category="ht_riser") == [
        items["new"].number
    ]
    assert found(desk, company="7700000000") == []
    # Who asks for a number wants it wherever it stands.
    assert found(desk, q=items["closed"].number) == [items["closed"].number]
    assert set(found(desk, q="+7 900 000-00-01")) == everything
    assert set(found(desk, q="батареи холодные")) == everything
    assert found(desk, q="трамвай") == []


@pytest.mark.parametrize(
    ("field", "value"),
    [("status", "gone"), ("status", "new,gone"), ("overdue", "maybe"), ("cursor", "x")],
)
def test_wrong_question_names_its_field(desk, field, value):
    answer = desk.get(URL, {field: value})
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_hostile_questions_are_answered(desk, make_request):
    make_request()
    for hostile in ("\x00", "' OR 1=1", "🔥", "а" * 3000, "26-", "<b>"):
        for field in ("q", "category", "company"):
            assert desk.get(URL, {field: hostile}).status_code == 200


def test_cursor_walks_through_equal_due_times_and_back(desk, make_request):
    first = make_request()
    fields = {
        field.attname: getattr(first, field.attname)
        for field in Request._meta.concrete_fields
        if field.name not in {"id", "number", "uid", "search"}
    }
    Request.objects.bulk_create(Request(**fields, number=f"26-9{n:05d}") for n in range(109))
    seen, cursor = [], ""
    while True:
        body = desk.get(URL, {"cursor": cursor}).json()
        seen += [row["number"] for row in body["results"]]
        cursor = body["next"]
        if not cursor:
            break
    assert seen == list(Request.objects.order_by("due_at", "id").values_list("number", flat=True))
    back = desk.get(URL, {"cursor": body["previous"]}).json()
    assert [row["number"] for row in back["results"]] == seen[50:100]


def test_list_is_one_statement_after_the_token(desk, make_request):
    make_request()
    with CaptureQueriesContext(connection) as seen:
        desk.get(URL)
    about = [query["sql"] for query in seen if '"requests_app_request"' in query["sql"]]
    assert len(about) == 1
    assert '"requests_app_request"."description"' not in about[0]


def test_schema_tells_of_the_call(client, db):
    schema = client.get("/api/v1/schema/", headers={"Accept": "application/json"}).json()
    call = schema["paths"]["/api/v1/desk/requests/"]["get"]
    assert {one["name"] for one in call["parameters"] if one["in"] == "query"} == {
        "status",
        "category",
        "company",
        "overdue",
        "filter",
        "q",
        "cursor",
        "fields",
    }
    assert {"200", "400", "401", "403"} <= set(call["responses"])
