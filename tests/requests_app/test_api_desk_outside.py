"""Letters of outside portals for programs at the desk: seen without their writer, decided once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from requests_app.models import OutsideLetter, OutsideMatter, Request
from tests.city_fixtures import ORDINARY
from tests.requests_app.callers import Program, assert_problem

pytestmark = pytest.mark.django_db
LIST = "desk/outside-letters/"
WRITER = {"name": "Аристарх Звездочётов", "phone": "+79005557733"}


def make(number: str = "77-1", **values) -> OutsideLetter:
    at = timezone.now()
    said = {
        "source": "pos",
        "number": number,
        "received_at": at - timedelta(hours=3),
        "taken_at": at,
        "changed_at": at,
        "state": "to_sort",
        "unclear": "house,matter",
        "address": "Садовая 1",
        "matter": "Домофон молчит",
        "payload": {"text": "Домофон не работает", "flat": "9", **WRITER},
        "fingerprint": "0" * 64,
    }
    return OutsideLetter.objects.create(**said | values)


@pytest.fixture
def desk(operator):
    return Program(operator)


def test_what_waits_is_listed_and_nobody_who_wrote_it_is_shown(desk, building, categories):
    late, first = make("77-2"), make("77-1", received_at=timezone.now() - timedelta(days=2))
    declined = make("77-3", state="declined", reason="Другой город", payload={}, unclear="")
    answer = desk.get(LIST)
    assert [row["id"] for row in answer.json()["results"]] == [first.pk, late.pk]
    assert answer.json()["results"][0]["unclear"] == ["house", "matter"]
    whole = desk.get(f"{LIST}{late.pk}/")
    body = whole.json()
    assert (body["text"], body["flat"], body["is_appeal"]) == ("Домофон не работает", "9", False)
    assert building.pk in {house["id"] for house in body["likely_houses"]}
    assert body["likely_matters"]
    for private in WRITER.values():
        assert private not in answer.content.decode() + whole.content.decode()
    (row,) = desk.get(LIST, state="declined").json()["results"]
    assert (row["id"], row["reason"]) == (declined.pk, "Другой город")
    assert desk.get(f"{LIST}{declined.pk}/").json()["likely_houses"] == []
    assert_problem(desk.get(LIST, state="lost"), 400, field="state")


def test_filed_once_a_key_and_its_time_runs_from_its_receipt(desk, building, categories, operator):
    letter = make()
    said = {"building": building.pk, "category": ORDINARY, "always": True}
    first = desk.send(f"{LIST}{letter.pk}/file/", said, key="f1")
    assert first.status_code == 200, first.content
    assert desk.send(f"{LIST}{letter.pk}/file/", said, key="f1").json() == first.json()
    item = Request.objects.get()
    assert (first.json()["number"], first.json()["state"]) == (item.number, "filed")
    assert item.registered_at == letter.received_at
    assert first.json()["text"] == ""
    letter.refresh_from_db()
    assert letter.sorted_by_id == operator.pk
    assert OutsideMatter.objects.get().category.slug == ORDINARY
    assert_problem(desk.send(f"{LIST}{letter.pk}/decline/", {"reason": "Нет"}), 409, "sorted")


def test_declined_with_a_reason_that_its_portal_reads(desk, categories):
    letter = make()
    address = f"{LIST}{letter.pk}/decline/"
    assert_problem(desk.send(address, {"reason": " "}), 400, field="reason")
    assert desk.send(address, {"reason": "Дом другого города"}).json()["state"] == "declined"
    letter.refresh_from_db()
    assert (letter.reason, letter.payload) == ("Дом другого города", {})
    said = {"building": 1, "category": ORDINARY}
    assert_problem(desk.send(f"{LIST}{letter.pk}/file/", said), 409, "sorted")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"building": 0}, "building"),
        ({"building": 10**15}, "building"),
        ({"category": "nothing"}, "category"),
        ({"category": ""}, "category"),
        ({"always": "perhaps"}, "always"),
    ],
)
def test_what_is_wrong_is_named_and_changes_nothing(desk, building, categories, changed, field):
    letter = make()
    said = {"building": building.pk, "category": ORDINARY, **changed}
    assert_problem(desk.send(f"{LIST}{letter.pk}/file/", said), 400, field=field)
    letter.refresh_from_db()
    assert (letter.state, Request.objects.count()) == ("to_sort", 0)


def test_it_is_for_staff_who_sort(resident, company_user, editor, desk, categories):
    letter = make()
    for verb, said in (
        ("file", {"building": 1, "category": ORDINARY}),
        ("decline", {"reason": "x"}),
    ):
        for user in (resident, company_user, editor):
            assert_problem(Program(user).send(f"{LIST}{letter.pk}/{verb}/", said), 403)
        assert_problem(Program().send(f"{LIST}{letter.pk}/{verb}/", said), 401)
        assert_problem(desk.send(f"{LIST}{letter.pk + 1}/{verb}/", said), 404)
    assert_problem(Program(editor).get(LIST), 403)
    assert_problem(desk.get(f"{LIST}{2**62}/"), 404)


def test_a_longer_list_costs_no_more(desk, categories):
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(LIST).status_code == 200
        return len(asked)

    make("77-0")
    desk.get(LIST)
    few = cost()
    for number in range(40):
        make(f"78-{number}")
    assert cost() == few
