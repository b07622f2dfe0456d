"""Background work is held, resumed and cancelled by people; who and why stays, once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from notifications import background, delivery, fan_out
from notifications.models import (
    Deed,
    FanOut,
    Follow,
    Message,
    Priority,
    State,
    WorkDeed,
    WorkState,
)
from tests.conftest import NOON

pytestmark = pytest.mark.django_db
TOPIC = "company:7"
LIST = "admin:notifications_fanout_changelist"


def begun(monkeypatch, *, followers: int = 35, pages: int = 1, at=NOON) -> FanOut:
    """Return news to followers of whom the first pages of ten were told."""
    monkeypatch.setattr(fan_out, "PAGE", 10)
    Follow.objects.bulk_create(
        Follow(
            email=f"p{number}@example.org",
            topic=TOPIC,
            label="ООО «Уют»",
            created_at=at,
            confirmed_at=at,
        )
        for number in range(followers)
    )
    fan_out.start(
        topic=TOPIC,
        event="disclosure.published",
        template="disclosure/mail/published",
        context={"company": "ООО «Уют»", "form": "2.3"},
        dedupe_key="published:1",
        at=at,
    )
    fan_out.run(at=at, pages=pages)
    return FanOut.objects.get()


def moved(row, deed, by=None, reason="Ошибка в тексте"):
    return background.move(row, deed, reason=reason, by=by, at=NOON)


def states() -> dict[str, int]:
    found = list(Message.objects.values_list("state", flat=True))
    return {state: found.count(state) for state in set(found)}


def test_paused_stands_still_and_goes_on_where_it_stopped(monkeypatch):
    row = begun(monkeypatch)
    assert moved(row, Deed.PAUSE).state == WorkState.PAUSED
    assert fan_out.run(at=NOON) == 0
    assert states() == {State.QUEUED: 10}
    moved(row, Deed.GO_ON, reason="")
    fan_out.run(at=NOON)
    row.refresh_from_db()
    assert (row.state, row.done, row.total) == (WorkState.FINISHED, 35, 35)
    assert states() == {State.QUEUED: 35}


def test_cancelled_sends_nothing_more_and_what_was_sent_stays(monkeypatch, channel):
    row = begun(monkeypatch, pages=2)
    bystander = Message.objects.create(
        event="x", template="account/mail/letter", recipient="b@example.org", topic="t", why="w",
        dedupe_key="published:11:5", created_at=NOON, not_before=NOON,
    )  # fmt: skip
    taken = delivery.take(size=6, at=NOON, priority=Priority.BULK)
    for pk in taken.ids[:4]:
        delivery.deliver(pk, at=NOON)
    assert moved(row, Deed.CANCEL).state == WorkState.CANCELLED
    assert fan_out.run(at=NOON) == 0
    # The two that a relay had leased do not leave either.
    for pk in taken.ids[4:]:
        assert delivery.deliver(pk, at=NOON) == ""
    assert delivery.take(size=50, at=NOON, priority=Priority.BULK).ids == []
    assert states() == {State.SENT: 4, State.CANCELLED: 16, State.QUEUED: 1}
    bystander.refresh_from_db()
    assert bystander.state == State.QUEUED
    assert WorkDeed.objects.get().kept_back == 16


def test_a_letter_in_the_hands_of_a_worker_ends_as_it_ends(monkeypatch, channel):
    row = begun(monkeypatch)
    (pk,) = delivery.take(size=1, at=NOON, priority=Priority.BULK).ids
    channel.meanwhile = lambda message: moved(row, Deed.CANCEL)
    assert delivery.deliver(pk, at=NOON) == State.SENT
    assert states() == {State.SENT: 1, State.CANCELLED: 9}


@pytest.mark.parametrize(
    ("state", "deed"),
    [
        (state, deed)
        for state in WorkState
        for deed, (sources, _target) in background.MOVES.items()
        if state not in sources
    ],
)
def test_what_stands_otherwise_is_not_moved_and_nothing_is_written(monkeypatch, state, deed):
    row = begun(monkeypatch)
    FanOut.objects.update(state=state)
    with pytest.raises(background.CannotMove):
        moved(row, deed)
    row.refresh_from_db()
    assert row.state == state
    assert not WorkDeed.objects.exists()
    assert states() == {State.QUEUED: 10}


@pytest.mark.parametrize("deed", [Deed.PAUSE, Deed.CANCEL])
def test_nobody_holds_or_cancels_without_a_reason(monkeypatch, deed):
    row = begun(monkeypatch)
    with pytest.raises(background.NoReason):
        moved(row, deed, reason=" \n ")
    assert not WorkDeed.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_once_cancel_once(monkeypatch, operator):
    row = begun(monkeypatch)
    start, refused = Barrier(2, timeout=30), []

    def press() -> None:
        try:
            start.wait()
            moved(row, Deed.CANCEL, by=operator.pk)
        except background.CannotMove:
            refused.append(1)
        finally:
            connection.close()

    hands = [Thread(target=press) for _ in range(2)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert refused == [1]
    assert WorkDeed.objects.get().by == operator


_WORKER = """
import os, signal, django
django.setup()
from django.utils.timezone import now
from notifications import fan_out, outbox
write = outbox.enqueue_many
fan_out.PAGE = 10
def dying(letters, *, at):
    write(letters, at=at)
    os.kill(os.getpid(), signal.SIGKILL)
outbox.enqueue_many = dying
fan_out.run(at=now())
"""


@pytest.mark.django_db(transaction=True)
def test_worker_killed_in_a_page_leaves_work_that_can_be_cancelled(monkeypatch):
    """By kill -9 after its letters are written: none of the page is there, and none follows."""
    row = begun(monkeypatch, at=timezone.now())
    url = os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{connection.settings_dict['NAME']}"
    died = subprocess.run(
        [sys.executable, "-c", _WORKER],
        env={
            **os.environ,
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "contact_center.settings",
        },
        check=False,
        capture_output=True,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr[-800:]
    assert states() == {State.QUEUED: 10}
    moved(row, Deed.CANCEL)
    assert fan_out.run(at=timezone.now()) == 0
    assert states() == {State.CANCELLED: 10}


def test_staff_hold_and_cancel_on_a_page_that_asks_first(monkeypatch, client, chief, operator):
    row = begun(monkeypatch)
    client.force_login(chief)
    page = client.get(reverse(LIST)).content.decode()
    assert "10 из 35 (28 %)" in page
    pause = reverse("admin:notifications_fanout_hold", args=[row.pk, "pause"])
    assert pause in page
    assert client.get(pause).status_code == 200
    assert client.post(pause, {"reason": ""}).status_code == 422
    row.refresh_from_db()
    assert row.state == WorkState.RUNNING
    for _press in range(2):
        assert client.post(pause, {"reason": "Проверяем текст"})["Location"] == reverse(LIST)
    assert WorkDeed.objects.filter(by=chief).count() == 1
    page = client.get(reverse(LIST)).content.decode()
    assert "Проверяем текст" in page
    assert pause not in page
    # What cannot be done any more is not asked about.
    assert client.get(pause).status_code == 302
    assert client.get(pause.replace("/pause/", "/explode/")).status_code == 404
    client.force_login(operator)
    assert client.post(pause, {"reason": "x"}).status_code == 403


def test_the_list_costs_the_same_however_much_there_is(
    monkeypatch, client, chief, django_assert_num_queries
):
    row = begun(monkeypatch)
    client.force_login(chief)
    client.get(reverse(LIST))

    def cost() -> int:
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as asked:
            client.get(reverse(LIST))
        return len(asked)

    one = cost()
    for number in range(20):
        FanOut.objects.create(
            topic=TOPIC, event="disclosure.published", template="x", created_at=NOON,
            dedupe_key=f"k{number}",
        )  # fmt: skip
    moved(row, Deed.PAUSE)
    assert cost() == one
