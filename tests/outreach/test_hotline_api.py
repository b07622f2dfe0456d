"""The hotline for programs of staff: cards once, call-backs to one, contacts by a noted look."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import ContactLook
from outreach.models import Call, CallBack, Question
from requests_app.models import Request, RequestContact
from tests.city_fixtures import ORDINARY, everything
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


# ------------------------------------------------------------------ a card half-way


def test_a_card_is_kept_half_way_once_a_key_and_the_call_goes_on(desk, call, make_request):
    item = make_request()
    path = f"desk/calls/{call['id']}/"
    said = {"phone": "8 900 000-00-08", "asked": "Когда включат?", "note": "Перезвонит сама",
            "topic": "utilities", "request": item.number}  # fmt: skip
    first = desk.send(path, said, method="put", key="w1")
    assert first.status_code == 200, first.content
    assert (first.json()["ended_at"], first.json()["request"]) == (None, item.number)
    assert desk.send(path, said, method="put", key="w1").json() == first.json()
    assert_problem(desk.send(path, {**said, "note": ""}, method="put", key="w1"), 409)
    row = Call.objects.get()
    assert (row.phone, row.asked, row.note) == (
        "+79000000008", "Когда включат?", "Перезвонит сама",
    )  # fmt: skip
    # The whole card is sent: what is left out is empty, what it is about stays.
    desk.send(path, {"asked": "Иное"}, method="put")
    row.refresh_from_db()
    assert (row.phone, row.asked, row.note, row.request) == ("", "Иное", "", item)
    assert desk.get(path).json()["request"] == item.number
    assert "Иное" not in desk.get(path).content.decode()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"phone": "никто"}, "phone"),
        ({"topic": "weather"}, "topic"),
        ({"answer": "x" * 8_001}, "answer"),
        ({"note": "\x00"}, "note"),
        ({"guides": [10**9]}, "asked"),
        ({"guides": ["x"]}, "guides.0"),
        ({"follow_up_days": 2}, "follow_up_days"),
    ],
)
def test_a_faulty_card_names_its_field_and_keeps_nothing(desk, call, said, field):
    before = everything()
    path = f"desk/calls/{call['id']}/"
    assert_problem(desk.send(path, {"asked": "Когда?", **said}, method="put"), 400, field=field)
    assert everything() == before
    assert Call.objects.get().asked == ""


def test_only_its_operator_writes_on_an_open_card(
    desk, call, chief, resident, company_user, building, categories
):
    path = f"desk/calls/{call['id']}/"
    experts = {"topic": "utilities", "asked": "Кто?", "email": "a@example.org", "consent": True}
    turn = {"category": ORDINARY, "building": building.pk, "consent": True, "description": "x"}
    writes = (
        ("", {"asked": "x"}, "put"),
        ("experts/", experts, "post"),
        ("request/", turn, "post"),
    )
    before = everything()
    for verb, said, method in writes:
        assert_problem(Program().send(path + verb, said, method=method), 401)
        for user in (resident, company_user):
            assert_problem(Program(user).send(path + verb, said, method=method), 403)
        assert_problem(Program(chief).send(path + verb, said, method=method), 409, "not_open")
        for pk in (10**9, 2**80):
            answer = desk.send(f"desk/calls/{pk}/{verb}", said, method=method)
            assert_problem(answer, 404, "not_found")
    for user, code in ((None, 401), (resident, 403), (company_user, 403)):
        assert_problem(Program(user).get(path), code)
    assert Program(chief).get(path).json()["id"] == call["id"]
    assert_problem(desk.get(f"desk/calls/{2**80}/"), 404)
    assert everything() == before
    ended = desk.send(f"{path}end/", {"outcome": "cut", "phone": "+79000000009"})
    assert ended.status_code == 200, ended.content
    for verb, said, method in writes:
        assert_problem(desk.send(path + verb, said, method=method), 409, "not_open")
    assert not Request.objects.exists()


def test_a_question_is_passed_to_the_experts_once_and_ends_the_call(desk, call):
    path = f"desk/calls/{call['id']}/experts/"
    said = {
        "topic": "utilities",
        "asked": "Кто платит за поверку общедомового счётчика воды?",
        "name": "Анна Петрова",
        "email": "anna@example.org",
        "consent": True,
    }
    for changes, field in (
        ({"email": "не адрес"}, "email"),
        ({"consent": False}, "consent"),
        ({"asked": ""}, "asked"),
        ({"topic": ""}, "topic"),
    ):
        before = everything()
        assert_problem(desk.send(path, {**said, **changes}), 400, field=field)
        assert everything() == before
    first = desk.send(path, said, key="x1")
    assert first.status_code == 200, first.content
    question = Question.objects.get()
    assert (first.json()["ended_as"], first.json()["question"]) == ("expert", question.pk)
    assert (question.email, question.text) == ("anna@example.org", said["asked"])
    assert desk.send(path, said, key="x1").json() == first.json()
    assert_problem(desk.send(path, {**said, "name": "Иная"}, key="x1"), 409)


@pytest.fixture
def turn(building, categories):
    return {
        "category": ORDINARY,
        "building": building.pk,
        "flat": "12",
        "consent": True,
        "card": {"phone": "+7 900 000-00-09", "name": "Анна", "asked": "Холодно", "note": "Дети"},
    }


def test_a_call_becomes_a_request_once_with_what_the_card_knows(desk, call, turn, operator):
    path = f"desk/calls/{call['id']}/request/"
    first = desk.send(path, turn, key="t1")
    assert first.status_code == 201, first.content
    body = first.json()
    item = Request.objects.get()
    assert (body["number"], body["call"]["request"]) == (item.number, item.number)
    assert body["call"]["ended_as"] == "request"
    assert body["call"]["ended_at"]
    assert (item.channel, item.description) == ("phone", "Холодно\nДети")
    contact = RequestContact.objects.get()
    assert (contact.name, contact.phone) == ("Анна", "+79000000009")
    assert Call.objects.get().note == "Дети"
    tracked = Program().get(f"requests/{item.number}/", code=body["tracking_code"])
    assert tracked.status_code == 200
    assert desk.send(path, turn, key="t1").json() == body
    other = {**turn, "card": {**turn["card"], "note": "Иное"}}
    assert_problem(desk.send(path, other, key="t1"), 409, "idempotency_key_reused")
    assert_problem(desk.send(path, turn), 409, "not_open")
    assert Request.objects.count() == 1


def test_a_call_about_money_is_turned_into_a_claim_with_words_of_its_own(desk, call, turn):
    said = {
        **turn,
        "turn_into": "claim",
        "card": None,
        "description": "Прошу пересчитать",
        "contact": {"email": "anna@example.org"},
    }
    body = desk.send(f"desk/calls/{call['id']}/request/", said).json()
    assert body["call"]["ended_as"] == "claim"
    contact = RequestContact.objects.get()
    assert (contact.email, contact.phone) == ("anna@example.org", "")
    assert Request.objects.get().description == "Прошу пересчитать"
    assert Call.objects.get().phone == "+79000000009"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"category": "nonsense"}, "category"),
        ({"building": 10**9}, "building"),
        ({"consent": False}, "consent"),
        ({"turn_into": "answered"}, "turn_into"),
        ({"card": None}, "description"),
        ({"card": {"asked": "Холодно", "phone": "+79000000009", "topic": "x"}}, "card.topic"),
        ({"card": {"asked": "Холодно", "request": "26-999999"}}, "card.request"),
        ({"card": {"guides": "x"}}, "card.guides"),
    ],
)
def test_a_faulty_request_of_a_call_names_its_field_and_ends_nothing(
    desk, call, turn, changes, field
):
    before = everything()
    answer = desk.send(f"desk/calls/{call['id']}/request/", {**turn, **changes})
    assert_problem(answer, 400, field=field)
    assert everything() == before
    assert Call.objects.get().is_open


def test_the_list_of_cards_costs_the_same_for_many(desk, call, operator, make_request):
    def queries(few):
        for n in range(few):
            item = make_request(flat=f"{n}")
            Call.objects.create(operator=operator, started_at=timezone.now(), request=item)
        with CaptureQueriesContext(connection) as captured:
            desk.get("desk/calls/")
        return len(captured)

    queries(0)
    assert queries(2) == queries(6)
