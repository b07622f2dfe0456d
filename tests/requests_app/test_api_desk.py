"""The desk for programs: a card, and each thing staff do, by the rule that the pages call."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actors import actor_of
from accounts.models import ContactLook, User
from requests_app import lifecycle
from requests_app.incidents import opening
from requests_app.models import Incident, QueuePlace, RefusedSave, Request, RequestEvent
from requests_app.statuses import Channel, Status
from tests.city_fixtures import ORDINARY, everything, rows_of
from tests.requests_app.callers import Program, assert_problem

pytestmark = pytest.mark.django_db
LIST = "desk/requests/"
HOUR = timedelta(hours=1)


@pytest.fixture
def desk(operator):
    return Program(operator)


@pytest.fixture
def item(make_request):
    return make_request(at=timezone.now() - HOUR)


@pytest.fixture
def looker(roles_loaded):
    """Return staff who may see requests, change none, and see no contact."""
    group = Group.objects.create(name="lookers")
    group.permissions.add(Permission.objects.get(codename="view_request"))
    user = User.objects.create_user("looker@example.org", "a long password", is_staff=True)
    user.groups.add(group)
    return user


def one(item, verb=""):
    return f"{LIST}{item.number}/{verb}"


# ------------------------------------------------------------------ the card


def test_card_shows_everything_known_but_the_contact(desk, item, make_request, operator):
    duplicate = make_request(at=timezone.now() - 2 * HOUR)
    lifecycle.internal_note(item, by=actor_of(operator), at=timezone.now(), text="Между нами")
    answer = desk.get(one(item))
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert body["description"] == item.description
    assert [line["internal"] for line in body["timeline"]] == [False, True]
    assert body["reach"] == {"email": True, "phone": True}
    assert [row["number"] for row in body["likely_duplicates"]] == [duplicate.number]
    assert (body["place"]["lane"], body["place"]["unread"]) == (1, False)
    assert {step["name"] for step in body["steps"]} == {"accept", "ask", "redirect", "refuse"}
    assert body["may_see_contact"] is True
    text = answer.content.decode()
    for private in ("Анна", "resident@", "+7900"):
        assert private not in text


def test_card_costs_the_same_for_a_busy_house(desk, item, make_request, operator):
    make_request(at=timezone.now() - 2 * HOUR)
    desk.get(one(item))
    with CaptureQueriesContext(connection) as few:
        desk.get(one(item))
    for n in range(5):
        make_request(at=timezone.now() - n * HOUR)
        lifecycle.internal_note(item, by=actor_of(operator), at=timezone.now(), text=f"{n}")
    with CaptureQueriesContext(connection) as many:
        desk.get(one(item))
    assert len(many) == len(few)


def test_the_contact_is_a_right_of_its_own_and_each_look_is_noted(desk, item, operator, looker):
    answer = desk.send(one(item, "contact/"))
    assert answer.json() == {
        "name": "Анна Петрова", "email": "resident@example.org", "phone": "+79000000001",
    }  # fmt: skip
    assert answer["Cache-Control"] == "private, no-store"
    look = ContactLook.objects.get()
    assert (look.subject, look.looked_by) == (f"request:{item.pk}", operator)
    assert_problem(Program(looker).send(one(item, "contact/")), 403, "permission_denied")
    assert ContactLook.objects.count() == 1


# ------------------------------------------------------------------ who comes in


WRITES = {
    "take": {},
    "release": {},
    "assign": {"operator": None},
    "aside": {"until": "2030-01-01T00:00:00Z"},
    "bring-back": {},
    "notes": {"text": "x"},
    "category": {"category": "en_door"},
    "incident": {"incident": None},
    "incident/open": {},
    "merge": {"into": "26-000001"},
    "split": {"category": "en_door", "description": "x"},
    "links": {"number": "26-000001"},
    "plan": {"planned_at": "2030-01-01T00:00:00Z"},
    "extend": {"until": "2030-01-01", "text": "x"},
    "contact": {},
}


@pytest.mark.parametrize("verb", WRITES)
def test_each_write_is_for_staff_who_may(verb, item, resident, company_user, looker):
    before = rows_of(item)
    path, body = one(item, f"{verb}/"), WRITES[verb]
    assert_problem(Program().send(path, body), 401, "not_authenticated")
    for user in (resident, company_user, looker):
        assert_problem(Program(user).send(path, body), 403, "permission_denied")
    assert rows_of(item) == before
    assert Program(looker).get(one(item)).status_code == 200


@pytest.mark.parametrize("verb", ["", *WRITES])
@pytest.mark.parametrize("number", ["26-999999", "26-999999%00", "x" * 300, "%D0%B9"])
def test_an_unknown_number_is_not_found(verb, number, desk, item):
    path = f"{LIST}{number}/{f'{verb}/' if verb else ''}"
    answer = desk.send(path, WRITES[verb]) if verb else desk.get(path)
    assert_problem(answer, 404, "not_found")


# ------------------------------------------------------------------ writes on the version seen


@pytest.mark.parametrize(
    "verb", ["take", "assign", "notes", "category", "incident", "merge", "links", "split"]
)
def test_a_lost_update_is_refused_and_what_was_meant_is_kept(verb, desk, item, make_request):
    other = make_request(at=timezone.now() - 3 * HOUR)
    body = {**WRITES[verb]}
    body |= {"into": other.number} if verb == "merge" else {}
    body |= {"number": other.number} if verb == "links" else {}
    before = rows_of(item)
    answer = desk.send(one(item, f"{verb}/"), body, seen=item.version + 1)
    assert_problem(answer, 412, "precondition_failed")
    assert rows_of(item) == before
    kept = RefusedSave.objects.get()
    assert (kept.seen_version, kept.current_version) == (item.version + 1, item.version)
    answer = desk.send(one(item, f"{verb}/"), body, seen=item.version)
    assert answer.status_code == 200, answer.content


def test_a_stale_write_of_hostile_words_is_refused_like_any(desk, item):
    body = {"text": "\x00\ud800", "x\x00": ["\x00"]}
    answer = desk.send(one(item, "notes/"), body, seen=item.version + 1)
    assert answer.status_code in (400, 412)


def test_a_repeat_is_done_once_and_another_body_is_refused(desk, item):
    path = one(item, "notes/")
    first = desk.send(path, {"text": "Звонила соседка"}, key="n1")
    again = desk.send(path, {"text": "Звонила соседка"}, key="n1")
    assert (first.status_code, again.json()) == (200, first.json())
    assert_problem(desk.send(path, {"text": "Иное"}, key="n1"), 409, "idempotency_key_reused")
    assert RequestEvent.objects.filter(request=item, kind="note").count() == 1


@pytest.fixture
def two_at_once(make_request, operator, chief):
    return make_request(at=timezone.now() - HOUR), [Program(operator), Program(chief)]


@pytest.mark.django_db(transaction=True)
def test_of_two_operators_who_saw_the_same_one_takes_it(two_at_once):
    item, programs = two_at_once
    answers, start = [], Barrier(2)

    def press(defaults):
        program = Program()
        program.client = Client(**defaults)
        start.wait()
        answers.append(program.send(one(item, "take/"), seen=item.version).status_code)
        connection.close()

    threads = [Thread(target=press, args=(one.client.defaults,)) for one in programs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 412]
    assert RequestEvent.objects.filter(request=item, kind="assigned").count() == 1


# ------------------------------------------------------------------ what staff do


def test_taking_giving_and_putting_aside(desk, item, operator, chief):
    assert desk.send(one(item, "take/")).json()["operator"] == operator.pk
    until = (timezone.now() + HOUR).isoformat()
    assert desk.send(one(item, "aside/"), {"until": until, "text": "Ждём"}).status_code == 200
    assert QueuePlace.objects.get(request=item).set_aside_until is not None
    assert desk.send(one(item, "bring-back/")).status_code == 200
    assert QueuePlace.objects.get(request=item).set_aside_until is None
    assert desk.send(one(item, "assign/"), {"operator": chief.pk}).json()["operator"] == chief.pk
    assert_problem(desk.send(one(item, "release/")), 409, "not_mine")
    assert_problem(desk.send(one(item, "assign/"), {"operator": 10**9}), 400, "unknown_operator")
    assert desk.send(one(item, "assign/"), {"operator": None}).json()["operator"] is None
    names = {row["id"] for row in desk.get("desk/operators/").json()["results"]}
    assert names == {operator.pk, chief.pk}


def test_the_next_request_is_given_once_a_key(desk, make_request):
    first = make_request(at=timezone.now() - 3 * HOUR)
    second = make_request(at=timezone.now() - HOUR)
    rows = desk.get("desk/queue/").json()["results"]
    assert [row["number"] for row in rows] == [first.number, second.number]
    for _ in range(2):
        assert desk.send("desk/queue/next/", key="q1").json() == {"number": first.number}
    assert desk.send("desk/queue/next/").json() == {"number": second.number}
    assert desk.send("desk/queue/next/").json() == {"number": None}
    assert len(desk.get("desk/queue/", view="mine").json()["results"]) == 2
    assert_problem(desk.get("desk/queue/", view="theirs"), 400, field="view")


def test_queue_costs_the_same_for_many(desk, make_request):
    make_request(at=timezone.now() - HOUR)
    desk.get("desk/queue/")
    with CaptureQueriesContext(connection) as few:
        desk.get("desk/queue/")
    for n in range(5):
        make_request(at=timezone.now() - n * HOUR)
    with CaptureQueriesContext(connection) as many:
        desk.get("desk/queue/")
    assert len(many) == len(few)


def test_another_matter_brings_its_norm(desk, item):
    answer = desk.send(one(item, "category/"), {"category": "en_door"})
    assert answer.status_code == 200, answer.content
    item.refresh_from_db()
    assert item.category.slug == "en_door"
    assert_problem(desk.send(one(item, "category/"), {"category": "en_door"}), 409)
    assert_problem(
        desk.send(one(item, "category/"), {"category": "heating\x00"}), 400, field="category"
    )


def test_a_duplicate_is_joined_and_untied_by_reopening(desk, item, make_request):
    first = make_request(at=timezone.now() - 5 * HOUR)
    stands = desk.send(one(item, "merge/"), {"into": first.number}, key="m1").json()
    assert (stands["status"], stands["outcome"]) == ("closed", "duplicate")
    card = desk.get(one(first)).json()
    assert [(row["number"], row["tie"]) for row in card["tied"]] == [(item.number, "duplicate")]
    assert desk.get(one(item)).json()["duplicate_of"] == first.number
    again = {"to": "reopened", "text": "Другой стояк"}
    assert desk.send(f"requests/{item.number}/transitions/", again).status_code == 200
    assert desk.get(one(item)).json()["duplicate_of"] == ""
    for into in (first.number, "26-999999", "\x00"):
        assert desk.send(one(first, "merge/"), {"into": into}).status_code == 400


def test_requests_are_linked_unlinked_and_split(desk, item, make_request):
    other = make_request(at=timezone.now() - 5 * HOUR)
    assert desk.send(one(item, "links/"), {"number": other.number}).status_code == 200
    assert_problem(desk.send(one(other, "links/"), {"number": item.number}), 409, "linked")
    assert desk.send(one(other, f"links/{item.number}/"), method="delete").status_code == 200
    assert_problem(desk.send(one(other, f"links/{item.number}/"), method="delete"), 404)
    body = {"category": "en_door", "description": "Дверь не закрывается"}
    made = desk.send(one(item, "split/"), body, key="s1").json()
    assert desk.send(one(item, "split/"), body, key="s1").json() == made
    second = Request.objects.get(number=made["number"])
    assert second.registered_at == item.registered_at
    assert Request.objects.count() == 3
    answer = desk.send(one(item, "split/"), {**body, "category": "nonsense"})
    assert_problem(answer, 400, field="category")


def test_a_request_hangs_on_an_incident_of_its_house(desk, item, operator, make_building):
    far = make_building(house="99")
    elsewhere = opening.open_incident(
        kind="fault", utility="", category=item.category_id, title="Далеко",
        started_at=timezone.now(), buildings=[far.pk], by=actor_of(operator), at=timezone.now(),
    )  # fmt: skip
    answer = desk.send(one(item, "incident/"), {"incident": elsewhere.pk})
    assert_problem(answer, 400, "foreign_incident")
    opened = desk.send(one(item, "incident/open/"), key="i1").json()
    assert opened["incident"] == Incident.objects.exclude(pk=elsewhere.pk).get().pk
    card = desk.get(one(item)).json()
    assert [row["id"] for row in card["incidents_here"]] == [opened["incident"]]
    assert desk.send(one(item, "incident/"), {"incident": None}).json()["incident"] is None


def test_looking_is_told_to_colleagues_and_ends_unread(desk, item, chief, operator):
    assert desk.send(one(item, "presence/")).json() == {"looking": []}
    assert Program(chief).send(one(item, "presence/")).json() == {
        "looking": [operator.get_short_name()]
    }
    assert QueuePlace.objects.get(request=item).is_unread is False


def test_organisations_of_the_house_come_first_and_take_the_request(
    desk, item, company, supplier, rival_company
):
    rows = desk.get("desk/organisations/", building=item.building_id, q="Соседний").json()
    assert [row["company"] for row in rows["results"]] == [company.pk, None, rival_company.pk]
    assert rows["results"][1]["supplier"] == supplier.pk
    body = {"to": "redirected", "text": "Их стояк", "executor": {"company": rival_company.pk}}
    assert desk.send(f"requests/{item.number}/transitions/", body).status_code == 200
    assert desk.get("desk/organisations/", q="\x00'%").status_code == 200


def test_a_house_tells_what_goes_on(desk, item, make_request):
    done = make_request(status=Status.DONE, at=timezone.now() - 9 * HOUR)
    body = desk.get(f"desk/buildings/{item.building_id}/").json()
    assert [row["number"] for row in body["open"]] == [item.number]
    assert [row["number"] for row in body["recent"]] == [done.number]
    assert_problem(desk.get(f"desk/buildings/{10**9}/"), 404)
    assert_problem(desk.get(f"desk/buildings/{2**80}/"), 404)


# ------------------------------------------------------------------ many at once


def test_a_bulk_step_is_done_to_each_once_and_taken_back(desk, make_request, operator):
    items = [make_request(at=timezone.now() - n * HOUR) for n in (1, 2)]
    done = make_request(status=Status.DONE, at=timezone.now() - 9 * HOUR)
    numbers = [*(one.number for one in items), done.number, "26-999999", items[0].number]
    body = {"do": "accept", "requests": numbers}
    tally = desk.send("desk/bulk/", body, key="b1").json()
    assert tally["done"] == 2
    assert {row["number"] for row in tally["refused"]} == {done.number, "26-999999"}
    assert desk.send("desk/bulk/", body, key="b1").json() == tally
    assert Request.objects.filter(status=Status.ACCEPTED).count() == 2
    assert desk.send("desk/bulk/undo/").json()["done"] == 2
    assert Request.objects.filter(status=Status.NEW).count() == 2
    assert_problem(desk.send("desk/bulk/undo/"), 409, "too_late")
    mine = {"do": "assign", "requests": numbers[:2], "operator": operator.pk}
    assert desk.send("desk/bulk/", mine).json()["done"] == 2


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"do": "close", "requests": ["26-000001"]}, "do"),
        ({"do": "accept", "requests": []}, "requests"),
        ({"do": "accept", "requests": ["26-000001"] * 101}, "requests"),
        ({"do": "accept", "requests": "all"}, "requests"),
        ({"do": "assign", "requests": ["26-000001"]}, "operator"),
        ({"do": "redirect", "requests": ["26-000001"], "text": "x"}, "executor"),
        ({"do": "redirect", "requests": ["26-000001"], "executor": {"company": 1}}, "text"),
    ],
)
def test_a_faulty_bulk_names_its_field(desk, item, body, field):
    before = rows_of(item)
    assert_problem(desk.send("desk/bulk/", body), 400, field=field)
    assert rows_of(item) == before


# ------------------------------------------------------------------ a call comes in


def test_a_call_is_answered_and_taken_in(desk, item, building, categories, operator):
    known = desk.get("desk/intake/answer/", building=building.pk, category=ORDINARY).json()
    assert known["executor"]["name"] == item.executor_name
    assert known["norm"]["clause"] == item.norm_clause
    assert [row["number"] for row in known["duplicates"]] == [item.number]
    assert desk.get("desk/intake/answer/").json()["due_at"] is None
    heard = desk.send("desk/intake/words/", {"text": "Пахнет газом!", "building": building.pk})
    assert heard.json()["flags"][0] == {"flag": "gas", "danger": True, "words": ["Пахнет газом"]}
    earlier = desk.send("desk/intake/caller/", {"phone": "8 (900) 000-00-01"}).json()["results"]
    assert [(row["number"], row["flat"]) for row in earlier] == [(item.number, "12")]
    assert ContactLook.objects.get().subject == f"request:{item.pk}"
    body = {
        "category": ORDINARY,
        "building": building.pk,
        "description": "Холодно",
        "contact": {"name": "Пётр", "phone": "+7 900 000-00-02"},
        "consent": True,
    }
    answer = desk.send("desk/requests/file/", body, key="f1")
    assert answer.status_code == 201, answer.content
    filed = answer.json()
    assert desk.send("desk/requests/file/", body, key="f1").json() == filed
    taken = Request.objects.get(number=filed["number"])
    assert (taken.channel, taken.resident_id) == (Channel.PHONE, None)
    assert RequestEvent.objects.get(request=taken, kind="filed").user == operator
    counted = everything()
    assert_problem(
        desk.send("desk/requests/file/", {**body, "consent": False}), 400, field="consent"
    )
    assert everything() == counted


def test_who_calls_is_told_to_nobody_without_the_right(looker, item, resident):
    for path, body in (
        ("desk/intake/caller/", {"phone": "+79000000001"}),
        ("desk/intake/words/", {"text": "x"}),
        ("desk/requests/file/", {}),
    ):
        assert_problem(Program(looker).send(path, body), 403, "permission_denied")
        assert_problem(Program(resident).send(path, body), 403, "permission_denied")
    assert not ContactLook.objects.exists()
