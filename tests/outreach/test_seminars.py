"""Seminars: a seat a person, nobody forgotten in the line, changes told, marks at the door once."""

from __future__ import annotations

import json
import threading
import uuid
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now
from icalendar import Calendar
from openpyxl import load_workbook

from accounts.actors import Operator
from accounts.models import ContactLook
from notifications.models import Message, State
from notifications.rendering import render
from outreach.models import (
    Attendance,
    Certificate,
    Feedback,
    Material,
    Meeting,
    Seminar,
    SeminarState,
    SignUp,
    SignUpState,
)
from outreach.seminars import (
    attendance,
    certificates,
    figures,
    finishing,
    letters,
    programme,
    retention,
    signing_up,
)
from outreach.seminars.attendance import Mark
from outreach.seminars.signing_up import Already, Closed, Full, Person
from outreach.senders import Invalid
from tests.requests_app.filing_steps import picture

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AT = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
STARTS = AT + 7 * DAY
ANNA = Person(name="Анна Ивановна Ким", email="anna@example.org", consent=True)
SEMINARS = "/api/v1/seminars/"


def make(*, starts: datetime = STARTS, times: int = 1, **changed) -> Seminar:
    values = {
        "title": "Как читать квитанцию", "topic": "bills", "about": "Построчно.",
        "speaker": "Юрист", "place": "кабинет 7", "capacity": 2, "closes_at": starts - HOUR,
        "state": SeminarState.OPEN, "changed_at": AT, **changed,
    }  # fmt: skip
    seminar = Seminar.objects.create(**values)
    for n in range(times):
        begin = starts + n * 7 * DAY
        Meeting.objects.create(seminar=seminar, starts_at=begin, ends_at=begin + 2 * HOUR)
    return seminar


@pytest.fixture
def seminar(db) -> Seminar:
    return make()


@pytest.fixture
def soon(db) -> Seminar:
    """Return a seminar of the coming days, for pages that look at the clock themselves."""
    return make(starts=now().replace(minute=0, second=0, microsecond=0) + 3 * DAY)


def person(number: int = 0, **changed) -> Person:
    return Person(
        **{
            "name": f"Житель {number}",
            "email": f"n{number}@example.org",
            "consent": True,
            **changed,
        }
    )


def join(seminar: Seminar, number: int = 0, *, at: datetime = AT, **how) -> SignUp:
    return signing_up.sign_up(seminar.pk, person(number), user_id=None, at=at, **how)


def told(news: str) -> list[str]:
    rows = Message.objects.filter(event=f"seminar.{news}").order_by("id")
    return list(rows.values_list("recipient", flat=True))


def by(user) -> Operator:
    return Operator(id=user.pk, sees_contacts=True, is_admin=False)


def here(sign_up: SignUp, meeting: Meeting, user, *, is_here: bool = True, at=None) -> None:
    at = at or meeting.starts_at
    attendance.mark(
        meeting, [Mark(uid=str(sign_up.uid), is_here=is_here, at=at)], by=by(user), at=at
    )


def desk(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


class TestSigningUp:
    def test_a_seat_brings_a_pass_a_letter_and_a_reminder(self, seminar):
        made = signing_up.sign_up(seminar.pk, ANNA, user_id=None, at=AT)
        assert (made.state, made.seat, len(made.code)) == (SignUpState.SEATED, 1, 6)
        assert told("seated") == ["anna@example.org"]
        reminder = Message.objects.get(event="seminar.reminder")
        assert reminder.not_before == STARTS - letters.REMIND_BEFORE
        assert reminder.expires_at == STARTS
        letter = render(Message.objects.get(event="seminar.seated"))
        assert made.code in letter.text
        assert letters.own_path(made) in letter.text

    @pytest.mark.parametrize("moment", [timedelta(microseconds=1), timedelta(seconds=1), HOUR])
    def test_it_is_open_up_to_the_closing_moment(self, seminar, moment):
        assert join(seminar, at=seminar.closes_at - moment).seat == 1

    @pytest.mark.parametrize("moment", [timedelta(0), timedelta(seconds=1), 30 * DAY])
    def test_from_the_closing_moment_on_nobody_is_taken_and_nothing_written(self, seminar, moment):
        with pytest.raises(Closed):
            join(seminar, at=seminar.closes_at + moment)
        assert not SignUp.objects.exists()
        assert not Message.objects.exists()

    @pytest.mark.parametrize("state", [SeminarState.DRAFT, SeminarState.CANCELLED])
    def test_what_is_not_in_the_programme_takes_nobody(self, state):
        with pytest.raises(Closed):
            join(make(state=state))

    def test_one_press_sent_twice_is_one_sign_up(self, seminar):
        first, second = (join(seminar, idempotency_key="press") for _press in range(2))
        assert first.pk == second.pk
        assert told("seated") == ["n0@example.org"]

    def test_the_same_person_again_gets_the_letter_once_more_and_no_second_seat(self, seminar):
        join(seminar)
        with pytest.raises(Already):
            join(seminar)
        with pytest.raises(Already):
            join(seminar)
        assert SignUp.objects.count() == 1
        assert told("again") == ["n0@example.org"]

    def test_a_phone_signed_up_by_another_address_is_told_nothing(self, seminar):
        phone = "+79005550101"
        signing_up.sign_up(seminar.pk, person(1, phone=phone), user_id=None, at=AT)
        with pytest.raises(Already):
            signing_up.sign_up(seminar.pk, person(2, phone=phone), user_id=None, at=AT)
        assert told("again") == []

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"name": " "}, "name"),
            ({"email": "no address"}, "email"),
            ({"email": ""}, "email"),
            ({"phone": "12"}, "phone"),
            ({"consent": False}, "consent"),
            ({"email": "a@example.org\r\nBcc: b@example.org"}, "email"),
        ],
    )
    def test_what_cannot_be_used_is_named_and_nothing_is_written(self, seminar, changed, field):
        wrong = Person(**{**vars(ANNA), **changed})
        with pytest.raises(Invalid) as said:
            signing_up.sign_up(seminar.pk, wrong, user_id=None, at=AT)
        assert field in said.value.errors
        assert not SignUp.objects.exists()
        assert not Message.objects.exists()

    def test_the_database_gives_a_seat_once(self, seminar):
        first = join(seminar)
        second = join(seminar, 1)
        with pytest.raises(IntegrityError), transaction.atomic():
            SignUp.objects.filter(pk=second.pk).update(seat=first.seat)

    @pytest.mark.django_db(transaction=True)
    def test_two_hundred_at_once_for_ten_seats_seat_ten(self):
        seminar = make(capacity=10)
        won, lost = [], []

        def press(first: int) -> None:
            try:
                for number in range(first, 200, 10):
                    try:
                        won.append(join(seminar, number).seat)
                    except Full:
                        lost.append(number)
            finally:
                connection.close()

        hands = [threading.Thread(target=press, args=(n,)) for n in range(10)]
        for hand in hands:
            hand.start()
        for hand in hands:
            hand.join()
        assert sorted(won) == list(range(1, 11))
        assert len(lost) == 190
        assert SignUp.objects.count() == len(told("seated")) == 10


class TestWaiting:
    def test_a_full_seminar_offers_the_list_and_keeps_its_order(self, seminar):
        seated = [join(seminar, n) for n in range(2)]
        with pytest.raises(Full):
            join(seminar, 2)
        first = join(seminar, 2, may_wait=True)
        second = join(seminar, 3, may_wait=True, at=AT + HOUR)
        assert (first.state, second.state) == (SignUpState.WAITING, SignUpState.WAITING)
        assert signing_up.cancel(seated[0], at=AT + 2 * HOUR)
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.state, first.seat) == (SignUpState.OFFERED, 1)
        assert first.offered_until == AT + 2 * HOUR + signing_up.OFFER_HOLDS
        assert second.state == SignUpState.WAITING
        assert told("offered") == ["n2@example.org"]
        # The seat is held for the answer.
        with pytest.raises(Full):
            join(seminar, 4, at=AT + 3 * HOUR)

    def test_an_offer_is_confirmed_in_time_or_goes_on(self, seminar):
        seated = [join(seminar, n) for n in range(2)]
        waits = [join(seminar, n, may_wait=True) for n in (2, 3)]
        signing_up.cancel(seated[0], at=AT)
        until = AT + signing_up.OFFER_HOLDS
        assert signing_up.end_offers(at=until - timedelta(seconds=1)) == 0
        assert not signing_up.confirm(waits[0], at=until)
        assert signing_up.end_offers(at=until) == 1
        for row in waits:
            row.refresh_from_db()
        assert (waits[0].state, waits[0].seat) == (SignUpState.CANCELLED, None)
        assert waits[1].state == SignUpState.OFFERED
        assert told("offer_over") == ["n2@example.org"]
        assert signing_up.confirm(waits[1], at=until + HOUR)
        # Pressed twice it stays theirs.
        assert signing_up.confirm(waits[1], at=until + HOUR)
        assert told("seated") == ["n0@example.org", "n1@example.org", "n3@example.org"]
        assert Message.objects.filter(event="seminar.reminder", recipient="n3@example.org").exists()

    def test_no_seat_is_offered_in_the_last_hour(self, seminar):
        seated = [join(seminar, n) for n in range(2)]
        waits = join(seminar, 2, may_wait=True)
        signing_up.cancel(seated[0], at=STARTS - signing_up.LAST_OFFER)
        waits.refresh_from_db()
        assert waits.state == SignUpState.WAITING

    def test_more_seats_move_the_list_up(self, seminar):
        for n in range(4):
            join(seminar, n, may_wait=True)
        before = programme.told(seminar)
        Seminar.objects.update(capacity=3)
        assert programme.tell_changes(seminar, before, at=AT) == 0
        assert told("offered") == ["n2@example.org"]
        assert told("changed") == []

    def test_cancelling_is_done_once_and_takes_the_reminder_back(self, seminar):
        made = join(seminar)
        assert signing_up.cancel(made, at=AT)
        assert not signing_up.cancel(made, at=AT)
        assert told("cancelled") == ["n0@example.org"]
        assert told("reminder") == []
        # Whoever gave up may sign up anew.
        assert join(seminar).seat == 1


class TestChanges:
    def test_another_time_tells_everybody_and_reminds_anew(self, seminar):
        join(seminar, 0)
        join(seminar, 1)
        join(seminar, 2, may_wait=True)
        before = programme.told(seminar)
        later = STARTS + DAY
        Meeting.objects.update(starts_at=later, ends_at=later + HOUR)
        assert programme.tell_changes(seminar, before, at=AT + HOUR) == 3
        assert told("changed") == [f"n{n}@example.org" for n in range(3)]
        reminders = Message.objects.filter(event="seminar.reminder", state=State.QUEUED)
        assert {row.expires_at for row in reminders} == {later}
        assert len(reminders) == 2
        seminar.refresh_from_db()
        assert (seminar.revision, seminar.changed_at) == (1, AT + HOUR)

    def test_what_nobody_plans_by_is_told_to_nobody(self, seminar):
        join(seminar)
        before = programme.told(seminar)
        Seminar.objects.update(about="Иначе", audience="Все")
        assert programme.tell_changes(seminar, before, at=AT) == 0
        seminar.refresh_from_db()
        assert seminar.revision == 0

    def test_calling_off_tells_everybody_once_and_frees_the_seats(self, seminar):
        join(seminar, 0)
        join(seminar, 1)
        join(seminar, 2, may_wait=True)
        assert programme.call_off(seminar, reason="Болезнь", at=AT) == 3
        assert programme.call_off(seminar, reason="Болезнь", at=AT) is None
        assert told("called_off") == [f"n{n}@example.org" for n in range(3)]
        assert told("reminder") == []
        assert set(SignUp.objects.values_list("state", "seat")) == {(SignUpState.LOST, None)}
        assert "Болезнь" in render(Message.objects.filter(event="seminar.called_off")[0]).text

    def test_a_copy_is_a_draft_on_the_same_weekdays_at_the_same_hour(self, seminar):
        old = make(starts=AT - 100 * DAY, times=2)
        made = programme.copy(old, at=AT)
        assert made.state == SeminarState.DRAFT
        was, now_ = list(old.meetings.all()), list(made.meetings.all())
        assert now_[0].starts_at >= AT + 7 * DAY
        shift = now_[0].starts_at - was[0].starts_at
        assert shift % (7 * DAY) == timedelta(0)
        assert now_[1].starts_at - was[1].starts_at == made.closes_at - old.closes_at == shift
        assert not made.sign_ups.exists()


class TestAtTheDoor:
    def test_a_mark_sent_twice_is_there_once_and_can_be_taken_back(self, seminar, operator):
        made, meeting = join(seminar), seminar.meetings.get()
        here(made, meeting, operator)
        here(made, meeting, operator)
        assert Attendance.objects.count() == 1
        here(made, meeting, operator, is_here=False)
        assert not Attendance.objects.exists()

    def test_a_clock_that_runs_ahead_is_not_believed(self, seminar, operator):
        made, meeting = join(seminar), seminar.meetings.get()
        mark = Mark(uid=str(made.uid), is_here=True, at=STARTS + 9 * DAY)
        attendance.mark(meeting, [mark], by=by(operator), at=STARTS)
        assert Attendance.objects.get().at == STARTS

    def test_people_of_another_seminar_and_nonsense_are_settled_and_change_nothing(
        self, seminar, operator
    ):
        stranger = join(make())
        marks = [
            Mark(uid=uid, is_here=True, at=STARTS) for uid in (str(stranger.uid), "x", "'; --")
        ]
        settled = attendance.mark(seminar.meetings.get(), marks, by=by(operator), at=STARTS)
        assert settled == [str(stranger.uid), "x", "'; --"]
        assert not Attendance.objects.exists()

    def test_a_walk_in_comes_over_the_capacity_once(self, seminar, operator):
        join(seminar, 0)
        join(seminar, 1)
        key, meeting = str(uuid.uuid4()), seminar.meetings.get()
        for _turn in range(2):
            attendance.walk_in(
                meeting, Person(name="Пётр", consent=True), key=key, by=by(operator), at=STARTS,
                came_at=STARTS,
            )  # fmt: skip
        row = SignUp.objects.get(is_walk_in=True)
        assert (str(row.uid), row.seat) == (key, None)
        assert Attendance.objects.filter(sign_up=row).count() == 1

    def test_a_walk_in_who_had_signed_up_is_that_person(self, seminar, operator):
        made = join(seminar)
        row = attendance.walk_in(
            seminar.meetings.get(), person(0), key=str(uuid.uuid4()), by=by(operator), at=STARTS,
            came_at=STARTS,
        )  # fmt: skip
        assert row.pk == made.pk
        assert SignUp.objects.count() == 1

    def test_the_page_marks_without_scripts_and_takes_what_phones_kept(self, soon, operator):
        made, other = join(soon, 0, at=now()), join(soon, 1, at=now())
        staff, meeting = desk(operator), soon.meetings.get()
        page = reverse("outreach:check_in", args=[soon.pk])
        assert made.code in staff.get(page).content.decode()
        staff.post(page, {"do": "mark", "sign_up": made.uid, "here": "yes"})
        staff.post(page, {"do": "code", "code": other.code.lower()})
        assert Attendance.objects.filter(marked_by=operator).count() == 2
        staff.post(page, {"do": "mark", "sign_up": made.uid, "here": "no"})
        assert Attendance.objects.get().sign_up == other
        key = str(uuid.uuid4())
        at = now().isoformat()
        body = {
            "meeting": str(meeting.pk),
            "marks": [{"uid": str(made.uid), "here": True, "at": at}],
            "walk_ins": [{"key": key, "name": "Пётр", "email": "не почта", "at": at}],
        }
        for _turn in range(2):
            answer = staff.post(f"{page}marks/", json.dumps(body), content_type="application/json")
            assert answer.json() == {"settled": [str(made.uid), key]}
        assert Attendance.objects.count() == 3
        # A wrong address does not keep the person out.
        assert SignUp.objects.get(uid=key).email == ""

    @pytest.mark.parametrize(
        "body",
        [
            "x", "[]", "{}", '{"meeting": "x"}', '{"meeting": 1, "marks": 5}',
            '{"meeting": 1, "marks": [{}]}',
        ],
    )  # fmt: skip
    def test_nonsense_of_a_phone_is_refused(self, soon, operator, body):
        page = reverse("outreach:check_in_marks", args=[soon.pk])
        sent = body.replace("1", str(soon.meetings.get().pk))
        answer = desk(operator).post(page, sent, content_type="application/json")
        assert answer.status_code == 400
        assert not Attendance.objects.exists()

    def test_the_door_is_the_staffs(self, soon, resident, company_user):
        page = reverse("outreach:check_in", args=[soon.pk])
        assert Client().get(page).status_code == 302
        for user in (resident, company_user):
            assert desk(user).get(page).status_code == 404
            assert (
                desk(user).post(f"{page}marks/", "{}", content_type="text/json").status_code == 404
            )

    def test_the_printed_list_has_names_and_no_contacts(self, soon, operator):
        join(soon, 0, at=now())
        page = (
            desk(operator).get(reverse("outreach:check_in_sheet", args=[soon.pk])).content.decode()
        )
        assert "Житель 0" in page
        assert "n0@example.org" not in page


class TestCertificates:
    @pytest.fixture
    def paper(self, seminar, operator) -> Certificate:
        made = signing_up.sign_up(seminar.pk, ANNA, user_id=None, at=AT)
        here(made, seminar.meetings.get(), operator)
        assert finishing.finish(seminar, at=STARTS + 2 * HOUR)
        return Certificate.objects.get()

    def test_who_came_gets_one_once_and_who_did_not_none(self, paper, seminar):
        assert not finishing.finish(seminar, at=STARTS + 3 * HOUR)
        assert finishing.finish_all(at=STARTS + 3 * HOUR) == 0
        assert Certificate.objects.count() == 1
        assert told("over") == ["anna@example.org"]

    def test_a_course_asks_for_enough_meetings(self, operator):
        course = make(times=3, certificate_after=2)
        twice, once = join(course, 0), join(course, 1)
        first, second, third = course.meetings.all()
        here(twice, first, operator)
        here(twice, third, operator)
        here(once, second, operator)
        assert not finishing.finish(course, at=first.ends_at)
        assert finishing.finish_all(at=third.ends_at) == 1
        assert [row.sign_up for row in Certificate.objects.all()] == [twice]
        assert Certificate.objects.get().meetings == 2

    def test_marks_that_come_after_the_end_still_bring_it(self, paper, seminar, operator):
        late = signing_up.locked(seminar.pk)
        assert late is not None
        row = SignUp.objects.create(
            seminar=seminar, seat=2, state="seated", code="LATE22", name="Поздний",
            email="late@example.org", made_at=AT,
        )  # fmt: skip
        here(row, seminar.meetings.get(), operator, at=STARTS + 5 * HOUR)
        assert Certificate.objects.filter(sign_up=row).exists()

    def test_the_page_says_initials_and_the_holder_shows_the_name(self, paper, client):
        page = reverse("outreach:certificate", args=[paper.number])
        shown = client.get(page).content.decode()
        assert "А. И. К." in shown
        assert "Анна" not in shown
        whole = client.get(page, {"holder": certificates.holder_key(paper)}).content.decode()
        assert "Анна Ивановна Ким" in whole
        assert "Анна" not in client.get(page, {"holder": "forged"}).content.decode()

    def test_another_holders_link_shows_nobodys_name(self, paper, client, operator):
        other = join(make(), 5)
        here(other, other.seminar.meetings.get(), operator)
        finishing.finish(other.seminar, at=STARTS + 2 * HOUR)
        key = certificates.holder_key(other.certificate)
        page = reverse("outreach:certificate", args=[paper.number])
        assert "Анна" not in client.get(page, {"holder": key}).content.decode()

    def test_a_number_is_read_however_it_is_typed(self, paper, client):
        sloppy = paper.number.lower().replace("-", " ")
        found = client.get(reverse("outreach:certificates"), {"number": sloppy})
        assert found["Location"] == reverse("outreach:certificate", args=[paper.number])
        assert client.get(reverse("outreach:certificates"), {"number": "12"}).status_code == 422

    def test_numbers_are_not_in_sequence_and_hold_sixty_random_bits(self):
        numbers = {certificates.new_number(2026) for _n in range(500)}
        assert len(numbers) == 500
        assert {number[:3] for number in numbers} == {"26-"}
        assert {len(number) for number in numbers} == {len("26-7F3K-9QRX-04TD")}
        # Each place takes nearly every sign: none is fixed or counts up.
        places = [{number[place] for number in numbers} for place in (3, 7, 8, 12, 13, 16)]
        assert all(len(signs) > 20 or signs == {"-"} for signs in places)

    def test_whoever_guesses_is_stopped_and_the_true_number_is_no_way_round(self, paper, client):
        for n in range(certificates.MISSES_AN_HOUR):
            guessed = reverse("outreach:certificate", args=[f"26-0000-0000-{n:04d}"])
            assert client.get(guessed).status_code == 404
        answer = client.get(reverse("outreach:certificate", args=[paper.number]))
        assert answer.status_code == 429
        assert int(answer["Retry-After"]) > 0

    def test_right_numbers_are_not_counted_as_guesses(self, paper, client):
        page = reverse("outreach:certificate", args=[paper.number])
        for _n in range(certificates.MISSES_AN_HOUR + 5):
            assert client.get(page).status_code == 200

    def test_an_annulled_one_says_so_and_hands_no_paper_out(self, paper, client):
        assert not certificates.annul(paper, reason="", at=AT)
        assert certificates.annul(paper, reason="Выдано по ошибке", at=AT)
        assert not certificates.annul(paper, reason="Снова", at=AT)
        page = client.get(reverse("outreach:certificate", args=[paper.number])).content.decode()
        assert "Выдано по ошибке" in page
        own = reverse("outreach:own_certificate", args=[letters.token_of(paper.sign_up)])
        assert client.get(own).status_code == 404

    def test_the_paper_is_a_pdf_with_the_number(self, paper, client):
        import pikepdf

        own = reverse("outreach:own_certificate", args=[letters.token_of(paper.sign_up)])
        answer = client.get(own)
        with pikepdf.open(BytesIO(answer.content)) as file:
            assert len(file.pages) == 1
            assert paper.number in str(file.docinfo["/Title"])
        words = certificates.content(paper)
        assert words["name"] == "Анна Ивановна Ким"
        assert words["length"].startswith("3 ")
        assert certificates.public_address(paper) == words["address"]

    def test_the_longest_words_stay_on_one_page_and_are_no_markup(self, paper):
        import pikepdf

        SignUp.objects.update(name="#panic() *Имя* " * 13)
        Seminar.objects.update(title="$x$ [Название] " * 10, speaker="Ф" * 300)
        long = Certificate.objects.select_related("sign_up__seminar").get()
        with pikepdf.open(BytesIO(certificates.pdf(long))) as file:
            assert len(file.pages) == 1

    @pytest.mark.parametrize(
        ("name", "initials"),
        [("Анна Ким", "А. К."), ("  ", ""), ("О'Нил 12", "О."), ("иван", "И."), ("— Ли", "Л.")],
    )
    def test_initials(self, name, initials):
        assert certificates.initials_of(name) == initials


class TestAfterwards:
    @pytest.fixture
    def came(self, seminar, operator) -> SignUp:
        made = signing_up.sign_up(seminar.pk, ANNA, user_id=None, at=AT)
        here(made, seminar.meetings.get(), operator)
        finishing.finish(seminar, at=STARTS + 2 * HOUR)
        return SignUp.objects.select_related("seminar").get(pk=made.pk)

    def test_a_mark_is_kept_and_may_be_changed(self, came, client):
        own = reverse("outreach:change_sign_up", args=[letters.token_of(came)])
        client.post(own, {"do": "judge", "mark": "4", "text": "Мало места"})
        client.post(own, {"do": "judge", "mark": "5", "text": "Секретные слова"})
        said = Feedback.objects.get()
        assert (said.mark, said.text) == (5, "Секретные слова")
        page = client.get(reverse("outreach:seminar", args=[came.seminar_id])).content.decode()
        assert "Секретные слова" not in page

    @pytest.mark.parametrize("mark", ["", "0", "6", "x", "4.5", "٣"])
    def test_no_other_mark_is_taken(self, came, mark):
        with pytest.raises(Invalid):
            finishing.judge(came, mark=mark, text="", at=STARTS)
        assert not Feedback.objects.exists()

    def test_who_was_not_there_does_not_judge(self, seminar, came):
        absent = SignUp.objects.create(
            seminar=came.seminar, seat=2, state="seated", code="ABSENT", name="Нет",
            email="no@example.org", made_at=AT,
        )  # fmt: skip
        with pytest.raises(Invalid):
            finishing.judge(absent, mark="5", text="", at=STARTS)

    def test_small_groups_are_folded_and_no_subtraction_tells_them(self):
        assert figures.folded({"А": 12, "Б": 4, "В": 3}) == {"А": 12, "*": 7}
        assert figures.folded({"А": 12, "Б": 9, "В": 1}) == {"А": 12, "*": 10}
        assert figures.folded({"А": 2}) == {}

    def test_figures_count_people_by_their_district_of_ended_meetings(self, operator, client):
        seminar = make(starts=now() - 2 * DAY, closes_at=now() - 3 * DAY, capacity=20)
        meeting = seminar.meetings.get()
        for n in range(8):
            row = SignUp.objects.create(
                seminar=seminar, seat=n + 1, state="seated", code=f"C{n}", name="Имя",
                email=f"{n}@example.org", made_at=AT, district="Заречный" if n < 6 else "Нагорный",
            )  # fmt: skip
            Attendance.objects.create(sign_up=row, meeting=meeting, at=now())
        page = client.get(reverse("outreach:taught")).content.decode()
        # Two people of Nagorny are not told apart; they join the others.
        assert "Нагорный" not in page
        assert ">8<" in page

    def test_a_year_later_names_are_gone_and_the_certificate_still_holds(self, came, client):
        at = STARTS + 2 * HOUR + retention.KEPT_FOR
        assert retention.forget(at=at - HOUR) == 0
        assert retention.forget(at=at + HOUR) == 1
        came.refresh_from_db()
        assert (came.name, came.email, came.phone, came.user) == ("", "", "", None)
        assert not Message.objects.filter(topic=letters.topic_of(came)).exists()
        assert Attendance.objects.count() == 1
        page = client.get(reverse("outreach:certificate", args=[came.certificate.number]))
        assert page.status_code == 200
        assert client.get(letters.own_path(came)).status_code == 404


class TestCalendarFiles:
    def events(self, data: bytes) -> list:
        return list(Calendar.from_ical(data).walk("VEVENT"))

    def test_a_course_is_one_event_a_meeting_in_the_citys_zone(self, client):
        course = make(times=3)
        data = client.get(reverse("outreach:seminar_calendar", args=[course.pk])).content
        found = self.events(data)
        assert len(found) == 3
        assert b"BEGIN:VTIMEZONE" in data
        start = found[0].decoded("dtstart")
        assert start == STARTS
        assert start.utcoffset() == 4 * HOUR
        # The same instant in a client of another zone, which went over to summer time a day before.
        assert f"{start.astimezone(ZoneInfo('America/New_York')):%H:%M}" == "04:00"

    def test_a_move_keeps_the_uid_and_raises_the_sequence(self, seminar, client):
        path = reverse("outreach:seminar_calendar", args=[seminar.pk])
        (before,) = self.events(client.get(path).content)
        told_before = programme.told(seminar)
        Meeting.objects.update(starts_at=STARTS + DAY, ends_at=STARTS + DAY + HOUR)
        programme.tell_changes(seminar, told_before, at=AT + HOUR)
        (after,) = self.events(client.get(path).content)
        assert before["uid"] == after["uid"]
        assert (before["sequence"], after["sequence"]) == (0, 1)
        programme.call_off(seminar, reason="Болезнь", at=AT + 2 * HOUR)
        (off,) = self.events(client.get(path).content)
        assert (off["uid"], off["sequence"], off["status"]) == (before["uid"], 2, "CANCELLED")

    def test_the_link_of_the_call_is_for_who_signed_up(self, client):
        starts = now() + 3 * DAY
        seminar = make(starts=starts, place="", online_link="https://meet.example.org/secret")
        made = join(seminar, at=now())
        public = [
            reverse("outreach:seminars"),
            reverse("outreach:seminar", args=[seminar.pk]),
            reverse("outreach:seminar_calendar", args=[seminar.pk]),
            reverse("outreach:join", args=[seminar.pk]),
            SEMINARS,
            "/calendar/",
            "/calendar.ics",
        ]
        for path in public:
            assert b"meet.example.org/secret" not in client.get(path).content, path
        assert b"meet.example.org/secret" in client.get(letters.own_path(made)).content
        mine = client.get(reverse("outreach:sign_up_calendar", args=[letters.token_of(made)]))
        assert b"meet.example.org/secret" in mine.content.replace(b"\r\n ", b"")
        signing_up.cancel(made, at=now())
        assert b"meet.example.org/secret" not in client.get(letters.own_path(made)).content


class TestPages:
    def test_a_person_signs_up_changes_and_gives_up_by_the_pages(self, soon, client):
        page = reverse("outreach:join", args=[soon.pk])
        asked = client.get(page)
        key = asked.context["form"]["key"].value()
        assert client.post(page, {"key": key}).status_code == 422
        sent = {"name": "Анна Ким", "email": "anna@example.org", "consent": "on", "key": key}
        first = client.post(page, sent)
        assert first.status_code == 302
        # A second press: the link may be signed anew, the sign-up below is one.
        assert client.get(client.post(page, sent)["Location"]).status_code == 200
        own = first["Location"]
        made = SignUp.objects.get()
        shown = client.get(own).content.decode()
        assert made.code in shown
        assert "<svg" in shown
        client.post(f"{own}change/", {"do": "change", "name": "Анна Ли", "district": ""})
        made.refresh_from_db()
        assert made.name == "Анна Ли"
        assert client.post(f"{own}change/", {"do": "change", "name": " "}).status_code == 422
        # A look changes nothing; a press does.
        client.get(own)
        client.post(f"{own}change/", {"do": "cancel"})
        made.refresh_from_db()
        assert made.state == SignUpState.CANCELLED
        assert client.get("/seminars/mine/forged/").status_code == 404

    def test_a_full_one_offers_the_list_and_other_seminars(self, soon, client):
        other = make(starts=now() + 5 * DAY, title="Другой семинар")
        for n in range(2):
            join(soon, n, at=now())
        page = reverse("outreach:join", args=[soon.pk])
        shown = client.get(page)
        assert "Другой семинар" in shown.content.decode()
        assert other.get_absolute_url() in shown.content.decode()
        key = shown.context["form"]["key"].value()
        sent = {
            "name": "Анна",
            "email": "a@example.org",
            "consent": "on",
            "key": key,
            "wait": "yes",
        }
        assert client.post(page, sent).status_code == 302
        assert SignUp.objects.get(email="a@example.org").state == SignUpState.WAITING

    def test_drafts_are_the_staffs(self, client, operator):
        draft = make(state=SeminarState.DRAFT, title="Тайный черновик")
        for path in ("/seminars/", "/calendar/", SEMINARS, "/calendar.ics"):
            assert "Тайный черновик" not in client.get(path).content.decode()
        assert client.get(draft.get_absolute_url()).status_code == 404
        assert desk(operator).get(draft.get_absolute_url()).status_code == 200

    def test_past_ones_page_by_time_and_filters_hold(self, client):
        for n in range(55):
            make(starts=now() - (n + 2) * DAY, title=f"Прошлый {n:02d}")
        shown = client.get("/seminars/?show=past")
        assert len(shown.context["seminars"]) == 50
        older = client.get(f"/seminars/?show=past&before={shown.context['older']}")
        assert len(older.context["seminars"]) == 5
        for query in ("topic=zzz", "district=zzz", "before=99999999999", "show=past&before=x"):
            assert client.get(f"/seminars/?{query}").status_code == 200
        assert not client.get("/seminars/?show=past&topic=yard").context["seminars"]

    @pytest.mark.parametrize("count", [2, 12])
    def test_pages_cost_the_same_whatever_the_number(
        self, count, client, operator, django_assert_num_queries
    ):
        seminars = [make(starts=now() + (n + 1) * DAY, times=2, capacity=50) for n in range(count)]
        for n in range(count):
            join(seminars[0], n, at=now())
        first = seminars[0].pk
        for path, queries in (
            (reverse("outreach:seminars"), 1),
            (f"{reverse('outreach:seminars')}?show=past", 1),
            (reverse("outreach:seminar", args=[first]), 4),
            (SEMINARS, 2),
            ("/calendar/", 3),
            ("/calendar.ics", 3),
        ):
            client.get(path)
            with django_assert_num_queries(queries):
                assert client.get(path).status_code == 200
        staff = desk(operator)
        staff.get(reverse("outreach:check_in", args=[first]))
        # One of them counts what is unread, for the bell.
        with django_assert_num_queries(9):
            staff.get(reverse("outreach:check_in", args=[first]))


class TestPrograms:
    def post(self, client, seminar, **changed):
        contact = {"name": "Анна", "email": "anna@example.org"}
        body = {"contact": contact, "consent": True, **changed}
        how = {"content_type": "application/json"}
        return client.post(f"{SEMINARS}{seminar.pk}/sign-ups/", body, **how)

    def test_programs_list_sign_up_and_are_offered_the_next(self, soon, client):
        other = make(starts=now() + 5 * DAY)
        listed = client.get(SEMINARS).json()["results"]
        assert [row["id"] for row in listed] == [soon.pk, other.pk]
        assert (listed[0]["free"], len(listed[0]["meetings"])) == (2, 1)
        assert client.get(SEMINARS, {"topic": "zzz"}).status_code == 400
        wrong = self.post(client, soon, contact={"name": ""})
        assert wrong.json()["errors"][0]["field"] == "contact.name"
        made = self.post(client, soon)
        assert made.status_code == 201
        assert made.json()["state"] == "seated"
        path = made.json()["url"].split("/seminars/", 1)[1]
        assert client.get(f"/seminars/{path}").status_code == 200
        again = self.post(client, soon)
        assert (again.status_code, again.json()["code"]) == (409, "already")
        self.post(client, soon, contact={"name": "Б", "phone": "+79005550101"})
        full = self.post(client, soon, contact={"name": "В", "phone": "+79005550102"})
        assert (full.status_code, full.json()["code"]) == (409, "full")
        assert [row["id"] for row in full.json()["next"]] == [other.pk]
        waits = self.post(client, soon, contact={"name": "В", "phone": "+79005550102"}, wait=True)
        assert waits.json()["state"] == "waiting"

    def test_a_key_makes_a_repeated_call_harmless(self, soon, client):
        body = {"contact": {"name": "А", "email": "a@example.org"}, "consent": True}
        answers = [
            client.post(
                f"{SEMINARS}{soon.pk}/sign-ups/", body, content_type="application/json",
                headers={"Idempotency-Key": "k"},
            )
            for _turn in range(2)
        ]  # fmt: skip
        assert [one.status_code for one in answers] == [201, 201]
        # The links are signed with the second they were made in: both lead to the one sign-up.
        assert len({one.json()["code"] for one in answers}) == 1
        assert all(
            client.get(urlsplit(one.json()["url"]).path).status_code == 200 for one in answers
        )
        assert SignUp.objects.count() == 1

    def test_closed_unknown_and_drafts(self, client):
        closed = make(starts=now() + HOUR, closes_at=now() - HOUR)
        assert self.post(client, closed).json()["code"] == "closed"
        assert self.post(client, make(state=SeminarState.DRAFT)).status_code == 404
        closed.pk = 2**31 + 5
        assert self.post(client, closed).status_code == 404

    def test_one_sender_cannot_take_every_seat(self, client):
        seminar = make(starts=now() + 3 * DAY, capacity=100)
        answers = [
            self.post(
                client, seminar, contact={"name": "А", "email": f"{n}@example.org"}
            ).status_code
            for n in range(signing_up.SIGN_UPS_AN_HOUR + 1)
        ]
        assert answers == [201] * signing_up.SIGN_UPS_AN_HOUR + [429]


class TestAtTheDesk:
    @pytest.fixture
    def staff(self, admin_user, settings) -> Client:
        settings.DEMO = True
        return desk(admin_user)

    def saved(self, staff: Client, seminar: Seminar, **changed):
        page = reverse("admin:outreach_seminar_change", args=[seminar.pk])
        meeting = seminar.meetings.get()
        counts = {"TOTAL_FORMS": 1, "INITIAL_FORMS": 1, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
        sent = {
            **{
                name: getattr(seminar, name) or ""
                for name in (
                    "title", "topic", "about", "audience", "speaker", "state", "place", "district",
                    "online_link", "capacity", "certificate_after",
                )
            },
            "closes_at_0": "2026-03-01", "closes_at_1": "10:00",
            **{f"meetings-{name}": value for name, value in counts.items()},
            "meetings-0-id": meeting.pk, "meetings-0-seminar": seminar.pk,
            "meetings-0-starts_at_0": "2026-03-10", "meetings-0-starts_at_1": "12:00",
            "meetings-0-ends_at_0": "2026-03-10", "meetings-0-ends_at_1": "14:00",
            **{f"materials-{name}": 0 for name in counts},
            **changed,
        }  # fmt: skip
        return staff.post(page, sent)

    def test_a_time_changed_in_the_admin_tells_people(self, seminar, staff):
        join(seminar)
        assert self.saved(staff, seminar, **{"meetings-0-starts_at_1": "12:30"}).status_code == 302
        assert told("changed") == ["n0@example.org"]
        seminar.refresh_from_db()
        assert seminar.revision == 1

    @pytest.mark.parametrize(
        "changed",
        [
            {"place": ""},
            {"closes_at_0": "2026-03-11"},
            {"certificate_after": 2},
            {"meetings-0-DELETE": "on"},
            {"state": "draft"},
            {"meetings-0-ends_at_1": "11:00"},
            {"capacity": 0},
        ],
    )
    def test_what_people_could_not_use_is_refused(self, seminar, staff, changed):
        join(seminar)
        assert self.saved(staff, seminar, **changed).status_code == 200
        assert told("changed") == []
        seminar.refresh_from_db()
        assert (seminar.revision, seminar.state) == (0, "open")

    def test_buttons_copy_and_call_off_with_a_reason(self, seminar, staff):
        join(seminar)
        staff.post(reverse("admin:outreach_seminar_copy", args=[seminar.pk]))
        assert Seminar.objects.filter(state="draft").count() == 1
        off = reverse("admin:outreach_seminar_call_off", args=[seminar.pk])
        staff.post(off, {"reason": " "})
        assert told("called_off") == []
        staff.post(off, {"reason": "Болезнь"})
        assert told("called_off") == ["n0@example.org"]
        page = staff.get(reverse("admin:outreach_seminar_change", args=[seminar.pk]))
        assert "Болезнь" in page.content.decode()

    def test_files_are_checked_before_they_are_shown(self, seminar, staff, client):
        add = reverse("admin:outreach_seminar_file", args=[seminar.pk])
        staff.post(add, {"title": "Вирус", "file": SimpleUploadedFile("a.pdf", b"MZ\x90")})
        assert not Material.objects.exists()
        staff.post(add, {"title": "Памятка", "file": picture()})
        file = Material.objects.get()
        assert file.upload.claimed_at is not None
        page = client.get(seminar.get_absolute_url()).content.decode()
        path = reverse("outreach:material", args=[seminar.pk, file.pk])
        assert path in page
        answer = client.get(path)
        assert answer["Content-Disposition"].startswith("attachment")
        other = make()
        assert client.get(reverse("outreach:material", args=[other.pk, file.pk])).status_code == 404

    def test_contacts_are_seen_by_a_noted_press_only(self, soon, operator, settings):
        settings.DEMO = True
        made, staff = join(soon, at=now()), desk(operator)
        page = reverse("admin:outreach_signup_change", args=[made.pk])
        assert "n0@example.org" not in staff.get(page).content.decode()
        listed = staff.get(reverse("admin:outreach_signup_changelist")).content.decode()
        assert "n0@example.org" not in listed
        shown = staff.post(reverse("admin:outreach_signup_contact", args=[made.pk]), follow=True)
        assert "n0@example.org" in shown.content.decode()
        assert ContactLook.objects.get().subject == f"seminar:{made.pk}"
        staff.post(reverse("admin:outreach_signup_do", args=[made.pk]), {"do": "cancel"})
        made.refresh_from_db()
        assert made.state == SignUpState.CANCELLED

    def test_the_workbook_has_no_contacts_and_no_formula(self, seminar, staff):
        bad = Person(name="=HYPERLINK(1)", email="anna@example.org", consent=True)
        signing_up.sign_up(seminar.pk, bad, user_id=None, at=AT)
        data = staff.get(reverse("admin:outreach_seminar_xlsx", args=[seminar.pk])).content
        cells = [cell for row in load_workbook(BytesIO(data)).active for cell in row]
        assert "anna@example.org" not in {cell.value for cell in cells}
        assert {cell.data_type for cell in cells if cell.value and "HYPER" in str(cell.value)} == {
            "s"
        }

    def test_a_certificate_is_annulled_by_its_reason(self, seminar, staff, operator):
        made = join(seminar)
        here(made, seminar.meetings.get(), operator)
        finishing.finish(seminar, at=STARTS + 2 * HOUR)
        paper = Certificate.objects.get()
        page = reverse("admin:outreach_certificate_change", args=[paper.pk])
        staff.post(page, {"annul_reason": ""})
        paper.refresh_from_db()
        assert paper.annulled_at is None
        staff.post(page, {"annul_reason": "Ошибка"})
        paper.refresh_from_db()
        assert paper.annulled_at is not None
        assert paper.annul_reason == "Ошибка"


def test_the_day_of_a_moment_in_the_letter_is_the_citys(seminar):
    meeting = seminar.meetings.get()
    meeting.starts_at = datetime(2026, 3, 9, 21, 0, tzinfo=UTC)
    meeting.ends_at = meeting.starts_at + HOUR
    words = letters.when(meeting)
    assert words.startswith(f"{date(2026, 3, 10).day} ")
    assert words.endswith("01:00–02:00")
