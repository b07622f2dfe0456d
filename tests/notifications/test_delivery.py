"""A message leaves once, is tried again when it must be, and is never lost."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from notifications import delivery, outbox
from notifications.channels import NeverDelivered, OutOfOrder, TryLater
from notifications.models import Message, Priority, SentLetter, State, Subscription
from tests.conftest import NOON
from tests.notifications.conftest import LETTER, lease

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=3)


def test_rolled_back_change_leaves_no_letter(make_message):
    with transaction.atomic():
        make_message()
        transaction.set_rollback(True)
    assert not Message.objects.exists()


def test_same_key_is_written_once(make_message):
    make_message(dedupe_key="one")
    make_message(dedupe_key="one", to="other@example.org")
    assert [message.recipient for message in Message.objects.all()] == ["anna@example.org"]


def test_many_letters_are_one_statement(db):
    letters = [
        outbox.Letter(
            event="test",
            template=LETTER,
            to=f"person{place}@example.org",
            context={},
            topic="outage:1",
            dedupe_key=f"outage:1:{place}",
            why="Вы живёте в этом доме.",
            priority=Priority.BULK,
        )
        for place in range(500)
    ]
    with CaptureQueriesContext(connection) as queries:
        outbox.enqueue_many(letters, at=NOON)
    assert sum("INSERT" in query["sql"] for query in queries) == 1
    outbox.enqueue_many(letters, at=NOON)
    assert Message.objects.count() == 500


def test_priority_that_no_relay_asks_for_is_refused(make_message):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_message(priority=4)


def test_leased_message_is_nobody_elses(make_message):
    message = make_message()
    taken = delivery.take(size=10, at=NOON, priority=Priority.NORMAL)
    assert taken.ids == [message.pk]
    assert delivery.take(size=10, at=NOON, priority=Priority.NORMAL).ids == []


def test_message_waits_for_its_time(make_message):
    make_message(not_before=NOON + timedelta(hours=1))
    assert delivery.due_priorities(at=NOON) == []
    assert delivery.take(size=10, at=NOON, priority=Priority.NORMAL).ids == []
    assert delivery.due_priorities(at=NOON + timedelta(hours=1)) == [Priority.NORMAL]


def test_urgent_priorities_come_first(make_message):
    make_message(priority=Priority.BULK)
    make_message(priority=Priority.EMERGENCY)
    make_message()
    assert delivery.due_priorities(at=NOON) == [
        Priority.EMERGENCY,
        Priority.NORMAL,
        Priority.BULK,
    ]


def test_sent_message_says_when_and_shows_how(make_message, channel, settings):
    settings.DEMO = True
    message = lease(make_message())
    assert delivery.deliver(message.pk, at=NOON) == State.SENT
    message.refresh_from_db()
    assert (message.state, message.sent_at, message.attempts) == (State.SENT, NOON, 1)
    assert bytes(SentLetter.objects.get().raw).startswith(b"Subject")


def test_letters_are_not_kept_outside_the_demo(make_message, channel, settings):
    settings.DEMO = False
    delivery.deliver(lease(make_message()).pk, at=NOON)
    assert not SentLetter.objects.exists()


def test_second_task_of_a_message_finds_nothing_to_do(make_message, channel):
    message = lease(make_message())
    delivery.deliver(message.pk, at=NOON)
    assert delivery.deliver(message.pk, at=NOON) == ""
    assert channel.sent == [message.pk]


def test_task_that_comes_while_another_sends_does_nothing(make_message, channel):
    message = lease(make_message())
    channel.meanwhile = lambda sending: delivery.deliver(sending.pk, at=NOON)
    delivery.deliver(message.pk, at=NOON)
    assert channel.sent == [message.pk]


def test_task_without_a_lease_does_nothing(make_message, channel):
    assert delivery.deliver(make_message().pk, at=NOON) == ""
    assert delivery.deliver(10**9, at=NOON) == ""
    assert channel.sent == []


def test_task_that_waited_past_its_lease_still_sends(make_message, channel):
    message = lease(make_message())
    assert delivery.deliver(message.pk, at=NOON + timedelta(hours=1)) == State.SENT


def test_lost_task_gives_its_message_back_without_a_doubt(make_message, channel):
    message = lease(make_message())
    assert delivery.return_lost(at=NOON + timedelta(minutes=1)) == 0
    assert delivery.return_lost(at=LATER) == 1
    message.refresh_from_db()
    assert (message.state, message.doubts) == (State.QUEUED, 0)


def test_worker_lost_while_sending_leaves_a_doubt(make_message, channel):
    message = lease(make_message())

    def die(sending: Message) -> None:
        raise SystemExit

    channel.meanwhile = die
    with pytest.raises(SystemExit):
        delivery.deliver(message.pk, at=NOON)
    assert delivery.return_lost(at=LATER) == 1
    message.refresh_from_db()
    assert (message.state, message.doubts) == (State.QUEUED, 1)


def test_letter_that_takes_its_worker_each_time_is_put_aside(make_message):
    message = make_message()
    at = NOON
    for _ in range(delivery.MOST_DOUBTS):
        lease(message, at=at)
        Message.objects.filter(pk=message.pk).update(claimed_at=at)
        at += timedelta(minutes=3)
        delivery.return_lost(at=at)
        message.refresh_from_db()
    assert (message.state, message.last_error) == (State.DEAD, "the worker was lost")


def test_worker_slower_than_its_lease_overwrites_nothing(make_message, channel):
    message = lease(make_message())
    channel.meanwhile = lambda sending: delivery.return_lost(at=LATER)
    delivery.deliver(message.pk, at=NOON)
    message.refresh_from_db()
    assert (message.state, message.doubts) == (State.QUEUED, 1)


def test_relay_gives_back_only_what_no_worker_began(make_message):
    begun, waiting = make_message(), make_message()
    taken = delivery.take(size=10, at=NOON, priority=Priority.NORMAL)
    Message.objects.filter(pk=begun.pk).update(claimed_at=NOON)
    delivery.give_back(taken.ids, lease=taken.lease)
    states = dict(Message.objects.values_list("pk", "state"))
    assert states == {begun.pk: State.LEASED, waiting.pk: State.QUEUED}


@pytest.mark.parametrize(
    ("error", "state"), [(TryLater("451"), State.QUEUED), (NeverDelivered("550"), State.DEAD)]
)
def test_refusal_decides_whether_there_is_another_try(make_message, channel, error, state):
    message = lease(make_message())
    channel.answers = [error]
    assert delivery.deliver(message.pk, at=NOON) == state
    message.refresh_from_db()
    assert (message.state, message.last_error, message.lease) == (state, str(error), None)


def test_pauses_grow_and_end():
    pauses = [delivery.pause_after(attempts) for attempts in range(1, 21)]
    assert timedelta(seconds=24) <= pauses[0] <= timedelta(seconds=36)
    assert all(later > earlier for earlier, later in pairwise(pauses[:9]))
    assert max(pauses) <= delivery.LONGEST_PAUSE * 1.2


def test_message_is_given_up_after_its_last_attempt(make_message, channel):
    message = lease(make_message())
    Message.objects.filter(pk=message.pk).update(attempts=delivery.MOST_ATTEMPTS - 1)
    channel.answers = [TryLater("451")]
    assert delivery.deliver(message.pk, at=NOON) == State.DEAD


def test_channel_out_of_order_is_nobodys_attempt_and_lets_the_rest_wait(make_message, channel):
    messages = [make_message() for _ in range(3)]
    taken = delivery.take(size=10, at=NOON, priority=Priority.NORMAL)
    channel.answers = [None, OutOfOrder("no connection"), None]
    delivery.deliver_all(taken.ids, clock=lambda: NOON)
    rows = [Message.objects.get(pk=message.pk) for message in messages]
    assert [row.state for row in rows] == [State.SENT, State.QUEUED, State.QUEUED]
    assert [row.attempts for row in rows] == [1, 0, 0]
    assert all(row.not_before > NOON and row.lease is None for row in rows[1:])
    assert channel.sent == [messages[0].pk]
    assert channel.rested == 1


def test_task_ends_its_turn_and_what_is_left_goes_back(make_message, channel):
    messages = [make_message() for _ in range(4)]
    taken = delivery.take(size=10, at=NOON, priority=Priority.NORMAL)
    # Each letter takes a slow mail server 1.5 s.
    delivery.deliver_all(taken.ids, clock=lambda: NOON + timedelta(seconds=1.5) * len(channel.sent))
    assert channel.sent == [messages[0].pk, messages[1].pk]
    states = [Message.objects.get(pk=message.pk).state for message in messages]
    assert states == [State.SENT, State.SENT, State.QUEUED, State.QUEUED]
    assert Message.objects.filter(lease=None).count() == 4


def test_rest_grows_with_age_and_never_beyond_minutes():
    def rest(age: timedelta, priority: Priority = Priority.NORMAL) -> float:
        return delivery.rest_after(age, priority).total_seconds()

    assert 24 <= rest(timedelta(0)) <= 36
    assert rest(timedelta(0), Priority.EMERGENCY) <= 6
    assert 120 <= rest(timedelta(minutes=10)) <= 180
    assert rest(timedelta(days=3)) <= 360


def test_bug_in_one_letter_stops_no_other_and_tells_no_words(make_message, channel):
    messages = [make_message() for _ in range(2)]
    taken = delivery.take(size=10, at=NOON, priority=Priority.NORMAL)
    channel.answers = [ValueError("anna@example.org lives at 5")]
    delivery.deliver_all(taken.ids, clock=lambda: NOON)
    first, second = (Message.objects.get(pk=message.pk) for message in messages)
    assert (first.state, second.state) == (State.QUEUED, State.SENT)
    assert first.last_error.startswith("ValueError in send")
    assert "anna" not in first.last_error


def test_expired_message_is_not_sent_and_its_secret_goes(make_message, channel):
    message = lease(
        make_message(sensitive=True, expires_at=NOON + timedelta(minutes=1), topic="account")
    )
    assert delivery.deliver(message.pk, at=NOON + timedelta(minutes=1)) == State.EXPIRED
    message.refresh_from_db()
    assert (message.context, channel.sent) == ({}, [])


@pytest.mark.parametrize("answer", [None, NeverDelivered("550")])
def test_secret_goes_with_the_letter_however_it_ends(make_message, channel, answer):
    message = lease(make_message(sensitive=True))
    channel.answers = [answer]
    delivery.deliver(message.pk, at=NOON)
    message.refresh_from_db()
    assert message.context == {}
    assert delivery.send_again([message.pk], at=NOON) == 0


def test_stopped_topic_is_not_sent_whatever_the_letter_case(make_message, channel):
    Subscription.objects.create(
        channel="email", address="anna@example.org", topic="request:26-000001", stopped_at=NOON
    )
    stopped = lease(make_message(to="Anna@Example.org"))
    other = lease(make_message(topic="request:26-000002"))
    assert delivery.deliver(stopped.pk, at=NOON) == State.STOPPED
    assert delivery.deliver(other.pk, at=NOON) == State.SENT


def test_safety_of_an_account_cannot_be_stopped(make_message, channel):
    Subscription.objects.create(
        channel="email", address="anna@example.org", topic="account", stopped_at=NOON
    )
    message = lease(make_message(topic="account", sensitive=True))
    assert delivery.deliver(message.pk, at=NOON) == State.SENT


def test_dead_message_can_be_sent_again(make_message, channel):
    message = lease(make_message())
    channel.answers = [NeverDelivered("550")]
    delivery.deliver(message.pk, at=NOON)
    assert delivery.send_again([message.pk], at=LATER) == 1
    assert delivery.deliver(lease(message, at=LATER).pk, at=LATER) == State.SENT


def test_only_waiting_messages_are_cancelled(make_message):
    leased = lease(make_message())
    waiting, secret = make_message(), make_message(sensitive=True)
    assert delivery.cancel([leased.pk, waiting.pk, secret.pk]) == 2
    waiting.refresh_from_db()
    secret.refresh_from_db()
    assert (waiting.state, secret.context) == (State.CANCELLED, {})
    assert waiting.context["subject"] == "Заявка принята"


def test_old_messages_go_in_batches_and_dead_ones_stay_longer(make_message):
    old = [make_message() for _ in range(5)]
    dead, young = make_message(), make_message(at=LATER)
    Message.objects.update(state=State.SENT)
    Message.objects.filter(pk=dead.pk).update(state=State.DEAD)
    counts = [delivery.prune(before=LATER, dead_before=NOON, size=3) for _ in range(3)]
    assert counts == [3, 2, 0]
    assert set(Message.objects.values_list("pk", flat=True)) == {dead.pk, young.pk}
    assert delivery.prune(before=LATER, dead_before=LATER) == 1
    assert len(old) == 5


def test_due_messages_are_found_by_index_however_many_wait(make_message):
    """A mail server that was down leaves thousands of urgent rows whose time has not come."""
    Message.objects.bulk_create(
        Message(
            event="test",
            template=LETTER,
            recipient="a@example.org",
            topic="t",
            why="w",
            dedupe_key=f"bulk:{place}",
            priority=Priority.EMERGENCY,
            created_at=NOON,
            not_before=NOON + timedelta(days=1),
        )
        for place in range(3000)
    )
    make_message(priority=Priority.BULK)
    with connection.cursor() as cursor:
        # What earlier tests rolled back still lies in the index, and would be read as well.
        cursor.execute("REINDEX TABLE notifications_message")
        cursor.execute("ANALYZE notifications_message")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + delivery._TAKE_BATCH,
            {"lease": None, "until": NOON, "priority": 0, "at": NOON, "size": 100},
        )
        plan = cursor.fetchone()[0][0]["Plan"]
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 10
