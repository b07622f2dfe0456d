"""The relay hands over what there is room for, urgent first, each message to one worker only."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils.timezone import now
from kombu.exceptions import OperationalError as BrokerGone

from notifications import delivery, outbox, relay
from notifications.models import Message, Priority, RelayBeat, State
from notifications.relay import Relay
from notifications.tasks import deliver
from tests.notifications.conftest import LETTER


class Broker:
    """Stands where Redis stands: counts waiting tasks, can be full or gone."""

    def __init__(self) -> None:
        self.tasks: list[tuple[int, list[int]]] = []
        self.waiting = 0
        self.breaks_after: int | None = None

    def apply_async(self, *, kwargs: dict, priority: int, **_options: object) -> None:
        if self.breaks_after is not None and len(self.tasks) >= self.breaks_after:
            raise BrokerGone
        self.tasks.append((priority, kwargs["message_ids"]))

    @property
    def ids(self) -> list[int]:
        return [pk for _priority, ids in self.tasks for pk in ids]


@pytest.fixture
def broker(monkeypatch) -> Broker:
    fake = Broker()
    monkeypatch.setattr(deliver, "apply_async", fake.apply_async)
    monkeypatch.setattr(relay, "_waiting_tasks", lambda _producer: fake.waiting)
    monkeypatch.setattr(relay, "BROKER_PAUSE_SECONDS", 0)
    return fake


def write(count: int, priority: Priority = Priority.NORMAL, name: str = "a") -> None:
    outbox.enqueue_many(
        [
            outbox.Letter(
                event="test",
                template=LETTER,
                to="anna@example.org",
                context={},
                topic="t",
                dedupe_key=f"{name}:{priority}:{place}",
                why="w",
                priority=priority,
            )
            for place in range(count)
        ],
        at=now(),
    )


def waiting() -> int:
    return Message.objects.filter(state=State.QUEUED).count()


@pytest.mark.django_db
def test_all_is_handed_over_most_urgent_first(broker):
    write(3, Priority.BULK)
    write(2, Priority.EMERGENCY)
    assert Relay().hand_over() == 5
    assert [priority for priority, _ids in broker.tasks] == [0, 0, 9]
    assert [len(ids) for _priority, ids in broker.tasks] == [1, 1, 3]


@pytest.mark.django_db
def test_mass_letters_wait_in_postgres_while_a_code_still_finds_room(broker):
    broker.waiting = relay.ROOM[Priority.BULK]
    write(10, Priority.BULK)
    write(1, Priority.EMERGENCY)
    one = Relay()
    assert one.hand_over() == 1
    assert one.is_full
    assert waiting() == 10
    assert Message.objects.get(state=State.LEASED).priority == Priority.EMERGENCY


@pytest.mark.django_db
def test_queue_that_nobody_empties_does_not_grow(broker):
    broker.waiting = max(relay.ROOM.values())
    for priority in Priority:
        write(5, priority)
    assert Relay().hand_over() == 0
    assert waiting() == 15


@pytest.mark.django_db
def test_nothing_due_leaves_the_broker_alone(broker, monkeypatch):
    def unwanted(_producer: object) -> int:
        raise AssertionError

    monkeypatch.setattr(relay, "_waiting_tasks", unwanted)
    assert Relay().hand_over() == 0


@pytest.mark.django_db
def test_broker_gone_amid_a_batch_keeps_no_lease_of_what_it_was_not_told(broker):
    broker.breaks_after = 1
    write(120)
    assert Relay().hand_over() == 0
    assert len(broker.ids) == relay.IDS_A_TASK[Priority.NORMAL]
    assert waiting() == 120 - len(broker.ids)
    broker.breaks_after = None
    Relay().hand_over()
    assert sorted(broker.ids) == sorted(Message.objects.values_list("pk", flat=True))


@pytest.mark.django_db(transaction=True)
def test_many_relays_hand_over_each_message_once(broker):
    write(400)

    def work(_place: int) -> None:
        one = Relay()
        try:
            while one.hand_over():
                pass
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert len(broker.ids) == len(set(broker.ids)) == 400


@pytest.fixture
def running(broker, transactional_db):
    """Return a relay that works in a thread of its own."""
    one = Relay()

    def run() -> None:
        one.run()

    thread = threading.Thread(target=run)
    thread.start()
    yield one
    one.stop()
    thread.join(10)
    assert not thread.is_alive()


def until(true: Callable[[], bool], seconds: float = 10) -> bool:
    done = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if true():
            return True
        done.wait(0.02)
    return False


def test_commit_wakes_the_relay(running, broker, monkeypatch):
    monkeypatch.setattr(relay, "POLL_SECONDS", 60)
    assert until(lambda: RelayBeat.objects.filter(name=running.name).exists())
    write(1)
    assert until(lambda: len(broker.ids) == 1, seconds=5), "NOTIFY did not wake it"


def test_relay_goes_on_after_its_connection_is_cut(running, broker):
    assert until(lambda: RelayBeat.objects.filter(name=running.name).exists())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND query LIKE '%notifications_message%'"
        )
    write(1)
    assert until(lambda: len(broker.ids) == 1)


def test_relay_brings_back_what_dead_workers_held(running, broker):
    write(1)
    assert until(lambda: len(broker.ids) == 1)
    Message.objects.update(lease_until=now() - timedelta(minutes=1))
    assert until(lambda: len(broker.ids) == 2, seconds=15)


def test_stop_wakes_a_sleeping_relay(db, broker, monkeypatch):
    monkeypatch.setattr(relay, "POLL_SECONDS", 60)
    monkeypatch.setattr(delivery, "due_priorities", lambda **_: [])
    one = Relay()
    before = signal.signal(signal.SIGALRM, lambda *_: one.stop())
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        one.run()
    finally:
        signal.signal(signal.SIGALRM, before)
    assert one.name.endswith(str(os.getpid()))
