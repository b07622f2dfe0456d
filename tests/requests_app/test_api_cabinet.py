"""The cabinet for programs: their own requests, each verb once, on the version that was seen."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.actors import actor_of
from accounts.models import ContactLook
from requests_app import lifecycle
from requests_app.models import RequestEvent
from requests_app.statuses import Status
from tests.city_fixtures import COMPANY_INN, rows_of
from tests.requests_app.callers import Program, assert_problem

pytestmark = pytest.mark.django_db
LIST = "cabinet/requests/"
HOUR = timedelta(hours=1)


@pytest.fixture
def firm(company_user):
    return Program(company_user)


@pytest.fixture
def item(make_request):
    return make_request(status=Status.IN_PROGRESS, at=timezone.now() - 20 * HOUR)


def one(item, verb=""):
    return f"{LIST}{item.number}/{verb}"


def found(program, **asked):
    answer = program.get(LIST, **asked)
    assert answer.status_code == 200, answer.content
    return [row["number"] for row in answer.json()["results"]]


# ------------------------------------------------------------------ the list


def test_list_shows_the_organisations_requests_alone(firm, rival, item, make_request):
    body = firm.get(LIST).json()
    assert [row["number"] for row in body["results"]] == [item.number]
    row = body["results"][0]
    assert (row["status"], row["executor_inn"], row["version"]) == (
        "in_progress", COMPANY_INN, item.version,
    )  # fmt: skip
    assert (row["flat"], row["category"]) == ("12", "ht_riser")
    text = str(body)
    for private in ("Анна", "resident@", "+7900", "Батарея в комнате"):
        assert private not in text
    assert found(Program(rival), status="all") == []


def test_filters(firm, make_request, make_building, company, supplier):
    now = timezone.now()
    late = make_request(at=now - timedelta(days=9))
    fresh = make_request(at=now - HOUR)
    done = make_request(status=Status.DONE, at=now - 9 * HOUR)
    far = make_building(company=company, supplier=supplier, street="ул. Дальняя", house="41")
    there = make_request(building=far.pk, at=now - 2 * HOUR)
    assert set(found(firm)) == {late.number, fresh.number, there.number}
    assert set(found(firm, status="all")) == {one.number for one in (late, fresh, done, there)}
    assert found(firm, status="done") == [done.number]
    assert set(found(firm, status="open,done")) == {
        one.number for one in (late, fresh, done, there)
    }
    assert found(firm, overdue="true") == [late.number]
    assert found(firm, building=far.pk) == [there.number]
    assert found(firm, q="дальняя 41") == [there.number]
    assert found(firm, q=done.number) == [done.number]
    assert found(firm, inn="7700000000") == []


def test_changes_come_in_their_order_from_a_moment_on(firm, make_request):
    now = timezone.now()
    first = make_request(at=now - 5 * HOUR)
    second = make_request(at=now - 4 * HOUR)
    lifecycle.move(first, Status.ACCEPTED, by=actor_of_firm(firm), at=now - HOUR)
    assert found(firm, updated_since=(now - 9 * HOUR).isoformat()) == [
        second.number, first.number,
    ]  # fmt: skip
    assert found(firm, updated_since=(now - 2 * HOUR).isoformat()) == [first.number]
    assert found(firm, updated_since=now.isoformat()) == []


def actor_of_firm(firm):
    from accounts.models import User

    return actor_of(User.objects.get(email="company@example.org"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", "gone"),
        ("overdue", "maybe"),
        ("building", "x"),
        ("building", "9" * 30),
        ("updated_since", "вчера"),
        ("updated_since", "0001-01-01T00:00:00+14:00"),
        ("cursor", "x"),
        ("cursor", "W10.abc"),
        ("company", "7325000006"),
        ("fields", "contact"),
    ],
)
def test_a_wrong_question_names_its_field(firm, item, name, value):
    assert_problem(firm.get(LIST, **{name: value}), 400, field=name)


@pytest.mark.parametrize("q", ["\x00", "%' --", "(((", "\\m", "я" * 5000, "26-", "\ud800"])
def test_hostile_words_are_answered(firm, item, q):
    assert (
        firm.client.get(f"/api/v1/{LIST}", {"q": q.encode("utf-8", "replace")}).status_code == 200
    )


def test_pages_go_on_by_key_and_a_cursor_is_of_its_question(firm, make_request):
    now = timezone.now()
    for n in range(53):
        make_request(at=now - HOUR + timedelta(seconds=n))
    first = firm.get(LIST).json()
    second = firm.get(LIST, cursor=first["next"]).json()
    numbers = [row["number"] for row in first["results"] + second["results"]]
    assert (len(first["results"]), len(set(numbers)), second["next"]) == (50, 53, "")
    assert_problem(firm.get(LIST, cursor=first["next"], status="all"), 400, field="cursor")


def test_list_asks_once_for_its_rows(firm, make_request):
    make_request(at=timezone.now() - HOUR)
    firm.get(LIST)
    with CaptureQueriesContext(connection) as few:
        firm.get(LIST)
    for n in range(9):
        make_request(at=timezone.now() - n * HOUR)
    with CaptureQueriesContext(connection) as many:
        firm.get(LIST)
    assert len(many) == len(few)
    about = [query["sql"] for query in many if 'FROM "requests_app_request"' in query["sql"]]
    assert len(about) == 1


def test_fields_and_tags(firm, item):
    answer = firm.get(LIST, fields="number,version")
    assert answer.json()["results"] == [{"number": item.number, "version": item.version}]
    again = firm.client.get(
        f"/api/v1/{LIST}?fields=number,version", headers={"If-None-Match": answer["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


# ------------------------------------------------------------------ who comes in


VERBS = {
    "plan": {"planned_at": "2999-01-01T00:00:00Z"},
    "visit": {"visit_at": "2999-01-01T00:00:00Z", "text": "x"},
    "harm-stopped": {"happened_at": "2020-01-01T00:00:00Z"},
    "inspections": {"happened_at": "2020-01-01T00:00:00Z", "found_fault": True, "signer": "x"},
    "written-answer": {"text": "x"},
    "more-time": {"until": "2030-01-01", "text": "x"},
    "pass-on": {"text": "x"},
    "acts": {"signed_on": "2030-01-01", "signer": "x", "upload": str(uuid4())},
    "links": {},
    "contact": {},
}


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_is_for_the_organisation_alone(verb, item, resident, operator, rival):
    before, looks = rows_of(item), ContactLook.objects.count()
    path, body = one(item, f"{verb}/"), VERBS[verb]
    assert_problem(Program().send(path, body), 401, "not_authenticated")
    assert_problem(Program(resident).send(path, body), 403, "permission_denied")
    assert_problem(Program(operator).send(path, body), 403, "permission_denied")
    foreign = Program(rival).send(path, body)
    assert_problem(foreign, 404, "not_found")
    unknown = Program(rival).send(f"{LIST}26-999999/{verb}/", body)
    assert unknown.content == foreign.content
    assert rows_of(item) == before
    assert ContactLook.objects.count() == looks


def test_an_unknown_number_costs_what_a_foreign_one_does(rival, item):
    program = Program(rival)
    program.get(one(item))
    with CaptureQueriesContext(connection) as foreign:
        first = program.get(one(item))
    with CaptureQueriesContext(connection) as unknown:
        second = program.get(f"{LIST}26-999999/")
    assert first.content == second.content
    assert len(foreign) == len(unknown)


@pytest.mark.parametrize("number", ["26-999999%00", "%00", "x" * 300, "26-%F0%9F%92%A7", "..%2F"])
def test_an_odd_number_is_not_found(number, firm, item):
    assert firm.get(f"{LIST}{number}/").status_code == 404
    assert firm.send(f"{LIST}{number}/plan/", VERBS["plan"]).status_code == 404


# ------------------------------------------------------------------ one request


def test_card_has_what_the_work_needs_and_no_contact(firm, item, operator):
    lifecycle.internal_note(item, by=actor_of(operator), at=timezone.now(), text="Между нами")
    answer = firm.get(one(item))
    assert answer.status_code == 200
    body = answer.json()
    assert body["description"] == item.description
    assert body["norm"]["clause"] == item.norm_clause
    assert parse_datetime(body["limits"]["fix_by"]) == item.fix_by
    assert [line["status"] for line in body["timeline"]] == ["new", "accepted", "in_progress"]
    assert {step["name"] for step in body["steps"]} == {"ask", "present_act"}
    assert body["may_see_contact"] is True
    text = answer.content.decode()
    for private in ("Между нами", "Анна", "resident@", "+7900"):
        assert private not in text
    item.refresh_from_db()
    assert answer["ETag"].startswith(f'"{item.version}.')


def test_card_costs_the_same_however_long_the_timeline(firm, item, company_user):
    firm.get(one(item))
    with CaptureQueriesContext(connection) as few:
        firm.get(one(item))
    for n in range(8):
        lifecycle.comment(item, by=actor_of(company_user), at=timezone.now(), text=f"{n}")
    with CaptureQueriesContext(connection) as many:
        firm.get(one(item))
    assert len(many) == len(few)


def test_each_look_at_the_contact_is_noted_and_only_while_the_work_goes_on(
    firm, item, make_request, company_user
):
    answer = firm.send(one(item, "contact/"))
    assert answer.json() == {"name": "Анна Петрова", "phone": "+79000000001"}
    assert answer["Cache-Control"] == "private, no-store"
    look = ContactLook.objects.get()
    assert (look.subject, look.looked_by) == (f"request:{item.pk}", company_user)
    new = make_request(at=timezone.now() - HOUR)
    assert_problem(firm.send(one(new, "contact/")), 404)
    assert ContactLook.objects.count() == 1


# ------------------------------------------------------------------ writes


def test_a_planned_time_is_named_once_and_on_the_version_seen(firm, item):
    body = {"planned_at": (timezone.now() + HOUR).isoformat(), "text": "Придёт бригада"}
    path = one(item, "plan/")
    answer = firm.send(path, body, key="k1", seen=item.version)
    assert answer.status_code == 200, answer.content
    stands = answer.json()
    assert (stands["number"], stands["version"]) == (item.number, item.version + 1)
    assert parse_datetime(stands["planned_at"]) == parse_datetime(body["planned_at"])
    rows = rows_of(item)
    # The repeat names the version that was seen then: it is answered, not refused.
    again = firm.send(path, body, key="k1", seen=item.version)
    assert (again.status_code, again.json()) == (200, stands)
    assert_problem(
        firm.send(path, {**body, "text": "Иначе"}, key="k1"), 409, "idempotency_key_reused"
    )
    assert_problem(firm.send(path, body, key="k2", seen=item.version), 412, "precondition_failed")
    assert rows_of(item) == rows


@pytest.mark.parametrize("seen", ["*", "x", "1.zz", "9" * 12])
def test_a_tag_of_nobodys_matches_nothing(firm, item, seen):
    answer = firm.send(one(item, "plan/"), VERBS["plan"] | {"text": "x"}, seen=seen)
    assert_problem(answer, 412, "precondition_failed")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_saw_the_same_one_wins(item_and_firm):
    item, firm = item_and_firm
    answers, start = [], Barrier(2)

    def press(hours):
        program = Program()
        program.client = Client(**firm.client.defaults)
        body = {"planned_at": (timezone.now() + hours * HOUR).isoformat(), "text": "Придём"}
        start.wait()
        answers.append(program.send(one(item, "plan/"), body, seen=item.version).status_code)
        connection.close()

    threads = [Thread(target=press, args=(hours,)) for hours in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 412]
    assert RequestEvent.objects.filter(request=item, kind="planned").count() == 1


@pytest.fixture
def item_and_firm(make_request, company_user):
    item = make_request(status=Status.IN_PROGRESS, at=timezone.now() - 20 * HOUR)
    return item, Program(company_user)


@pytest.mark.parametrize(
    ("verb", "body", "status", "field"),
    [
        ("plan", {}, 400, "planned_at"),
        ("plan", {"planned_at": "2020-01-01T00:00:00Z"}, 400, "planned_at"),
        ("plan", {"planned_at": "0001-01-01T00:00:00+14:00"}, 400, "planned_at"),
        ("plan", {"planned_at": "9999-12-31T23:59:59-12:00"}, 400, "planned_at"),
        ("plan", {"planned_at": ["x"]}, 400, "planned_at"),
        ("visit", {"visit_at": "2030-01-01T00:00:00Z"}, 400, "text"),
        ("harm-stopped", {"happened_at": "0002-01-01T00:00:00Z"}, 400, "happened_at"),
        ("inspections", {"happened_at": "2020-01-01T00:00:00Z"}, 400, ""),
        ("written-answer", {"text": "\x00"}, 400, "text"),
        ("written-answer", {"text": "я" * 6_000}, 400, "text"),
        ("written-answer", {"text": "x", "uploads": [str(uuid4())]}, 400, "uploads"),
        ("written-answer", {"text": "x", "uploads": ["x"]}, 400, "uploads.0"),
        ("more-time", {"until": "2026-99-01", "text": "x"}, 400, "until"),
        ("pass-on", {"text": " "}, 400, "text"),
    ],
)
def test_a_faulty_body_names_its_field_and_writes_nothing(verb, body, status, field, firm, item):
    before = rows_of(item)
    assert_problem(firm.send(one(item, f"{verb}/"), body), status, field=field)
    assert rows_of(item) == before


def test_verbs_reach_the_lifecycle(firm, item):
    assert firm.send(
        one(item, "visit/"),
        {"visit_at": (timezone.now() + HOUR).isoformat(), "text": "По телефону"},
    ).json()["visit_at"]
    assert firm.send(
        one(item, "inspections/"),
        {"happened_at": timezone.now().isoformat(), "found_fault": True, "signer": "Мастер"},
    ).status_code == 200  # fmt: skip
    assert firm.send(one(item, "written-answer/"), {"text": "Починим"}).status_code == 200
    assert firm.send(one(item, "pass-on/"), {"text": "Не наш стояк"}).status_code == 200
    kinds = set(RequestEvent.objects.filter(request=item).values_list("kind", flat=True))
    assert kinds >= {"visit", "inspected", "answered", "asked_pass"}
