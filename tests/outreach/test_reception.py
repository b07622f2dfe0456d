"""Personal reception: times of the law's calendar, one booking a time, and nobody forgotten."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now
from icalendar import Calendar

from accounts.models import ContactLook
from notifications.models import Message, State
from notifications.rendering import render
from outreach.models import (
    Booking,
    BookingState,
    Host,
    MeetingKind,
    ReceptionHours,
    Slot,
    Waiting,
    Weekday,
)
from outreach.reception import booking as bookings
from outreach.reception import calendar, letters, planning, retention, times
from outreach.reception.booking import Taken, Visitor
from outreach.reception.times import Hours
from outreach.senders import Invalid
from requests_app.calendar import WorkCalendar

ZONE = ZoneInfo("Europe/Ulyanovsk")
HOUR = timedelta(hours=1)
# A Tuesday's noon in the city.
AT = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
ANNA = Visitor(name="Анна", email="anna@example.org", question="Перерасчёт", consent=True)
SLOTS = "/api/v1/reception/slots/"
BOOKINGS = "/api/v1/reception/bookings/"


def of_day(hours: Hours, day: date, **calendar) -> list[str]:
    found = times.of_day(hours, day, calendar=WorkCalendar(**calendar), zone=ZONE)
    return [f"{start:%H:%M}-{end:%H:%M}" for start, end in found]


def tuesday(**changed) -> Hours:
    values = {
        "weekday": 1, "starts": time(10), "ends": time(12), "slot": timedelta(minutes=30),
        "first_day": date(2026, 1, 1), **changed,
    }  # fmt: skip
    return Hours(**values)


class TestTimes:
    def test_hours_are_cut_into_visits_around_the_break(self):
        rest = (time(10, 45), time(11, 15))
        assert of_day(tuesday(rest=rest), date(2026, 3, 3)) == ["10:00-10:30", "11:15-11:45"]

    def test_a_visit_never_runs_past_the_end(self):
        assert of_day(tuesday(slot=timedelta(minutes=50)), date(2026, 3, 3)) == [
            "10:00-10:50", "10:50-11:40",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("hours", "day", "calendar"),
        [
            (tuesday(), date(2026, 3, 4), {}),
            (tuesday(first_day=date(2026, 3, 4)), date(2026, 3, 3), {}),
            (tuesday(last_day=date(2026, 3, 2)), date(2026, 3, 3), {}),
            (tuesday(), date(2026, 3, 3), {"days_off": frozenset({date(2026, 3, 3)})}),
        ],
    )
    def test_other_days_holidays_and_days_outside_have_none(self, hours, day, calendar):
        assert of_day(hours, day, **calendar) == []

    def test_a_saturday_named_by_the_hours_is_worked_unless_it_is_a_holiday(self):
        saturday, day = tuesday(weekday=5), date(2026, 3, 7)
        assert len(of_day(saturday, day)) == 4
        assert of_day(saturday, day, days_off=frozenset({day})) == []


@pytest.fixture
def host(db) -> Host:
    return Host.objects.create(name="Киселёв А. П.", post="Юрист")


@pytest.fixture
def hours(host) -> ReceptionHours:
    made = ReceptionHours.objects.create(
        host=host, kind=MeetingKind.OFFICE, place="кабинет 7", weekday=Weekday.WEDNESDAY,
        starts=time(10), ends=time(12), slot_minutes=30, first_day=date(2026, 1, 1),
    )  # fmt: skip
    planning.plan(at=AT)
    return made


@pytest.fixture
def slot(hours) -> Slot:
    return Slot.objects.in_order().first()


@pytest.fixture
def soon(host) -> list[Slot]:
    """Return two times of the coming days, for pages that look at the clock themselves."""
    start = now().replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
    return [
        Slot.objects.create(
            host=host, during=DateTimeTZRange(start + n * HOUR, start + (n + 1) * HOUR),
            kind=MeetingKind.OFFICE, place="кабинет 7",
        )
        for n in range(2)
    ]  # fmt: skip


def visitor(number: int = 0) -> Visitor:
    return Visitor(
        name=f"Житель {number}", email=f"n{number}@example.org", question="Вопрос", consent=True
    )


def told(news: str) -> list[str]:
    rows = Message.objects.filter(event=f"reception.{news}").order_by("id")
    return list(rows.values_list("recipient", flat=True))


pytestmark = pytest.mark.django_db


def test_times_are_planned_a_month_ahead_and_only_once(hours):
    first = Slot.objects.in_order().first()
    assert first.starts_at.astimezone(ZONE).strftime("%d.%m %H:%M") == "04.03 10:00"
    # Five Wednesdays of thirty days ahead, four visits each; 8 March is a Sunday.
    assert Slot.objects.count() == 5 * 4
    assert planning.plan(at=AT) == 0
    assert planning.plan(at=AT + timedelta(days=7)) == 4


def test_no_host_has_two_times_at_once_also_by_other_hours(host, hours, slot):
    ReceptionHours.objects.create(
        host=host, place="библиотека", weekday=Weekday.WEDNESDAY, starts=time(10, 15),
        ends=time(12, 45), slot_minutes=30, first_day=date(2026, 1, 1),
    )  # fmt: skip
    before = Slot.objects.count()
    # Of each day only the last one, after the first hours, does not overlap.
    assert planning.plan(at=AT) == 5
    assert Slot.objects.count() == before + 5
    with pytest.raises(IntegrityError), transaction.atomic():
        Slot.objects.create(host=host, during=slot.during, kind="office", place="x")


def test_booking_tells_reminds_and_holds(slot):
    made = bookings.book(slot.pk, ANNA, user_id=None, at=AT - timedelta(days=2))
    assert (made.state, made.slot_id) == (BookingState.BOOKED, slot.pk)
    assert told("booked") == ["anna@example.org"]
    reminder = Message.objects.get(event="reception.reminder")
    assert reminder.not_before == slot.starts_at - letters.REMIND_BEFORE
    assert reminder.expires_at == slot.starts_at
    with pytest.raises(Taken):
        bookings.book(slot.pk, visitor(1), user_id=None, at=AT)
    assert Booking.objects.count() == 1


def test_one_press_sent_twice_is_one_booking(slot):
    first, second = (
        bookings.book(slot.pk, ANNA, user_id=None, at=AT, idempotency_key="press")
        for _press in range(2)
    )
    assert first.pk == second.pk
    assert len(told("booked")) == 1


def test_a_time_is_not_booked_in_its_last_hour_nor_once_called_off(slot):
    with pytest.raises(Taken):
        bookings.book(slot.pk, ANNA, user_id=None, at=slot.starts_at - bookings.CLOSES)
    planning.call_off([slot], at=AT)
    with pytest.raises(Taken):
        bookings.book(slot.pk, ANNA, user_id=None, at=AT)
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " "}, "name"),
        ({"question": ""}, "question"),
        ({"question": "я" * 2_001}, "question"),
        ({"email": "no address"}, "email"),
        ({"email": ""}, "email"),
        ({"phone": "12"}, "phone"),
        ({"consent": False}, "consent"),
        ({"email": "a@example.org\r\nBcc: b@example.org"}, "email"),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_is_written(slot, changed, field):
    wrong = Visitor(**{**vars(ANNA), **changed})
    with pytest.raises(Invalid) as said:
        bookings.book(slot.pk, wrong, user_id=None, at=AT)
    assert field in said.value.errors
    assert not Booking.objects.exists()
    assert not Message.objects.exists()


def test_moving_frees_the_old_time_and_tells_who_waits_longest(host, slot):
    other = Slot.objects.in_order()[1]
    made = bookings.book(slot.pk, ANNA, user_id=None, at=AT - timedelta(days=3))
    bookings.wait(host, "first@example.org", at=AT)
    bookings.wait(host, "second@example.org", at=AT + HOUR)
    bookings.wait(host, "First@example.org", at=AT + HOUR)
    assert Waiting.objects.count() == 2
    moved = bookings.move(made, other.pk, at=AT - timedelta(days=3))
    assert moved.slot_id == other.pk
    assert told("moved") == ["anna@example.org"]
    assert told("free") == ["first@example.org"]
    reminders = Message.objects.filter(event="reception.reminder", state=State.QUEUED)
    assert [row.expires_at for row in reminders] == [other.starts_at]
    assert bookings.book(slot.pk, visitor(1), user_id=None, at=AT).slot_id == slot.pk


def test_moving_to_a_taken_time_leaves_the_old_one(slot):
    other = Slot.objects.in_order()[1]
    made = bookings.book(slot.pk, ANNA, user_id=None, at=AT)
    bookings.book(other.pk, visitor(1), user_id=None, at=AT)
    with pytest.raises(Taken):
        bookings.move(made, other.pk, at=AT)
    made.refresh_from_db()
    assert (made.slot_id, made.state) == (slot.pk, BookingState.BOOKED)


def test_cancelling_takes_the_reminder_back_and_is_done_once(slot):
    made = bookings.book(slot.pk, ANNA, user_id=None, at=AT - timedelta(days=3))
    assert bookings.cancel(made, at=AT)
    assert not bookings.cancel(made, at=AT)
    assert told("cancelled") == ["anna@example.org"]
    assert not Message.objects.filter(event="reception.reminder").exists()


def test_changed_hours_tell_those_who_booked_and_let_them_choose(hours, slot):
    kept = Slot.objects.in_order()[2]
    lost = bookings.book(slot.pk, ANNA, user_id=None, at=AT)
    stays = bookings.book(kept.pk, visitor(1), user_id=None, at=AT)
    hours.starts, hours.place = time(11), "кабинет 9"
    hours.save()
    assert planning.replan(hours, at=AT) == 1
    lost.refresh_from_db()
    stays.refresh_from_db()
    assert (lost.state, stays.state) == (BookingState.LOST, BookingState.BOOKED)
    assert told("called_off") == ["anna@example.org"]
    assert told("place") == ["n1@example.org"]
    assert Slot.objects.get(pk=kept.pk).place == "кабинет 9"
    assert {one.starts_at.astimezone(ZONE).hour for one in Slot.objects.standing()} == {11}


def test_a_closed_host_loses_its_times(hours, slot):
    bookings.book(slot.pk, ANNA, user_id=None, at=AT)
    hours.host.is_open = False
    hours.host.save()
    assert planning.replan(hours, at=AT) == 1
    assert not Slot.objects.standing().filter(during__startswith__gt=AT).exists()


@pytest.mark.django_db(transaction=True)
def test_two_hundred_at_once_for_ten_times_make_ten_bookings(host):
    start = AT + timedelta(days=2)
    slots = [
        Slot.objects.create(
            host=host,
            during=DateTimeTZRange(start + n * HOUR, start + (n + 1) * HOUR),
            kind="office",
            place="кабинет 7",
        )
        for n in range(10)
    ]
    won, lost = [], []

    def press(first: int) -> None:
        try:
            for number in range(first, 200, 10):
                try:
                    made = bookings.book(
                        slots[number % 10].pk, visitor(number), user_id=None, at=AT
                    )
                    won.append(made.pk)
                except Taken:
                    lost.append(number)
        finally:
            connection.close()

    # Ten hands, each of which goes over the times from another place.
    hands = [threading.Thread(target=press, args=(n,)) for n in range(10)]
    hands += [threading.Thread(target=press, args=(n,)) for n in range(10)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert len(won) == 10
    assert len(won) + len(lost) == 400
    assert Booking.objects.values("slot").distinct().count() == Booking.objects.count() == 10
    assert len(told("booked")) == 10


def test_old_bookings_forget_the_person_and_keep_the_count(slot):
    made = bookings.book(slot.pk, ANNA, user_id=None, at=AT)
    assert retention.forget(at=slot.ends_at + timedelta(days=364)) == 0
    assert retention.forget(at=slot.ends_at + retention.KEPT_FOR + HOUR) == 1
    made.refresh_from_db()
    assert (made.name, made.email, made.question) == ("", "", "")
    assert not Message.objects.filter(topic=f"reception:{made.uid}").exists()


def test_a_person_books_moves_and_cancels_by_the_pages(soon, host):
    browser = Client()
    first, second = soon
    assert host.name in browser.get(reverse("outreach:reception")).content.decode()
    page = browser.get(reverse("outreach:host", args=[host.pk])).content.decode()
    assert reverse("outreach:book", args=[first.pk]) in page
    asked = browser.get(reverse("outreach:book", args=[first.pk]))
    key = asked.context["form"]["key"].value()
    assert browser.post(asked.request["PATH_INFO"], {"key": key}).status_code == 422
    sent = {**vars(ANNA), "key": key, "consent": "on"}
    answer = browser.post(asked.request["PATH_INFO"], sent)
    assert answer.status_code == 302
    own = answer["Location"]
    assert "кабинет 7" in browser.get(own).content.decode()
    late = browser.post(asked.request["PATH_INFO"], {**sent, "key": "other"})
    assert late.status_code == 409
    assert reverse("outreach:book", args=[second.pk]) in late.content.decode()
    assert browser.get(own).status_code == 200
    browser.post(f"{own}change/", {"slot": second.pk})
    assert Booking.objects.get().slot_id == second.pk
    # A look changes nothing; a press does.
    browser.get(own)
    assert Booking.objects.get().state == BookingState.BOOKED
    browser.post(f"{own}change/", {"do": "cancel"})
    assert Booking.objects.get().state == BookingState.CANCELLED
    assert Client().get("/reception/bookings/forged/").status_code == 404


def test_the_link_of_a_call_is_shown_only_to_who_booked_it(soon, client):
    slot = soon[0]
    Slot.objects.filter(pk=slot.pk).update(kind=MeetingKind.ONLINE, place="https://meet/secret")
    for path in (reverse("outreach:book", args=[slot.pk]), SLOTS):
        assert "meet/secret" not in client.get(path).content.decode()
    made = bookings.book(slot.pk, ANNA, user_id=None, at=now())
    own = client.get(reverse("outreach:booking", args=[letters.token_of(made)]))
    assert "meet/secret" in own.content.decode()


def test_programs_list_and_book_and_are_offered_the_next(soon, client):
    listed = client.get(SLOTS).json()["results"]
    assert [row["id"] for row in listed] == [slot.pk for slot in soon]
    assert client.get(SLOTS, {"kind": "zzz"}).status_code == 400
    assert client.get(SLOTS, {"host": "x"}).status_code == 400
    body = {
        "slot": soon[0].pk,
        "contact": {"name": "Анна", "email": "anna@example.org"},
        "question": "Перерасчёт",
        "consent": True,
    }

    def book(**changed):
        return client.post(BOOKINGS, {**body, **changed}, content_type="application/json")

    assert [one["field"] for one in book(consent=False).json()["errors"]] == ["consent"]
    answer = book()
    assert answer.status_code == 201
    assert answer.json()["slot"]["place"] == "кабинет 7"
    path = answer.json()["url"].split("/reception/", 1)[1]
    assert client.get(f"/reception/{path}").status_code == 200
    taken = book(contact={"name": "Б", "phone": "+79005550101"})
    assert (taken.status_code, taken.json()["code"]) == (409, "taken")
    assert [row["id"] for row in taken.json()["next"]] == [soon[1].pk]
    assert book(slot=2**31 - 1).status_code == 409


def test_one_sender_cannot_book_everything(host, client, settings):
    body = {
        "slot": 1, "contact": {"name": "Б", "phone": "+79005550101"},
        "question": "Вопрос", "consent": True,
    }  # fmt: skip
    answers = [
        client.post(BOOKINGS, body, content_type="application/json").status_code
        for _turn in range(bookings.BOOKINGS_AN_HOUR + 1)
    ]
    assert set(answers[:-1]) == {409}
    assert answers[-1] == 429


def test_staff_see_the_day_write_the_record_and_look_at_contacts_by_a_noted_press(
    soon, operator, company_user, settings
):
    settings.DEMO = True
    made = bookings.book(soon[0].pk, ANNA, user_id=None, at=now())
    desk = Client()
    desk.force_login(operator)
    listed = desk.get(reverse("admin:outreach_booking_changelist")).content.decode()
    assert "Анна" in listed
    assert "anna@example.org" not in listed
    page = reverse("admin:outreach_booking_change", args=[made.pk])
    assert "anna@example.org" not in desk.get(page).content.decode()
    assert not ContactLook.objects.exists()
    shown = desk.post(reverse("admin:outreach_booking_contact", args=[made.pk]), follow=True)
    assert "anna@example.org" in shown.content.decode()
    assert ContactLook.objects.get().subject == f"reception:{made.pk}"
    assert desk.post(page, {"state": "came", "record": "Разъяснено"}).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.record) == (BookingState.CAME, "Разъяснено")
    assert desk.post(page, {"state": "lost", "record": ""}).status_code == 200
    rival = Client()
    rival.force_login(company_user)
    assert rival.get(page).status_code == 302


def test_hours_changed_in_the_admin_tell_people(hours, slot, admin_user, settings):
    settings.DEMO = True
    start = now() + timedelta(days=2)
    ahead = Slot.objects.create(
        host=hours.host, hours=hours, kind="office", place="кабинет 7",
        during=DateTimeTZRange(start, start + HOUR),
    )  # fmt: skip
    bookings.book(ahead.pk, ANNA, user_id=None, at=now())
    desk = Client()
    desk.force_login(admin_user)
    page = reverse("admin:outreach_host_change", args=[hours.host_id])
    form = desk.get(page).context["inline_admin_formsets"][0].formset
    sent = {"name": hours.host.name, "post": "Юрист", "topics": "", "position": 0, "is_open": "on"}
    counts = {"TOTAL_FORMS": 1, "INITIAL_FORMS": 1, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
    sent |= {f"{form.prefix}-{name}": value for name, value in counts.items()}
    row = {
        "id": hours.pk, "host": hours.host_id, "kind": "office", "place": "кабинет 7",
        "weekday": 2, "starts": "10:00", "ends": "11:00", "slot_minutes": 30,
        "first_day": "2026-01-01", "DELETE": "on",
    }  # fmt: skip
    sent |= {f"{form.prefix}-0-{k}": v for k, v in row.items()}
    assert desk.post(page, sent).status_code == 302
    assert told("called_off") == ["anna@example.org"]
    assert not ReceptionHours.objects.exists()


@pytest.mark.parametrize("count", [2, 12])
def test_pages_cost_the_same_whatever_the_number_of_times(
    host, count, client, django_assert_num_queries
):
    start = now().replace(minute=0) + timedelta(days=2)
    for n in range(count):
        Slot.objects.create(
            host=host, during=DateTimeTZRange(start + n * HOUR, start + (n + 1) * HOUR),
            kind="office", place="x", district="Заречный",
        )  # fmt: skip
    for path, queries in (
        (reverse("outreach:reception"), 3),
        (reverse("outreach:host", args=[host.pk]), 2),
        (SLOTS, 1),
    ):
        client.get(path)
        with django_assert_num_queries(queries):
            assert client.get(path).status_code == 200


def test_a_booking_goes_to_a_calendar_and_a_later_file_replaces_it(slot, client):
    made = bookings.book(slot.pk, ANNA, user_id=None, at=AT - timedelta(days=2))
    before = calendar.event_of(made, at=AT - timedelta(days=2))
    moved = bookings.move(made, Slot.objects.in_order()[1].pk, at=AT - timedelta(days=1))
    after = calendar.event_of(moved, at=AT - timedelta(days=1))
    assert before.uid == after.uid
    assert before.sequence < after.sequence
    assert after.starts_at == Slot.objects.in_order()[1].starts_at
    page = client.get(reverse("outreach:booking_calendar", args=[letters.token_of(moved)]))
    (event,) = Calendar.from_ical(page.content).walk("VEVENT")
    assert event.decoded("dtstart") == after.starts_at
    assert (event["uid"], event["status"]) == (after.uid, "CONFIRMED")
    bookings.cancel(moved, at=AT)
    page = client.get(reverse("outreach:booking_calendar", args=[letters.token_of(moved)]))
    (event,) = Calendar.from_ical(page.content).walk("VEVENT")
    assert event["status"] == "CANCELLED"
    assert client.get("/reception/bookings/forged/reception.ics").status_code == 404


def test_the_letter_of_a_booking_leads_to_its_calendar_file(slot):
    made = bookings.book(slot.pk, ANNA, user_id=None, at=AT)
    letter = render(Message.objects.get(event="reception.booked"))
    assert reverse("outreach:booking_calendar", args=[letters.token_of(made)]) in letter.text
