"""Saved filters for programs: kept under a name, shared, used on the work list, deleted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from requests_app.models import Category, SavedFilter
from tests.requests_app.callers import Program, assert_problem

pytestmark = pytest.mark.django_db
LIST = "desk/filters/"
WORK = "desk/requests/"
HOUR = timedelta(hours=1)


@pytest.fixture
def desk(operator):
    return Program(operator)


@pytest.fixture
def body(categories):
    return {"name": "Двери", "filter": {"tab": "new", "category": "en_door", "since": "2026-01-01"}}


@pytest.fixture
def saved(desk, body):
    answer = desk.send(LIST, body)
    assert answer.status_code == 201, answer.content
    return answer.json()


def written():
    return list(SavedFilter.objects.order_by("id").values_list("name", "query", "is_shared"))


def test_a_filter_is_kept_once_a_key_and_replaced_by_its_name(desk, body):
    first = desk.send(LIST, body, key="f1")
    again = desk.send(LIST, body, key="f1")
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert first.json()["filter"] == {
        "tab": "new", "status": [], "category": "en_door", "executor": "", "district": "",
        "operator": "", "channel": "", "emergency": False, "since": "2026-01-01", "until": None,
    }  # fmt: skip
    assert written() == [("Двери", "category=en_door&since=2026-01-01&tab=new", False)]
    assert_problem(desk.send(LIST, {**body, "name": "Иное"}, key="f1"), 409)
    other = {**body, "filter": {"emergency": True, "status": ["new", "accepted"]}}
    replaced = desk.send(LIST, other)
    assert (replaced.status_code, replaced.json()["id"]) == (200, first.json()["id"])
    assert written() == [("Двери", "emergency=on&status=new&status=accepted", False)]
    # What is read is what may be sent back.
    assert desk.send(LIST, {**body, "filter": replaced.json()["filter"]}).status_code == 200
    assert written() == [("Двери", "emergency=on&status=new&status=accepted", False)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "\x00"}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"filter": {}}, "filter"),
        ({"filter": "tab=new"}, "filter"),
        ({"filter": {"tab": "nowhere"}}, "filter.tab"),
        ({"filter": {"status": ["gone"]}}, "filter.status.0"),
        ({"filter": {"category": "nonsense"}}, "filter.category"),
        ({"filter": {"operator": "7000000"}}, "filter.operator"),
        ({"filter": {"district": "Нигде"}}, "filter.district"),
        ({"filter": {"since": "2026-02-30"}}, "filter.since"),
    ],
)
def test_a_faulty_filter_names_its_field_and_is_not_kept(desk, body, changes, field):
    assert_problem(desk.send(LIST, {**body, **changes}), 400, field=field)
    assert not written()


def test_who_may(body, saved, resident, company_user, clerk):
    before = written()
    for user, code in ((None, 401), (resident, 403), (company_user, 403)):
        program = Program(user)
        assert_problem(program.get(LIST), code)
        assert_problem(program.send(LIST, body), code)
        assert_problem(program.send(f"{LIST}{saved['id']}/", {"name": "x"}, method="patch"), code)
        assert_problem(program.send(f"{LIST}{saved['id']}/", method="delete"), code)
    assert written() == before


def test_colleagues_use_what_is_shared_and_change_nothing(desk, saved, chief):
    colleague, path = Program(chief), f"{LIST}{saved['id']}/"
    assert colleague.get(LIST).json()["results"] == []
    assert_problem(colleague.get(path), 404, "not_found")
    shared = desk.send(path, {"shared": True}, method="patch", key="s1").json()
    assert (shared["shared"], shared["name"]) == (True, "Двери")
    (seen,) = colleague.get(LIST).json()["results"]
    assert (seen["id"], seen["mine"], seen["owner"]) == (saved["id"], False, saved["owner"])
    for answer in (
        colleague.send(path, {"shared": False}, method="patch"),
        colleague.send(path, method="delete"),
    ):
        assert_problem(answer, 404, "not_found")
    assert written()[0][2] is True


def test_a_filter_is_renamed_once_a_key_and_deleted(desk, body, saved):
    path = f"{LIST}{saved['id']}/"
    desk.send(LIST, {**body, "name": "Вторая"})
    assert_problem(desk.send(path, {"name": "Вторая"}, method="patch"), 400, field="name")
    assert_problem(desk.send(path, {"name": ""}, method="patch"), 400, field="name")
    assert_problem(desk.send(path, {}, method="patch"), 400, field="name")
    renamed = desk.send(path, {"name": "Третья"}, method="patch", key="r1")
    assert (renamed.status_code, renamed.json()["name"]) == (200, "Третья")
    assert_problem(desk.send(path, {"name": "Иная"}, method="patch", key="r1"), 409)
    assert [one[0] for one in written()] == ["Третья", "Вторая"]
    assert desk.send(path, method="delete").status_code == 204
    assert_problem(desk.send(path, method="delete"), 404, "not_found")
    for pk in (10**9, 2**80):
        assert_problem(desk.get(f"{LIST}{pk}/"), 404, "not_found")
        assert_problem(desk.send(f"{LIST}{pk}/", {"name": "x"}, method="patch"), 404)
        assert_problem(desk.send(f"{LIST}{pk}/", method="delete"), 404)
    assert [one[0] for one in written()] == ["Вторая"]


def test_the_work_list_is_narrowed_by_a_filter(desk, saved, make_request, chief):
    door = make_request(category="en_door", at=timezone.now() - HOUR)
    make_request(at=timezone.now() - HOUR)
    make_request(category="en_door", status="accepted", at=timezone.now() - HOUR)
    rows = desk.get(WORK, filter=saved["id"]).json()["results"]
    assert [row["number"] for row in rows] == [door.number]
    assert desk.get(WORK, filter=saved["id"], overdue="true").json()["results"] == []
    assert_problem(Program(chief).get(WORK, filter=saved["id"]), 400, "unknown_filter", "filter")
    assert_problem(desk.get(WORK, filter=10**9), 400, field="filter")
    Category.objects.filter(slug="en_door").update(slug="en_door_old")
    assert_problem(desk.get(WORK, filter=saved["id"]), 400, "filter_unreadable", "filter")


def test_a_view_of_all_comes_newest_first_by_page(desk, make_request, monkeypatch):
    monkeypatch.setattr("accounts.rest.pages.SIZE", 1)
    old = make_request(status="done", at=timezone.now() - 3 * HOUR)
    new = make_request(at=timezone.now() - HOUR)
    body = {"name": "Все", "filter": {"tab": "all", "channel": "web"}}
    pk = desk.send(LIST, body).json()["id"]
    page = desk.get(WORK, filter=pk).json()
    assert [row["number"] for row in page["results"]] == [new.number]
    page = desk.get(WORK, filter=pk, cursor=page["next"])
    assert [row["number"] for row in page.json()["results"]] == [old.number]


def test_the_list_pages_by_a_sealed_cursor_and_costs_the_same_for_many(desk, operator, monkeypatch):
    def kept(few):
        for n in range(few):
            SavedFilter.objects.create(
                owner=operator, name=f"{SavedFilter.objects.count():02}{n}", query="emergency=on"
            )
        with CaptureQueriesContext(connection) as captured:
            desk.get(LIST)
        return len(captured)

    kept(0)
    assert kept(2) == kept(8)
    monkeypatch.setattr("accounts.rest.pages.SIZE", 6)
    first = desk.get(LIST).json()
    second = desk.get(LIST, cursor=first["next"]).json()
    names = [row["name"] for row in (*first["results"], *second["results"])]
    assert names == sorted(names)
    assert len(names) == 10
    assert_problem(desk.get("desk/requests/", cursor=first["next"]), 400, "bad_cursor")
    assert_problem(desk.get(LIST, cursor=first["next"][:-1] + "x"), 400, "bad_cursor")
