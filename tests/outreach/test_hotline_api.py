"""The hotline for programs of staff: cards once, call-backs to one, contacts by a noted look."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import ContactLook
from outreach.models import Call, CallBack
from tests.requests_app.callers import Program, assert_problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(operator):
    return Program(operator)


@pytest.fixture
def call(desk):
    answer = desk.send("desk/calls/", {"phone": "8 900 000-00-09"}, key="c1")
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_a_card_is_opened_once_and_tells_no_caller(desk, call, resident):
    again = desk.send("desk/calls/", {"phone": "+7 900 000-00-09"}, key="c1")
    assert again.json() == call
    assert_problem(desk.send("desk/calls/", {"phone": "+79000000008"}, key="c1"), 409)
    assert_problem(desk.send("desk/calls/", {"phone": "никто"}), 400, field="phone")
    answer = desk.get("desk/calls/", open="true")
    assert [row["id"] for row in answer.json()["results"]] == [call["id"]]
    assert "9000000009" not in answer.content.decode()
    assert Call.objects.count() == 1
    assert_problem(Program().get("desk/calls/"), 401)
    assert_problem(Program(resident).get("desk/calls/"), 403, "permission_denied")


def test_a_call_ends_with_its_outcome_once_and_by_its_operator(desk, call, chief):
    path = f"desk/calls/{call['id']}/end/"
    said = {"topic": "utilities", "asked": "Когда включат?", "outcome": "answered"}
    assert_problem(Program(chief).send(path, said), 409, "not_open")
    assert_problem(desk.send(path, {**said, "outcome": "gone"}), 400, field="outcome")
    assert_problem(desk.send(path, {**said, "request": "26-999999"}), 404)
    assert_problem(desk.send(path, {**said, "topic": ""}), 400, field="topic")
    ended = desk.send(path, {**said, "follow_up": "Узнать", "follow_up_days": 1}, key="e1")
    assert (ended.status_code, ended.json()["ended_as"]) == (200, "answered"), ended.content
    again = desk.send(path, {**said, "follow_up": "Узнать", "follow_up_days": 1}, key="e1")
    assert again.json() == ended.json()
    assert_problem(desk.send(path, said), 409, "not_open")
    left = desk.get("desk/calls/", follow_up="left").json()["results"]
    assert [row["id"] for row in left] == [call["id"]]
    assert desk.send(f"desk/calls/{call['id']}/done/").json()["follow_up_done_at"]
    assert desk.get("desk/calls/", follow_up="left").json()["results"] == []


def test_who_called_is_told_by_a_noted_look(desk, call, operator):
    answer = desk.send(f"desk/calls/{call['id']}/contact/")
    assert answer.json()["phone"] == "+79000000009"
    assert ContactLook.objects.get().subject == f"call:{call['id']}"
    assert_problem(desk.send(f"desk/calls/{2**80}/contact/"), 404)


def test_a_call_back_is_taken_by_one(desk, chief):
    back = CallBack.objects.create(
        starts_at=timezone.now() - timedelta(minutes=5), line=1, phone="+79000000007",
        name="Анна", topic="utilities", made_at=timezone.now(),
    )  # fmt: skip
    answer = desk.get("desk/call-backs/")
    assert [(row["id"], row["due"]) for row in answer.json()["results"]] == [(back.pk, True)]
    assert "9000000007" not in answer.content.decode()
    path = f"desk/call-backs/{back.pk}/take/"
    taken = desk.send(path)
    assert (taken.status_code, taken.json()["call_back"]) == (200, back.pk), taken.content
    assert desk.send(path).json()["id"] == taken.json()["id"]
    assert_problem(Program(chief).send(path), 409, "taken")
    assert_problem(desk.send(f"desk/call-backs/{10**9}/take/"), 404)
