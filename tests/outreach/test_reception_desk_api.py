"""Reception at the desk for programs: the day's list, each deed once and with its reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import now

from accounts import tokens
from accounts.actors import actor_of
from accounts.models import ContactLook
from notifications.models import Message
from notifications.rendering import render
from outreach.models import Booking, BookingState, BookingStep, Host, Slot
from outreach.reception import booking as bookings
from outreach.reception import planning, retention, visits
from requests_app.models import Request
from requests_app.statuses import Channel
from tests.city_fixtures import ORDINARY
from tests.outreach.test_reception import ANNA, HOUR, host, soon, told, visitor  # noqa: F401
from tests.requests_app.callers import Program, assert_problem

pytestmark = pytest.mark.django_db
LIST = "desk/reception/bookings/"
VERBS = {
    "move": {"slot": 1, "reason": "x"}, "cancel": {"reason": "x"}, "mark": {"mark": "came"},
    "record": {"record": "x"}, "contact": {},
}  # fmt: skip


@pytest.fixture
def desk(operator):
    return Program(operator)


@pytest.fixture
def booking(soon) -> Booking:  # noqa: F811
    return bookings.book(soon[0].pk, ANNA, user_id=None, at=now())


@pytest.fixture
def path(booking):
    return f"{LIST}{booking.pk}/"


def ids(answer) -> list[int]:
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def state_of(booking) -> tuple:
    booking.refresh_from_db()
    return (
        *(booking.slot_id, booking.state, booking.record, booking.version),
        *(booking.steps.count(), booking.tasks.count(), Message.objects.count()),
    )


def test_the_day_is_listed_by_day_place_official_and_state(desk, booking, soon):  # noqa: F811
    other = Host.objects.create(name="Мирова О. И.", post="Заместитель главы")
    later = Slot.objects.create(
        host=other, kind="mobile", place="Школа № 3", district="Заречный",
        during=DateTimeTZRange(now() + timedelta(days=9), now() + timedelta(days=9) + HOUR),
    )  # fmt: skip
    second = bookings.book(later.pk, visitor(1), user_id=None, at=now())
    bookings.cancel(second, at=now())
    past = Slot.objects.create(
        host=other, kind="office", place="кабинет 7",
        during=DateTimeTZRange(now() - timedelta(days=9), now() - timedelta(days=9) + HOUR),
    )  # fmt: skip
    over = Booking.objects.create(
        slot=past, name="Ольга", phone="+79005550101", question="?", made_at=now(), state="came"
    )
    day = timezone.localtime(soon[0].starts_at).date()
    assert ids(desk.get(LIST)) == [booking.pk, second.pk]
    assert ids(desk.get(LIST, day=day.isoformat())) == [booking.pk]
    assert ids(desk.get(LIST, day=(day - timedelta(days=1)).isoformat())) == []
    assert ids(desk.get(LIST, until=day.isoformat())) == [booking.pk]
    assert ids(desk.get(LIST, since="2026-01-01")) == [over.pk, booking.pk, second.pk]
    assert ids(desk.get(LIST, place="заречный")) == [second.pk]
    assert ids(desk.get(LIST, place="школа")) == [second.pk]
    assert ids(desk.get(LIST, host=other.pk)) == [second.pk]
    assert ids(desk.get(LIST, host=other.pk, since="2026-01-01")) == [over.pk, second.pk]
    assert ids(desk.get(LIST, state="booked")) == [booking.pk]
    assert ids(desk.get(LIST, state="came,cancelled", since="2026-01-01")) == [over.pk, second.pk]
    for asked, field in (
        ({"day": "soon"}, "day"), ({"state": "gone"}, "state"), ({"host": "x"}, "host"),
        ({"day": "2026-01-01", "since": "2026-01-01"}, "day"), ({"colour": "red"}, "colour"),
        ({"since": "2026-02-01", "until": "2026-01-01"}, "until"),
        ({"cursor": "WzAsMV0"}, "cursor"),
    ):  # fmt: skip
        assert_problem(desk.get(LIST, **asked), 400, field=field)
    said = desk.get(LIST, since="2026-01-01").content.decode()
    for secret in ("Анна", "anna@example.org", "9005550101", "Ольга", "Перерасчёт"):
        assert secret not in said, secret


def test_the_list_pages_by_time_at_the_same_cost(desk, host, monkeypatch):  # noqa: F811
    start = now() + timedelta(days=2)

    def add(count: int) -> None:
        for _ in range(count):
            number = Slot.objects.count()
            begin = start + number * HOUR
            slot = Slot.objects.create(
                host=host, during=DateTimeTZRange(begin, begin + HOUR), kind="office", place="7"
            )
            bookings.book(slot.pk, visitor(number), user_id=None, at=now())

    def cost(**asked) -> int:
        desk.get(LIST, **asked)
        with CaptureQueriesContext(connection) as seen:
            assert desk.get(LIST, **asked).status_code == 200
        return len(seen)

    add(3)
    before = cost()
    add(60)
    assert cost() == before
    first = desk.get(LIST).json()
    second = desk.get(LIST, cursor=first["next"]).json()
    assert (len(first["results"]), len(second["results"]), second["next"]) == (50, 13, "")
    assert cost(cursor=first["next"]) == before
    rows = [row["id"] for row in (*first["results"], *second["results"])]
    assert rows == list(Booking.objects.order_by("pk").values_list("pk", flat=True))
    assert desk.get(LIST, cursor=second["previous"]).json()["results"] == first["results"]
    assert_problem(desk.get(LIST, cursor=first["next"], state="booked"), 400, "bad_cursor")


def test_one_booking_is_told_without_its_contact(desk, path, booking):
    answer = desk.get(path)
    body = answer.json()
    assert (body["question"], body["reach"]) == ("Перерасчёт", {"email": True, "phone": False})
    assert (body["version"], body["record"], body["tasks"], body["steps"]) == (1, "", [], [])
    assert answer["ETag"].startswith('"1.')
    assert "Анна" not in answer.content.decode()
    assert "anna@example.org" not in answer.content.decode()
    assert not ContactLook.objects.exists()


def test_the_contact_is_told_by_a_noted_look(desk, path, booking, operator):
    answer = desk.send(f"{path}contact/")
    assert answer.json() == {"name": "Анна", "email": "anna@example.org", "phone": ""}
    assert "no-store" in answer["Cache-Control"]
    look = ContactLook.objects.get()
    assert (look.subject, look.looked_by_id) == (f"reception:{booking.pk}", operator.pk)


def test_others_are_refused_and_write_nothing(desk, path, booking, resident, company_user, editor):
    before = state_of(booking)
    for who, status in ((None, 401), (resident, 403), (company_user, 403), (editor, 403)):
        program = Program(who)
        assert_problem(program.get(LIST), status)
        assert_problem(program.get(path), status)
        for verb, body in VERBS.items():
            assert_problem(program.send(f"{path}{verb}/", body), status)
    assert state_of(booking) == before
    assert not ContactLook.objects.exists()


def test_a_token_to_read_writes_nothing(path, booking, operator):
    key = tokens.issue(operator, name="x", scopes={"desk:read"})
    reader = Client(headers={"Authorization": f"Token {key}"})
    assert reader.get(f"/api/v1/{path}").status_code == 200
    before = state_of(booking)
    for verb, body in VERBS.items():
        answer = reader.post(f"/api/v1/{path}{verb}/", body, content_type="application/json")
        assert_problem(answer, 403, "scope_missing")
    assert state_of(booking) == before


def test_unknown_and_erased_ones_are_not_found(desk, booking):
    Booking.objects.filter(pk=booking.pk).update(erased_at=now())
    for pk in (booking.pk, 10**9, 2**80):
        assert_problem(desk.get(f"{LIST}{pk}/"), 404, "not_found")
        for verb, body in VERBS.items():
            assert_problem(desk.send(f"{LIST}{pk}/{verb}/", body), 404, "not_found")
    assert ids(desk.get(LIST)) == []


@pytest.mark.parametrize(
    ("verb", "body", "field"),
    [
        ("move", {"reason": "x"}, "slot"), ("move", {"slot": "x", "reason": "x"}, "slot"),
        ("move", {"slot": 1, "reason": "  "}, "reason"), ("cancel", {}, "reason"),
        ("cancel", {"reason": "x" * 301}, "reason"), ("mark", {"mark": "lost"}, "mark"),
        ("mark", {}, "mark"), ("record", {}, "record"),
        ("record", {"record": "x" * 20_001}, "record"),
        ("record", {"record": "x", "tasks": ["26-999999"]}, "tasks.0"),
    ],
)  # fmt: skip
def test_a_wrong_body_is_named_and_nothing_is_written(desk, path, booking, verb, body, field):
    before = state_of(booking)
    assert_problem(desk.send(f"{path}{verb}/", body), 400, field=field)
    assert state_of(booking) == before


def test_a_visit_is_moved_once_with_its_reason(desk, path, booking, soon, operator):  # noqa: F811
    body = {"slot": soon[1].pk, "reason": "Юрист заболел"}
    moved = desk.send(f"{path}move/", body, key="m1", seen=1)
    assert moved.status_code == 200, moved.content
    assert (moved.json()["slot"], moved.json()["version"]) == (soon[1].pk, 2)
    (step,) = moved.json()["steps"]
    assert (step["step"], step["by"], step["reason"]) == ("moved", operator.pk, "Юрист заболел")
    again = desk.send(f"{path}move/", body, key="m1", seen=1)
    assert (again.status_code, again.json()) == (200, moved.json())
    assert_problem(desk.send(f"{path}move/", {**body, "slot": soon[0].pk}, key="m1"), 409)
    (letter,) = Message.objects.filter(event="reception.moved")
    assert "Причина: Юрист заболел" in render(letter).text
    assert_problem(desk.send(f"{path}move/", body, seen=1), 412, "precondition_failed")
    bookings.book(soon[0].pk, visitor(1), user_id=None, at=now())
    before = state_of(booking)
    refused = desk.send(f"{path}move/", {"slot": soon[0].pk, "reason": "x"})
    assert (refused.status_code, refused.json()["code"]) == (409, "taken")
    assert refused.json()["next"] == []
    assert state_of(booking) == before


def test_a_visit_is_cancelled_once_with_its_reason(desk, path, booking):
    body = {"reason": "Вопрос решён без приёма"}
    done = desk.send(f"{path}cancel/", body, key="c1", seen=1)
    assert (done.status_code, done.json()["state"]) == (200, "cancelled"), done.content
    assert desk.send(f"{path}cancel/", body, key="c1", seen=1).json() == done.json()
    (letter,) = Message.objects.filter(event="reception.cancelled")
    assert "Вопрос решён без приёма" in render(letter).text
    before = state_of(booking)
    for verb, wrong in (("cancel", body), ("mark", {"mark": "came"}), ("record", {"record": "x"})):
        assert_problem(desk.send(f"{path}{verb}/", wrong), 409, "not_held")
    answer = desk.send(f"{path}move/", {"slot": booking.slot_id, "reason": "x"})
    assert (answer.status_code, answer.json()["code"]) == (409, "taken")
    assert state_of(booking) == before


def test_who_lost_the_time_is_moved_and_moves_alone(desk, path, booking, soon, client):  # noqa: F811
    planning.call_off([soon[0]], at=now())
    booking.refresh_from_db()
    assert (booking.state, booking.version) == (BookingState.LOST, 2)
    moved = desk.send(f"{path}move/", {"slot": soon[1].pk, "reason": "По просьбе"}, seen=2)
    assert (moved.status_code, moved.json()["state"]) == (200, "booked"), moved.content
    assert [one["step"] for one in moved.json()["steps"]] == ["lost", "moved"]
    planning.call_off([soon[1]], at=now())
    booking.refresh_from_db()
    third = Slot.objects.create(
        host=soon[0].host, kind="office", place="7",
        during=DateTimeTZRange(soon[1].ends_at, soon[1].ends_at + HOUR),
    )  # fmt: skip
    assert bookings.move(booking, third.pk, at=now()).slot_id == third.pk
    booking.refresh_from_db()
    assert booking.state == BookingState.BOOKED


def test_who_came_is_marked_and_a_wrong_mark_is_taken_back(desk, path, booking):
    missed = desk.send(f"{path}mark/", {"mark": "missed"}, key="a", seen=1).json()
    assert (missed["state"], missed["version"]) == ("missed", 2)
    assert desk.send(f"{path}mark/", {"mark": "missed"}, key="a", seen=1).json() == missed
    assert desk.send(f"{path}mark/", {"mark": "missed"}).json() == missed
    assert_problem(desk.send(f"{path}mark/", {"mark": "came"}, seen=1), 412)
    assert desk.send(f"{path}mark/", {"mark": "booked"}, seen=2).json()["state"] == "booked"
    came = desk.send(f"{path}mark/", {"mark": "came"}, seen=3).json()
    assert [one["step"] for one in came["steps"]] == ["missed", "booked", "came"]


def test_the_record_is_written_with_the_tasks_it_left(desk, path, booking, make_request, operator):
    item = make_request()
    body = {"record": "Разъяснён порядок", "tasks": [item.number, item.number]}
    written = desk.send(f"{path}record/", body, key="r", seen=1)
    assert written.status_code == 200, written.content
    told_now = written.json()
    assert (told_now["record"], told_now["recorded"]) == ("Разъяснён порядок", True)
    assert [one["number"] for one in told_now["tasks"]] == [item.number]
    assert told_now["tasks"][0]["status"] == item.status
    assert desk.send(f"{path}record/", body, key="r", seen=1).json() == told_now
    assert_problem(desk.send(f"{path}record/", {**body, "record": "y"}, key="r"), 409)
    same = desk.send(f"{path}record/", {"tasks": [item.number]}).json()
    assert same["version"] == told_now["version"]
    assert desk.get(LIST).json()["results"][0]["recorded"] is True
    with CaptureQueriesContext(connection) as seen:
        desk.get(path)
    before = len(seen)
    visits.give(booking, [make_request() for _ in range(4)], by=actor_of(operator), at=now())
    with CaptureQueriesContext(connection) as seen:
        assert len(desk.get(path).json()["tasks"]) == 5
    assert len(seen) == before


def test_staff_move_cancel_and_file_a_task_in_admin(
    booking, soon, operator, editor, building, categories, settings  # noqa: F811
):  # fmt: skip
    settings.DEMO = True
    page = Client()
    page.force_login(operator)
    change = reverse("admin:outreach_booking_change", args=[booking.pk])
    do = reverse("admin:outreach_booking_do", args=[booking.pk])
    shown = page.get(change).content.decode()
    assert f'value="{soon[1].pk}"' in shown
    page.post(do, {"do": "move", "slot": soon[1].pk, "reason": ""})
    booking.refresh_from_db()
    assert booking.slot_id == soon[0].pk
    page.post(do, {"do": "move", "slot": soon[1].pk, "reason": "Юрист заболел"})
    booking.refresh_from_db()
    assert booking.slot_id == soon[1].pk
    assert page.post(change, {"state": "came", "record": "Разъяснено"}).status_code == 302
    booking.refresh_from_db()
    assert (booking.state, booking.record, booking.version) == ("came", "Разъяснено", 4)
    sent = {
        "category": ORDINARY, "building": building.pk, "description": "Обещано пересчитать",
        "name": "Анна", "email": "anna@example.org", "consent": "on", "key": "k" * 20,
    }  # fmt: skip
    filing = reverse("admin:outreach_booking_request", args=[booking.pk])
    assert "Перерасчёт" in page.get(filing).content.decode()
    for _turn in range(2):
        assert page.post(filing, sent).status_code == 302
    item = Request.objects.get()
    assert item.channel == Channel.RECEPTION
    assert [one.request_id for one in booking.tasks.all()] == [item.pk]
    shown = page.get(change).content.decode()
    assert item.number in shown
    assert "Юрист заболел" in shown
    assert page.post(do, {"do": "cancel", "reason": "x"}).status_code == 302
    booking.refresh_from_db()
    assert booking.state == "came"
    stranger = Client()
    stranger.force_login(editor)
    assert stranger.post(do, {"do": "cancel", "reason": "x"}).status_code == 403
    assert stranger.get(filing).status_code == 403


def test_reasons_are_erased_with_the_person(booking, operator):
    visits.cancel(booking, reason="Анна просила", by=actor_of(operator), at=now())
    assert retention.forget(at=now() + timedelta(days=400)) == 1
    (step,) = BookingStep.objects.all()
    assert (step.deed, step.reason) == ("cancelled", "")
