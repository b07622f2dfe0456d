"""The hotline: hours, call-backs without two at one place, cards of calls, figures."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import idempotency
from accounts.actors import Nobody, Operator, Resident
from accounts.models import ContactLook, User
from notifications.models import Message
from outreach.hotline import call_backs, cards, figures, hours, windows
from outreach.hotline.busy import FEWEST, busy_picture
from outreach.hotline.call_backs import Caller, Taken
from outreach.hotline.cards import Refused, Written
from outreach.models import Call, CallBack, CallBackState, HotlineHours, Outcome, Question
from outreach.senders import Invalid, TooMany
from outreach.tasks import tend_hotline
from requests_app import intake
from requests_app.calendar import WorkCalendar
from requests_app.models import Request
from requests_app.statuses import Channel

ZONE = ZoneInfo("Europe/Ulyanovsk")
# A Tuesday's noon in the city.
AT = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
# Half past three on Wednesday.
WEDNESDAY = datetime(2026, 3, 4, 11, 30, tzinfo=UTC)
PHONE = "+79000000001"

pytestmark = pytest.mark.django_db


def weekday(number: int, **changed) -> windows.Open:
    values = {
        "weekday": number, "opens": time(9), "closes": time(18), "at_once": 2,
        "first_day": date(2026, 1, 1), **changed,
    }  # fmt: skip
    return windows.Open(**values)


def quarters(*open_hours: windows.Open, day: date, **calendar) -> list[str]:
    found = windows.of_day(open_hours, day, calendar=WorkCalendar(**calendar), zone=ZONE)
    return [f"{start:%H:%M}×{fit}" for start, fit in found.items()]


class TestHours:
    def test_hours_are_cut_into_quarters_that_never_run_past_the_end(self):
        short = weekday(1, closes=time(9, 40))
        assert quarters(short, day=date(2026, 3, 3)) == ["09:00×2", "09:15×2"]

    def test_where_two_rows_meet_the_larger_counts(self):
        one, other = weekday(1, closes=time(9, 30)), weekday(1, closes=time(9, 15), at_once=5)
        assert quarters(one, other, day=date(2026, 3, 3)) == ["09:00×5", "09:15×2"]

    @pytest.mark.parametrize(
        ("hours", "calendar"),
        [
            (weekday(2), {}),
            (weekday(1, at_once=0), {}),
            (weekday(1, first_day=date(2026, 3, 4)), {}),
            (weekday(1, last_day=date(2026, 3, 2)), {}),
            (weekday(1), {"days_off": frozenset({date(2026, 3, 3)})}),
        ],
    )
    def test_other_days_holidays_and_closed_lists_have_none(self, hours, calendar):
        assert quarters(hours, day=date(2026, 3, 3), **calendar) == []

    @pytest.mark.parametrize(
        ("hour", "expected"),
        [
            (8, windows.Now(is_open=False, opens_at=datetime(2026, 3, 3, 9, tzinfo=ZONE))),
            (9, windows.Now(is_open=True, until=datetime(2026, 3, 3, 18, tzinfo=ZONE))),
            (18, windows.Now(is_open=False, opens_at=datetime(2026, 3, 5, 9, tzinfo=ZONE))),
        ],
    )
    def test_the_page_knows_whether_somebody_answers_and_when_next(self, hour, expected):
        # Wednesday is a holiday: after Tuesday comes Thursday.
        calendar = WorkCalendar(days_off=frozenset({date(2026, 3, 4)}))
        open_hours = [weekday(number) for number in range(5)]
        at = datetime(2026, 3, 3, hour, tzinfo=ZONE)
        assert windows.now_open(open_hours, at, calendar=calendar, zone=ZONE) == expected

    def test_nobody_answers_where_no_hours_are_kept(self):
        found = windows.now_open([], AT, calendar=WorkCalendar(), zone=ZONE)
        assert found == windows.Now(is_open=False)

    @pytest.mark.parametrize(
        ("days", "expected"),
        [
            # Friday is a holiday, so the third working day after Tuesday is Monday.
            (1, datetime(2026, 3, 4, 18, tzinfo=ZONE)),
            (3, datetime(2026, 3, 9, 18, tzinfo=ZONE)),
        ],
    )
    def test_a_follow_up_is_due_when_the_line_closes_on_a_working_day(self, days, expected):
        calendar = WorkCalendar(days_off=frozenset({date(2026, 3, 6)}))
        open_hours = [weekday(number) for number in range(5)]
        assert windows.follow_up_by(AT, days, open_hours, calendar=calendar, zone=ZONE) == expected

    def test_a_follow_up_on_a_day_without_hours_is_due_at_its_end(self):
        found = windows.follow_up_by(AT, 1, [], calendar=WorkCalendar(), zone=ZONE)
        assert found == datetime(2026, 3, 4, 23, 59, tzinfo=ZONE)


@pytest.fixture
def line(db) -> None:
    """Open the hotline on working days from nine to six, two call-backs at once."""
    for number in range(5):
        HotlineHours.objects.create(
            weekday=number, opens=time(9), closes=time(18), at_once=2, first_day=date(2026, 1, 1)
        )


def caller(phone: str = PHONE, **changed) -> Caller:
    values = {"phone": phone, "topic": "bills", "consent": True, **changed}
    return Caller(**values)


def booked(starts_at: datetime = WEDNESDAY, phone: str = PHONE, **changed) -> CallBack:
    return call_backs.book(starts_at, caller(phone, **changed), user_id=None, at=AT)


def staff(user: User, *, sees_contacts: bool = True) -> Operator:
    return Operator(id=user.pk, sees_contacts=sees_contacts, is_admin=False)


class TestCallBacks:
    def test_a_booked_call_has_its_place_its_number_and_a_letter(self, line):
        made = booked(phone="8 (900) 000-00-01", email="Anna@Example.org", question=" Счёт\r\n ")
        assert (made.phone, made.line, made.question) == (PHONE, 1, "Счёт")
        letter = Message.objects.get()
        assert (letter.event, letter.recipient) == ("call_back.booked", "anna@example.org")
        assert PHONE not in str(letter.context)

    def test_without_an_address_no_letter_is_written(self, line):
        booked()
        assert not Message.objects.exists()

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"phone": ""}, "phone"),
            ({"phone": "скрыт"}, "phone"),
            ({"phone": "123"}, "phone"),
            ({"phone": "+7900\r\n0000001"}, "phone"),
            ({"phone": "+7 900 000-00-01\nBcc: x@example.org"}, "phone"),
            ({"phone": "\u0000"}, "phone"),
            ({"phone": "+" + "9" * 500}, "phone"),
            ({"email": "anna@"}, "email"),
            ({"topic": "weather"}, "topic"),
            ({"question": "я" * 1001}, "question"),
            ({"consent": False}, "consent"),
        ],
    )
    def test_what_cannot_be_used_is_named_and_nothing_is_written(self, line, changed, field):
        with pytest.raises(Invalid) as refused:
            call_backs.book(WEDNESDAY, caller(**changed), user_id=None, at=AT)
        assert set(refused.value.errors) == {field}
        assert not CallBack.objects.exists()

    def test_a_foreign_number_is_called_as_well(self, line):
        assert booked(phone="+49 30 901820").phone == "+4930901820"

    @pytest.mark.parametrize(
        "starts_at",
        [
            AT - timedelta(days=6),  # past
            AT + timedelta(minutes=15),  # so near that the operators have it before them
            WEDNESDAY + timedelta(minutes=7),  # no quarter
            datetime(2026, 3, 9, 11, 0, tzinfo=UTC),  # the day off after 8 March, a Sunday
            datetime(2026, 3, 7, 11, 0, tzinfo=UTC),  # Saturday
            datetime(2026, 3, 4, 16, 0, tzinfo=UTC),  # eight in the evening
            AT + timedelta(days=300),
        ],
    )
    def test_past_near_odd_holiday_closed_and_far_times_are_refused(self, line, starts_at):
        with pytest.raises(Taken):
            booked(starts_at)
        assert not CallBack.objects.exists()

    def test_a_full_quarter_takes_nobody_and_is_offered_to_nobody(self, line):
        assert WEDNESDAY in hours.free_by_day(AT)[date(2026, 3, 4)]
        booked(phone="+79000000011")
        booked(phone="+79000000012")
        with pytest.raises(Taken):
            booked(phone="+79000000013")
        assert WEDNESDAY not in hours.free_by_day(AT)[date(2026, 3, 4)]

    def test_the_database_itself_gives_a_place_to_one(self, line):
        made = booked()
        with pytest.raises(IntegrityError), transaction.atomic():
            CallBack.objects.create(
                starts_at=made.starts_at, line=1, phone=PHONE, topic="bills", made_at=AT
            )

    def test_a_press_sent_twice_is_one_call(self, line):
        first = call_backs.book(WEDNESDAY, caller(), user_id=None, at=AT, idempotency_key="k")
        again = call_backs.book(WEDNESDAY, caller(), user_id=None, at=AT, idempotency_key="k")
        assert first == again
        with pytest.raises(idempotency.KeyReused):
            call_backs.book(
                WEDNESDAY, caller(topic="house"), user_id=None, at=AT, idempotency_key="k"
            )
        assert CallBack.objects.count() == 1

    def test_nobody_has_somebody_elses_phone_rung_all_day(self, line):
        for quarter in range(call_backs.HELD_BY_A_PHONE):
            booked(WEDNESDAY + quarter * windows.QUARTER)
        with pytest.raises(Invalid):
            booked(WEDNESDAY + 4 * windows.QUARTER)
        assert CallBack.objects.count() == call_backs.HELD_BY_A_PHONE

    def test_one_sender_books_a_few_in_an_hour(self, line):
        for _ in range(call_backs.BOOKINGS_AN_HOUR):
            call_backs.count_booking(address="203.0.113.5", at=AT)
        with pytest.raises(TooMany):
            call_backs.count_booking(address="203.0.113.5", at=AT)

    def test_a_moved_call_frees_its_place_and_tells_the_person(self, line):
        made = booked(email="anna@example.org")
        later = WEDNESDAY + windows.QUARTER
        assert call_backs.move(made, later, at=AT).starts_at == later
        assert booked(phone="+79000000009").line == 1
        events = list(Message.objects.order_by("id").values_list("event", flat=True))
        assert events == ["call_back.booked", "call_back.moved"]

    def test_a_call_that_cannot_move_stays_where_it_was(self, line):
        made = booked()
        with pytest.raises(Taken):
            call_backs.move(made, AT - timedelta(days=1), at=AT)
        made.refresh_from_db()
        assert made.starts_at == WEDNESDAY

    def test_a_cancelled_call_gives_its_place_back_once(self, line):
        made = booked(email="anna@example.org")
        assert call_backs.cancel(made, at=AT)
        assert not call_backs.cancel(made, at=AT)
        assert Message.objects.filter(event="call_back.cancelled").count() == 1
        assert booked(phone="+79000000009").line == 1

    def test_a_call_that_is_near_is_neither_moved_nor_cancelled(self, line):
        made = booked()
        near = WEDNESDAY - timedelta(minutes=10)
        assert not call_backs.cancel(made, at=near)
        with pytest.raises(Taken):
            call_backs.move(made, WEDNESDAY + windows.QUARTER, at=near)

    def test_after_a_year_the_person_and_the_letters_are_gone_and_the_count_stays(self, line):
        made = booked(name="Анна", email="anna@example.org", question="Счёт")
        call_backs.forget(at=WEDNESDAY + timedelta(days=366))
        made.refresh_from_db()
        assert (made.name, made.phone, made.email, made.question) == ("", "", "", "")
        assert made.state == CallBackState.BOOKED
        assert not Message.objects.exists()

    def test_staff_see_them_residents_their_own_and_nobody_else_any(self, line, resident, operator):
        mine = call_backs.book(WEDNESDAY, caller(), user_id=resident.pk, at=AT)
        booked(phone="+79000000002")
        rows = CallBack.objects
        assert rows.visible_to(staff(operator)).count() == 2
        assert list(rows.visible_to(Resident(id=resident.pk))) == [mine]
        assert not rows.visible_to(Nobody()).exists()


@pytest.mark.django_db(transaction=True)
def test_the_last_place_taken_by_many_at_once_is_given_to_as_many_as_fit(line):
    results: list[str] = []
    start = threading.Barrier(8)

    def press(number: int) -> None:
        start.wait()
        try:
            booked(phone=f"+7900000001{number}")
            results.append("booked")
        except Taken:
            results.append("taken")
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["booked"] * 2 + ["taken"] * 6
    assert sorted(CallBack.objects.values_list("line", flat=True)) == [1, 2]


@pytest.fixture
def me(operator) -> Operator:
    return staff(operator)


@pytest.fixture
def colleague(roles_loaded) -> Operator:
    return staff(User.objects.create_user("colleague@example.org", "a long password", name="Павел"))


def opened(by: Operator, phone: str = PHONE, key: str = "key") -> Call:
    return cards.start(phone, by=by, started_at=AT, at=AT, idempotency_key=key)


ANSWERED = Written(
    phone=PHONE, topic="bills", asked="Двойной счёт", answer="Напишите", outcome="answered"
)


class TestCards:
    def test_a_card_is_opened_once_by_two_presses(self, me):
        assert opened(me) == opened(me)
        assert Call.objects.count() == 1

    @pytest.mark.parametrize(
        ("typed", "kept"),
        [("", ""), ("   ", ""), ("8 900 000 00 01", PHONE), ("+49 30 901820", "+4930901820")],
    )
    def test_withheld_and_foreign_numbers_are_taken(self, me, typed, kept):
        assert opened(me, typed).phone == kept

    @pytest.mark.parametrize(
        "typed", ["скрыт", "12", "+7900\r\n0000001", "\x00", "9" * 200, "+7 900 000-00-01 доб. 5"]
    )
    def test_garbage_is_refused_and_no_card_is_opened(self, me, typed):
        with pytest.raises(Refused) as refused:
            opened(me, typed)
        assert set(refused.value.errors) == {"phone"}
        assert not Call.objects.exists()

    def test_the_time_taken_is_the_servers(self, me):
        call = cards.finish(opened(me), ANSWERED, by=me, at=AT + timedelta(seconds=137))
        assert (call.seconds, call.outcome) == (137, Outcome.ANSWERED)

    def test_a_card_that_ended_is_not_written_again(self, me):
        call = cards.finish(opened(me), ANSWERED, by=me, at=AT + timedelta(seconds=60))
        for again in (
            lambda: cards.finish(call, ANSWERED, by=me, at=AT + timedelta(hours=1)),
            lambda: cards.write(call, ANSWERED, by=me),
        ):
            with pytest.raises(Refused):
                again()
        call.refresh_from_db()
        assert call.seconds == 60

    def test_a_colleagues_card_is_not_mine_to_write(self, me, colleague):
        call = opened(me)
        with pytest.raises(Refused):
            cards.finish(call, ANSWERED, by=colleague, at=AT)
        call.refresh_from_db()
        assert call.is_open

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"outcome": ""}, "outcome"),
            ({"outcome": "nonsense"}, "outcome"),
            ({"outcome": "request"}, "outcome"),
            ({"outcome": "expert"}, "outcome"),
            ({"outcome": "missed"}, "outcome"),
            ({"topic": ""}, "topic"),
            ({"topic": "weather"}, "topic"),
            ({"phone": "123"}, "phone"),
            ({"about": 10**9}, "about"),
            ({"guides": (10**9,)}, "asked"),
            ({"answer": "я" * 9000}, "answer"),
            ({"follow_up_days": 77}, "follow_up_days"),
        ],
    )
    def test_what_cannot_be_kept_is_named_and_the_card_stays_open(self, me, changed, field):
        call = opened(me)
        with pytest.raises(Refused) as refused:
            cards.finish(call, Written(**{**vars(ANSWERED), **changed}), by=me, at=AT)
        assert set(refused.value.errors) == {field}
        call.refresh_from_db()
        assert (call.is_open, call.asked) == (True, "")

    def test_a_guide_names_the_topic_that_nobody_chose(self, me, guides):
        guide = guides["cold-flat"]
        written = Written(**{**vars(ANSWERED), "topic": "", "guides": (guide.pk,)})
        call = cards.finish(opened(me), written, by=me, at=AT)
        assert (call.topic, list(call.guides.all())) == (guide.topic, [guide])

    def test_a_promised_call_has_its_own_due_time_and_is_done_once(self, me, line):
        written = Written(
            **{**vars(ANSWERED), "outcome": "promised", "follow_up": "Спросить юриста"}
        )
        call = cards.finish(opened(me), written, by=me, at=AT)
        assert call.follow_up_by == datetime(2026, 3, 4, 18, tzinfo=ZONE)
        assert list(Call.objects.to_follow_up()) == [call]
        assert cards.follow_up_done(call, at=AT)
        assert not cards.follow_up_done(call, at=AT)

    def test_a_request_the_call_and_its_end_are_one_transaction(self, me, new_request):
        call = opened(me)
        new = new_request(channel=Channel.PHONE)
        filed = cards.file_request(
            call, new, outcome=Outcome.REQUEST, by=me, at=AT + timedelta(minutes=3), key="f"
        )
        call.refresh_from_db()
        assert (call.request, call.outcome, call.seconds) == (filed.request, "request", 180)
        again = cards.file_request(call, new, outcome=Outcome.REQUEST, by=me, at=AT, key="f")
        assert again.request == filed.request
        assert Request.objects.count() == 1

    def test_a_refused_request_leaves_the_call_open(self, me, new_request):
        call = opened(me)
        new = new_request(channel=Channel.PHONE, description="")
        with pytest.raises(intake.Invalid):
            cards.file_request(call, new, outcome=Outcome.REQUEST, by=me, at=AT, key="f")
        call.refresh_from_db()
        assert call.is_open
        assert not Request.objects.exists()

    def test_no_request_is_filed_from_a_call_that_has_ended(self, me, colleague, new_request):
        call = opened(me)
        new = new_request(channel=Channel.PHONE)
        with pytest.raises(Refused):
            cards.file_request(call, new, outcome=Outcome.REQUEST, by=colleague, at=AT, key="c")
        cards.finish(call, ANSWERED, by=me, at=AT)
        with pytest.raises(Refused):
            cards.file_request(call, new, outcome=Outcome.REQUEST, by=me, at=AT, key="f")
        assert not Request.objects.exists()

    def test_a_question_goes_to_the_experts_with_its_letter(self, me):
        call = cards.to_experts(
            opened(me), ANSWERED, email="anna@example.org", consent=True, by=me, at=AT
        )
        question = Question.objects.get()
        assert (call.question, call.outcome) == (question, Outcome.EXPERT)
        assert (question.text, question.may_publish) == ("Двойной счёт", False)
        assert Message.objects.get().recipient == "anna@example.org"

    @pytest.mark.parametrize(
        ("email", "consent", "field"),
        [("", True, "email"), ("anna@", True, "email"), ("anna@example.org", False, "consent")],
    )
    def test_without_address_or_consent_nobody_is_asked(self, me, email, consent, field):
        call = opened(me)
        with pytest.raises(Refused) as refused:
            cards.to_experts(call, ANSWERED, email=email, consent=consent, by=me, at=AT)
        assert set(refused.value.errors) == {field}
        call.refresh_from_db()
        assert call.is_open
        assert not Question.objects.exists()


class TestTaking:
    def test_the_card_knows_the_number_and_the_look_is_noted(self, line, me):
        made = booked(name="Анна", question="Двойной\nсчёт")
        call = cards.take(made, by=me, at=WEDNESDAY)
        assert (call.phone, call.name, call.asked) == (PHONE, "Анна", "Двойной счёт")
        assert ContactLook.objects.get().subject == f"call-back:{made.pk}"

    def test_two_operators_do_not_call_one_person(self, line, me, colleague):
        made = booked()
        call = cards.take(made, by=me, at=WEDNESDAY)
        assert cards.take(made, by=me, at=WEDNESDAY) == call
        with pytest.raises(Refused):
            cards.take(made, by=colleague, at=WEDNESDAY)
        with pytest.raises(IntegrityError), transaction.atomic():
            Call.objects.create(operator_id=colleague.id, started_at=AT, call_back=made)
        assert (Call.objects.count(), ContactLook.objects.count()) == (1, 1)

    def test_a_call_that_was_made_waits_no_more(self, line, me):
        made = booked()
        cards.finish(cards.take(made, by=me, at=WEDNESDAY), ANSWERED, by=me, at=WEDNESDAY)
        made.refresh_from_db()
        assert made.state == CallBackState.DONE
        with pytest.raises(Refused):
            cards.take(made, by=me, at=WEDNESDAY)

    def test_who_does_not_answer_is_called_once_more_and_then_left(self, line, me):
        made = booked()
        silent = Written(phone=PHONE, outcome="missed")
        states = []
        for _ in range(cards.TRIES):
            cards.finish(cards.take(made, by=me, at=WEDNESDAY), silent, by=me, at=WEDNESDAY)
            made.refresh_from_db()
            states.append(made.state)
        assert states == [CallBackState.BOOKED, CallBackState.MISSED]

    def test_a_cancelled_call_back_is_not_opened(self, line, me):
        made = booked()
        call_backs.cancel(made, at=AT)
        with pytest.raises(Refused):
            cards.take(made, by=me, at=WEDNESDAY)
        assert not ContactLook.objects.exists()


class TestKeeping:
    def test_a_card_forgotten_open_ends_without_a_length(self, me):
        call = opened(me)
        assert cards.end_forgotten(at=AT + timedelta(hours=1)) == 0
        assert cards.end_forgotten(at=AT + timedelta(hours=13)) == 1
        call.refresh_from_db()
        assert (call.outcome, call.seconds) == (Outcome.CUT, None)

    def test_after_a_year_what_was_said_is_gone_also_from_the_history(self, me, django_db_blocker):
        written = Written(**{**vars(ANSWERED), "name": "Анна Петрова", "note": "кв. 7731"})
        call = cards.finish(opened(me), written, by=me, at=AT)
        assert cards.forget(at=AT + timedelta(days=364)) == 0
        assert cards.forget(at=AT + timedelta(days=366)) == 1
        call.refresh_from_db()
        said = (call.phone, call.name, call.asked, call.answer, call.note, call.follow_up)
        assert said == ("",) * 6
        assert (call.outcome, call.topic) == ("answered", "bills")
        with connection.cursor() as cursor:
            cursor.execute("SELECT row_to_json(kept)::text FROM outreach_callaudit AS kept")
            history = "".join(row[0] for row in cursor.fetchall())
        assert "answered" in history
        assert not any(word in history for word in (PHONE, "Анна", "7731", "Напишите", "Двойной"))

    def test_the_hourly_task_ends_and_erases(self, me):
        call = cards.start(
            PHONE, by=me, started_at=AT - timedelta(days=900), at=AT, idempotency_key="k"
        )
        tend_hotline()
        call.refresh_from_db()
        assert (call.is_open, call.phone) == (False, "")


def past(by: Operator, started_at: datetime, **changed) -> Call:
    values = {
        "operator_id": by.id, "started_at": started_at, "seconds": 60, "topic": "bills",
        "ended_at": started_at + timedelta(seconds=60), "outcome": "answered", **changed,
    }  # fmt: skip
    return Call.objects.create(**values)


class TestFigures:
    def test_the_load_is_counted_by_weekday_and_hour_of_the_city(self, me):
        # Half past eleven in the evening by UTC is Wednesday's half past three in the city.
        past(me, datetime(2026, 2, 24, 23, 30, tzinfo=UTC))
        past(me, AT - timedelta(weeks=20))
        found = figures.load(AT, weeks=8)
        assert found.counts == {(2, 3): 1}

    def test_time_outcomes_topics_and_operators_are_told(self, me, colleague):
        for seconds in (60, 120, 600):
            past(me, AT - timedelta(days=1), seconds=seconds)
        past(colleague, AT - timedelta(days=1), outcome="request", topic="house", seconds=None)
        found = figures.work(AT, weeks=1)
        assert (found.calls, found.median_seconds, found.to_requests) == (4, 120, 1)
        assert found.topics == [("Квитанции и перерасчёт", 3), ("Дом и подъезд", 1)]
        assert [count for _name, count, _median in found.operators] == [3, 1]

    def test_the_number_of_queries_does_not_grow(self, me, django_assert_num_queries):
        for count in (1, 12):
            for number in range(count):
                past(me, AT - timedelta(days=1, hours=number))
            with django_assert_num_queries(6):
                figures.work(AT, weeks=8)
            with django_assert_num_queries(1):
                figures.load(AT)

    def test_too_few_calls_are_not_drawn(self, me):
        assert busy_picture(figures.Load(8, {(0, 9): FEWEST - 1})) is None

    def test_the_picture_says_shares_and_never_how_many_called(self):
        drawn = busy_picture(figures.Load(8, {(0, 9): 100, (1, 11): 30}))
        assert [str(words) for _hour, words in drawn.rows] == [
            "занято, лучше в другой час", "обычно свободно", "обычно свободно",
        ]  # fmt: skip
        assert drawn.quiet == "10:00–11:00, 11:00–12:00"
        twice = busy_picture(figures.Load(8, {(0, 9): 200, (1, 11): 60}))
        assert twice == drawn

    def test_the_median_of_answers_is_told_once_there_are_enough(self, db):
        for hour in (1, 2, 3, 4, 30):
            assert figures.median_to_answer(AT) is None
            Question.objects.create(
                topic="bills", text="?", asked_at=AT - timedelta(days=2), answer="!",
                answer_by=AT, answered_at=AT - timedelta(days=2) + timedelta(hours=hour),
            )  # fmt: skip
        assert figures.median_to_answer(AT) == timedelta(hours=3)

    def test_how_long_booked_calls_are_waited_for_is_told_once_there_are_enough(self, me):
        for number, minutes in enumerate((-3, 2, 4, 8, 30)):
            assert figures.median_wait(AT) is None
            chosen = AT - timedelta(days=1, hours=number)
            held = CallBack.objects.create(
                starts_at=chosen, line=1, phone=PHONE, topic="bills", made_at=AT, state="done"
            )
            past(me, chosen + timedelta(minutes=minutes), call_back=held)
            # A second try is no longer wait.
            past(me, chosen + timedelta(hours=5), call_back=held)
        assert figures.median_wait(AT) == timedelta(minutes=4)
