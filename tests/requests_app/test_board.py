"""The operators' board: what waits, and how a day went by hour and by operator."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actors import Operator, actor_of
from accounts.models import User
from requests_app import lifecycle
from requests_app.desk import queue
from requests_app.figures import board
from requests_app.models import Request
from requests_app.statuses import Status
from tests.city_fixtures import EMERGENCY, NOON

BOARD = "/admin/requests_app/request/board/"
DAY = timezone.localtime(NOON).date()
HOUR = timezone.localtime(NOON).hour


@pytest.fixture(autouse=True)
def _demo(settings) -> None:
    """In the demo staff enter without a second factor; who sees what is tested elsewhere."""
    settings.DEMO = True


@pytest.fixture
def desk(operator) -> Operator:
    return actor_of(operator)


def test_the_day_is_what_staff_did_by_hour_and_by_operator(make_request, operator, chief, desk):
    one = make_request(status=Status.ACCEPTED)  # an hour after noon
    two = make_request(at=NOON + timedelta(minutes=5))
    lifecycle.move(two, Status.ACCEPTED, by=actor_of(chief), at=NOON + timedelta(minutes=25))
    lifecycle.move(one, Status.IN_PROGRESS, by=desk, at=NOON + timedelta(hours=3))
    make_request(at=NOON - timedelta(days=1))
    found = board.day_of(DAY, by=desk)
    assert found.filed == 2
    assert (found.work.answered, found.work.requests) == (2, 2)
    # 60 and 20 minutes: the step after an answer is no answer.
    assert found.work.median_minutes == pytest.approx(40)
    assert found.work.slowest_minutes == pytest.approx(56)
    by_user = {one.user.pk: one.work for one in found.operators}
    assert by_user[operator.pk].median_minutes == pytest.approx(60)
    assert by_user[chief.pk].median_minutes == pytest.approx(20)
    assert by_user[operator.pk].steps == 2
    assert [hour.hour for hour in found.hours] == list(range(24))
    assert found.hours[HOUR].filed == 2
    assert found.hours[HOUR].work.answered == 1
    assert found.hours[HOUR + 1].work.answered == 1
    assert found.hours[HOUR + 3].work.answered == 0


def test_an_answer_of_the_executor_leaves_none_for_the_operator(make_request, company_user, desk):
    item = make_request()
    executor = actor_of(company_user)
    lifecycle.move(item, Status.ACCEPTED, by=executor, at=NOON + timedelta(minutes=3))
    lifecycle.move(item, Status.IN_PROGRESS, by=desk, at=NOON + timedelta(minutes=9))
    assert board.day_of(DAY, by=desk).work.answered == 0


def test_a_note_that_residents_never_see_is_no_answer(make_request, desk):
    item = make_request()
    lifecycle.internal_note(item, by=desk, at=NOON + timedelta(minutes=3), text="Перезвонить")
    found = board.day_of(DAY, by=desk)
    assert (found.work.steps, found.work.answered) == (1, 0)


def test_what_waits_is_counted_as_it_stands(make_request, desk):
    make_request(category=EMERGENCY)
    make_request(status=Status.NEEDS_INFO)
    make_request(status=Status.DONE)
    mine = make_request()
    queue.take(mine, by=desk, at=NOON)
    late = max(Request.objects.values_list("due_at", flat=True)) + timedelta(days=1)
    found = board.waiting(by=desk, at=late)
    assert found == board.Waiting(
        whole=3, emergencies=1, nobodys=1, unread=1, standing=1, overdue=2, done=1
    )
    assert board.day_of(DAY, by=desk).operators[0].held == 2


def test_an_operator_reads_only_their_own_day(client, make_request, operator, chief):
    item = make_request(at=timezone.now() - timedelta(minutes=30))
    at = timezone.now() - timedelta(minutes=1)
    lifecycle.move(item, Status.ACCEPTED, by=actor_of(chief), at=at)
    # Shortly after midnight the answer was yesterday's.
    path = f"{BOARD}?day={timezone.localtime(at):%Y-%m-%d}"
    client.force_login(operator)
    assert chief.get_full_name() not in _table(client, path)
    client.force_login(chief)
    assert chief.get_full_name() in _table(client, path)


def _table(client, path: str) -> str:
    said = client.get(path).content.decode()
    return said.split('id="board-operators"')[1].split("</section>")[0]


@pytest.mark.parametrize(
    "asked", ["", "zzzz", "2026-02-30", "0001-01-01", "9999-12-31", "2026-01-01\x00"]
)
def test_a_day_that_is_none_shows_a_page(client, operator, asked):
    client.force_login(operator)
    assert client.get(BOARD, {"day": asked}).status_code == 200


def test_the_board_makes_as_many_statements_at_any_size(client, make_request, chief, desk):
    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"{BOARD}?day={DAY}").status_code == 200
        return len(queries)

    client.force_login(chief)
    make_request(status=Status.ACCEPTED)
    before = statements()
    for n in range(6):
        item = make_request(at=NOON + timedelta(hours=n))
        other = User.objects.create_user(f"o{n}@example.org", "a long password", is_staff=True)
        other.groups.set(chief.groups.all())
        lifecycle.move(
            item, Status.ACCEPTED, by=actor_of(other), at=NOON + timedelta(hours=n, minutes=9)
        )
    assert statements() == before <= 16
