"""Quality calls for programs: written down once, on the state that was seen, by those who may."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from requests_app import quality
from requests_app.models import CallState, Mark, QualityCall, Request
from requests_app.statuses import Status
from tests.city_fixtures import rows_of
from tests.requests_app.callers import Program, assert_problem

pytestmark = pytest.mark.django_db
LIST = "desk/quality-calls/"


@pytest.fixture
def desk(operator):
    return Program(operator)


@pytest.fixture
def call(make_request) -> QualityCall:
    at = timezone.now() - timedelta(days=1)
    item = make_request(status="closed", outcome="fixed", at=at)
    assert quality.draw(timezone.localtime(item.closed_at or at).date()) == 1
    return QualityCall.objects.get()


def record(call: QualityCall) -> str:
    return f"{LIST}{call.pk}/record/"


def test_the_lot_is_listed_and_tells_no_contact(desk, call):
    answer = desk.get(LIST)
    (row,) = answer.json()["results"]
    assert (row["id"], row["number"], row["state"]) == (call.pk, call.request.number, "waiting")
    assert (row["version"], row["tries"], row["tries_left"]) == (0, 0, quality.TRIES)
    whole = desk.get(f"{LIST}{call.pk}/")
    assert whole.json()["act"]["signer"]
    for private in ("+7900", "Анна", call.request.description):
        assert private not in answer.content.decode() + whole.content.decode()
    day = call.drawn_on
    assert len(desk.get(LIST, drawn_on=day.isoformat()).json()["results"]) == 1
    other = day - timedelta(days=1)
    assert desk.get(LIST, drawn_on=other.isoformat()).json()["results"] == []
    assert desk.get(LIST, view="called").json()["results"] == []
    assert_problem(desk.get(LIST, view="theirs"), 400, field="view")
    assert_problem(desk.get(LIST, drawn_on="вчера"), 400, field="drawn_on")


def test_who_says_it_is_fixed_gives_a_mark_once_a_key(desk, call, operator):
    said = {"result": "talked", "is_fixed": True, "mark": 4, "text": "Хорошо"}
    first = desk.send(record(call), said, key="q1", seen=0)
    assert first.status_code == 200, first.content
    assert desk.send(record(call), said, key="q1", seen=0).json() == first.json()
    assert_problem(desk.send(record(call), {**said, "mark": 1}, key="q1"), 409)
    body = first.json()
    assert (body["state"], body["is_fixed"], body["mark"]) == ("talked", True, 4)
    assert (body["called_by"], body["tries_left"]) == (operator.pk, 0)
    assert Mark.objects.get().value == 4
    assert_problem(desk.send(record(call), said), 409, "called")
    (row,) = desk.get(LIST, view="called").json()["results"]
    assert row["id"] == call.pk
    found = desk.get(f"{LIST}figures/").json()
    assert found == {"days": 90, "talked": 1, "fixed": 1, "missed": 0, "mark": 4.0}


def test_who_says_it_is_not_sends_the_request_back_to_work(desk, call):
    said = {"result": "talked", "is_fixed": False}
    before = rows_of(call.request)
    assert_problem(desk.send(record(call), said), 400, field="text")
    assert rows_of(call.request) == before
    assert desk.send(record(call), {**said, "text": "Снова течёт"}).status_code == 200
    assert Request.objects.get(pk=call.request_id).status == Status.REOPENED


def test_nobody_at_home_puts_the_call_off_until_the_last_try(desk, call):
    for tries in range(1, quality.TRIES + 1):
        body = desk.send(record(call), {"result": "missed"}, seen=call.version).json()
        call.refresh_from_db()
        assert (body["tries"], body["version"]) == (tries, call.version)
    assert (call.state, body["state"]) == (CallState.MISSED, "missed")
    assert_problem(desk.send(record(call), {"result": "missed"}), 409, "called")


def test_of_two_who_saw_the_same_one_writes_it_down(desk, call, chief):
    assert desk.send(record(call), {"result": "missed"}, seen=0).status_code == 200
    stale = Program(chief).send(record(call), {"result": "missed"}, seen=0)
    assert_problem(stale, 412, "precondition_failed")
    tag = desk.get(f"{LIST}{call.pk}/")["ETag"]
    assert tag.startswith('"1.')
    call.refresh_from_db()
    assert call.tries == 1


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "result"),
        ({"result": "waiting"}, "result"),
        ({"result": "talked"}, "is_fixed"),
        ({"result": "talked", "is_fixed": "maybe"}, "is_fixed"),
        ({"result": "talked", "is_fixed": True, "mark": 6}, "mark"),
        ({"result": "talked", "is_fixed": True, "mark": "x"}, "mark"),
    ],
)
def test_a_faulty_answer_names_its_field_and_writes_nothing(desk, call, said, field):
    before = rows_of(call.request)
    assert_problem(desk.send(record(call), said), 400, field=field)
    call.refresh_from_db()
    assert (call.state, call.called_at) == (CallState.WAITING, None)
    assert rows_of(call.request) == before


def test_who_may(call, resident, company_user, clerk, desk):
    said = {"result": "declined"}
    for user, code in ((None, 401), (resident, 403), (company_user, 403), (clerk, 403)):
        program = Program(user)
        for path in (LIST, f"{LIST}figures/", f"{LIST}{call.pk}/"):
            assert_problem(program.get(path), code)
        assert_problem(program.send(record(call), said), code)
    call.refresh_from_db()
    assert call.state == CallState.WAITING
    for pk in (10**9, 2**80):
        assert_problem(desk.get(f"{LIST}{pk}/"), 404, "not_found")
        assert_problem(desk.send(f"{LIST}{pk}/record/", said), 404, "not_found")


@pytest.mark.parametrize("view", ["waiting", "called"])
def test_the_list_pages_by_a_sealed_cursor_and_costs_the_same_for_many(
    desk, make_request, operator, view, monkeypatch
):
    def drawn(few):
        for n in range(few):
            item = make_request(status="closed", outcome="fixed", flat=f"{n}")
            QualityCall.objects.create(
                request=item,
                drawn_on=date(2026, 1, 2),
                called_by=operator if view == "called" else None,
                called_at=timezone.now() if view == "called" else None,
            )
        with CaptureQueriesContext(connection) as captured:
            desk.get(LIST, view=view)
        return len(captured)

    drawn(0)
    assert drawn(2) == drawn(4)
    monkeypatch.setattr("accounts.rest.pages.SIZE", 4)
    first = desk.get(LIST, view=view).json()
    second = desk.get(LIST, view=view, cursor=first["next"]).json()
    assert len({row["id"] for row in (*first["results"], *second["results"])}) == 6
    other = {"waiting": "called", "called": "waiting"}[view]
    assert_problem(desk.get(LIST, view=other, cursor=first["next"]), 400, "bad_cursor")
