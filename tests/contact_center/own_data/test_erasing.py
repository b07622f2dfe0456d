"""Erasing a person: nothing that names them stays, nothing of anybody else goes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

import notifications.own_data
from accounts.models import ApiToken, CompanyRepresentative, Consent, ContactLook, User
from accounts.own_data import tombstone_of
from claims.models import Claim
from claims.statuses import ClaimStatus
from contact_center.own_data import erasing, rooms
from contact_center.own_data.models import Erasure, ErasureState
from contact_center.tasks import erase_accounts
from notifications.models import Message
from outreach.models import Booking, CallBack, Question, SignUp, Waiting
from requests_app import lifecycle
from requests_app.models import Destruction, Request, RequestContact, RequestEvent
from requests_app.statuses import Status
from tests.city_fixtures import NOON, owner_of
from tests.contact_center.own_data.planting import (
    LATER,
    a_request,
    found_in_database,
    marks_of,
    person_called,
)

pytestmark = pytest.mark.django_db
DUE = LATER + timedelta(days=3)


def erased(user: User) -> Erasure:
    """Let the whole way be gone: asked, waited for, done."""
    row = erasing.ask(user, at=LATER)
    assert erasing.run_due(at=DUE) == 1
    row.refresh_from_db()
    return row


def snapshot_of(mark: str) -> dict[str, list[str]]:
    """Return every row in which the mark stands, by table."""
    rows = {}
    with connection.cursor() as cursor:
        for table in found_in_database(mark):
            cursor.execute(
                f'SELECT row::text FROM "{table}" AS row WHERE row::text ILIKE %s ORDER BY 1',
                [f"%{mark}%"],
            )
            rows[table] = [text for (text,) in cursor.fetchall()]
    return rows


def test_nothing_that_names_the_person_stays_anywhere(
    anna, planted, storage, django_capture_on_commit_callbacks
):
    item = planted(anna, "zqanna")
    before = found_in_database("zqanna")
    # The test would prove little if the word stood in few places.
    assert len(before) >= 33, before
    with django_capture_on_commit_callbacks(execute=True):
        row = erased(anna)
    assert (row.state, row.left) == (ErasureState.DONE, 0)
    left = {mark: found_in_database(mark) for mark in marks_of(anna, "zqanna")}
    assert not any(left.values()), snapshot_of(marks_of(anna, "zqanna")[0])
    assert not [path for path in storage.rglob("*") if path.is_file()]
    assert not Session.objects.exists()
    assert Request.objects.get(pk=item.pk).resident is None


def test_statistics_and_evidence_stay(anna, planted, operator):
    item = planted(anna, "zqanna")
    before = Request.objects.values(
        "number", "category_id", "building_id", "status", "outcome", "closed_at", "registered_at"
    ).get(pk=item.pk)
    lines = RequestEvent.objects.filter(request=item).count()
    erased(anna)
    assert Request.objects.values(*before).get(pk=item.pk) == before
    assert RequestEvent.objects.filter(request=item).count() == lines
    assert Destruction.objects.filter(request=item, kept_until=DUE.date()).exists()
    assert Claim.objects.filter(request=item, amount_rub=50, is_forgotten=True).exists()
    assert ContactLook.objects.filter(looked_by=operator, subject=f"request:{item.pk}").exists()
    assert Consent.objects.filter(user=anna).exists()
    for model in (Booking, CallBack, SignUp, Question):
        assert model.objects.filter(erased_at=DUE).count() == 1
    tombstone = User.objects.get(pk=anna.pk)
    assert (tombstone.email, tombstone.name, tombstone.phone, tombstone.is_active) == (
        tombstone_of(anna.pk), "", "", False
    )  # fmt: skip
    token = ApiToken.objects.get(user=anna)
    assert (token.name, token.revoked_at) == ("", DUE)


def test_neighbour_keeps_every_row(anna, boris, planted):
    planted(boris, "zqboris")
    # Or he would rightly hear that the time she gave back is free.
    Waiting.objects.all().delete()
    before = snapshot_of("zqboris")
    planted(anna, "zqanna")
    erased(anna)
    assert snapshot_of("zqboris") == before


def test_request_under_way_keeps_what_the_executor_needs_and_goes_when_closed(
    anna, make_request, planted
):
    planted(anna, "zqanna")
    item = a_request(anna, "zqanna", make_request=make_request, status=Status.IN_PROGRESS)
    row = erased(anna)
    assert (row.state, row.left) == (ErasureState.WAITING, 1)
    contact = RequestContact.objects.get()
    assert (contact.request_id, contact.phone) == (item.pk, anna.phone)
    assert User.objects.get(pk=anna.pk).email == tombstone_of(anna.pk)
    lifecycle.move(
        Request.objects.get(pk=item.pk),
        Status.CLOSED,
        by=owner_of(item),
        at=DUE + timedelta(hours=1),
    )
    # Letters of the last step went to the address of the request.
    assert Message.objects.filter(recipient=anna.email).exists()
    assert erasing.run_due(at=DUE + timedelta(hours=2)) == 1
    row.refresh_from_db()
    assert row.state == ErasureState.DONE
    left = {mark: found_in_database(mark) for mark in marks_of(anna, "zqanna")}
    assert not any(left.values()), snapshot_of(marks_of(anna, "zqanna")[0])


def test_letters_on_their_way_about_an_open_request_still_leave(anna, make_request):
    a_request(anna, "zqanna", make_request=make_request, status=Status.ACCEPTED)
    waiting = Message.objects.filter(user=anna, state="queued", topic__startswith="request:")
    ids = set(waiting.values_list("pk", flat=True))
    assert ids
    erased(anna)
    assert set(waiting.values_list("pk", flat=True)) == ids


def test_claim_under_way_holds_its_request(anna, planted):
    item = planted(anna, "zqanna")
    Claim.objects.update(status=ClaimStatus.SENT)
    row = erased(anna)
    assert (row.state, row.left) == (ErasureState.WAITING, 2)
    assert RequestContact.objects.get(request=item).name == "zqanna name"
    assert Claim.objects.get().account == "acc zqanna"
    Claim.objects.update(status=ClaimStatus.WITHDRAWN)
    erasing.run_due(at=DUE + timedelta(hours=2))
    assert found_in_database("zqanna") == []


def test_unanswered_question_waits_for_its_answer(anna, planted):
    planted(anna, "zqanna")
    Question.objects.update(answered_at=None, answer="")
    row = erased(anna)
    assert (row.state, row.left) == (ErasureState.WAITING, 1)
    assert Question.objects.get().email == anna.email
    Question.objects.update(answered_at=DUE, answer="so")
    erasing.run_due(at=DUE + timedelta(hours=2))
    assert found_in_database("zqanna") == []


def test_declined_question_is_over_and_erased(anna, planted):
    planted(anna, "zqanna")
    Question.objects.update(
        answered_at=None, answer="", declined_at=DUE, decline_reason="not of zqanna"
    )
    assert erased(anna).left == 0
    assert found_in_database("zqanna") == []


def test_waiting_one_is_not_looked_at_every_minute(anna, make_request):
    a_request(anna, "zqanna", make_request=make_request, status=Status.ACCEPTED)
    erased(anna)
    assert erasing.run_due(at=DUE + timedelta(minutes=5)) == 0
    assert erasing.run_due(at=DUE + timedelta(minutes=65)) == 1


def test_nothing_happens_before_its_day(anna, planted):
    planted(anna, "zqanna")
    before = snapshot_of("zqanna")
    erasing.ask(anna, at=LATER)
    Message.objects.filter(event="account.email.erasure_asked").delete()
    assert erasing.run_due(at=DUE - timedelta(seconds=1)) == 0
    assert snapshot_of("zqanna") == before


def test_called_off_one_erases_nothing(anna, planted):
    planted(anna, "zqanna")
    before = snapshot_of("zqanna")
    row = erasing.ask(anna, at=LATER)
    Message.objects.filter(event="account.email.erasure_asked").delete()
    assert erasing.call_off(row.pk, at=DUE - timedelta(seconds=1))
    assert not erasing.call_off(row.pk, at=DUE - timedelta(seconds=1))
    assert erasing.run_due(at=DUE) == 0
    assert not erasing.run(row.pk, at=DUE)
    assert snapshot_of("zqanna") == before
    assert User.objects.get(pk=anna.pk).is_active


def test_asked_twice_is_one_wish_and_one_letter(anna):
    first = erasing.ask(anna, at=LATER)
    assert erasing.ask(anna, at=LATER + timedelta(hours=1)) == first
    assert Message.objects.filter(event="account.email.erasure_asked").count() == 1
    assert Erasure.objects.count() == 1


def test_gone_through_twice_nothing_changes(anna, planted):
    planted(anna, "zqanna")
    row = erased(anna)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), sum(pgh_id) FROM accounts_apitokenevent")
        before = cursor.fetchone()
        rooms.erase(User.objects.get(pk=anna.pk), at=DUE)
        cursor.execute("SELECT count(*), sum(pgh_id) FROM accounts_apitokenevent")
        assert cursor.fetchone() == before
    assert not erasing.run(row.pk, at=DUE)
    assert Erasure.objects.get().state == ErasureState.DONE


@pytest.mark.parametrize(
    "killed_in",
    [
        "outreach.own_data.erase_of",
        "requests_app.own_data.erase_of",
        "requests_app.retention.destroy",
        "claims.own_data.erase_of",
        "disclosure.own_data.erase_of",
        "notifications.own_data.erase_of",
        "notifications.own_data._follows",
        "accounts.own_data.erase_of",
        "accounts.own_data._forget_unclaimed",
        "contact_center.own_data.erasing._look",
    ],
)
def test_killed_anywhere_it_is_taken_up_again(anna, planted, monkeypatch, killed_in):
    planted(anna, "zqanna")
    row = erasing.ask(anna, at=LATER)

    class Killed(BaseException):
        pass

    def die(*_args: object, **_named: object) -> None:
        raise Killed

    with monkeypatch.context() as broken:
        broken.setattr(killed_in, die)
        with pytest.raises(Killed):
            erasing.run_due(at=DUE)
    row.refresh_from_db()
    assert row.state == ErasureState.RUNNING
    # The door is shut from the first moment, and the way back is, too.
    assert not User.objects.get(pk=anna.pk).is_active
    assert not erasing.call_off(row.pk, at=DUE)
    assert erasing.run_due(at=DUE + timedelta(minutes=10)) == 1
    row.refresh_from_db()
    assert row.state == ErasureState.DONE
    assert found_in_database("zqanna") == []


@pytest.mark.parametrize("who", ["operator", "company_user", "admin_user"])
def test_who_acts_by_office_is_refused_and_nothing_is_written(request, who):
    person = request.getfixturevalue(who)
    with pytest.raises(erasing.Refused):
        erasing.ask(person, at=LATER)
    assert not Erasure.objects.exists()
    assert not Message.objects.exists()


def test_office_taken_away_the_account_can_go(company_user):
    CompanyRepresentative.objects.filter(user=company_user).delete()
    assert erased(company_user).state == ErasureState.DONE
    with pytest.raises(erasing.Refused):
        erasing.ask(User.objects.get(pk=company_user.pk), at=DUE)


def test_the_task_finds_what_is_due(anna):
    row = erasing.ask(anna, at=LATER)
    Erasure.objects.update(due_at=NOON)
    erase_accounts()
    row.refresh_from_db()
    assert row.state == ErasureState.DONE


def test_one_that_fails_holds_up_nobody(anna, boris, monkeypatch):
    first, second = erasing.ask(anna, at=LATER), erasing.ask(boris, at=LATER)
    real = rooms.erase

    def fail(user: User, *, at: datetime) -> None:
        if user == anna:
            raise ValueError("broken")
        real(user, at=at)

    with monkeypatch.context() as broken:
        broken.setattr(rooms, "erase", fail)
        assert erasing.run_due(at=DUE) == 1
    states = dict(Erasure.objects.values_list("pk", "state"))
    assert states == {first.pk: ErasureState.RUNNING, second.pk: ErasureState.DONE}
    assert erasing.run_due(at=DUE) == 1


def test_what_waits_is_looked_at_without_reading_all_sessions_and_letters(anna, make_request):
    a_request(anna, "zqanna", make_request=make_request, status=Status.ACCEPTED)
    erased(anna)
    with CaptureQueriesContext(connection) as asked:
        assert erasing.run_due(at=DUE + timedelta(hours=2)) == 1
    statements = [query["sql"] for query in asked.captured_queries]
    assert not [sql for sql in statements if "django_session" in sql or '"recipient" IN' in sql]


def test_same_address_may_come_again(anna, planted):
    planted(anna, "zqanna")
    erased(anna)
    again = person_called("zqanna", number=71)
    assert again.pk != anna.pk
    assert not Request.objects.filter(resident=again).exists()


def test_a_hundred_letters_more_cost_a_statement_more(anna, make_request):
    def cost() -> int:
        with (
            CaptureQueriesContext(
                connection,
            ) as asked,
            transaction.atomic(),
        ):
            notifications.own_data.erase_of(anna, at=DUE)
        return len(asked)

    def letters(count: int) -> None:
        Message.objects.bulk_create(
            Message(
                event="x", template="x", recipient=anna.email, user=anna, topic="t", why="x",
                dedupe_key=f"{count}:{number}", created_at=NOON, not_before=NOON,
            )
            for number in range(count)
        )  # fmt: skip

    letters(3)
    few = cost()
    letters(300)
    assert cost() <= few + 3
