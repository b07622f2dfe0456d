"""A channel's rate, places and circuit breaker hold over all workers: they stand in Postgres."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils.timezone import now

from notifications import delivery, gate
from notifications.channels import NeverDelivered, OutOfOrder, TryLater
from notifications.gate import Limits, Shut
from notifications.models import Gate, GatePlace, Message, Priority, State
from tests.conftest import NOON
from tests.notifications.conftest import lease

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def test_no_more_leave_in_a_second_than_the_channel_bears():
    limits = Limits(per_second=2, burst=2)
    gate.enter("sms", limits, at=NOON)
    gate.enter("sms", limits, at=NOON)
    with pytest.raises(Shut) as shut:
        gate.enter("sms", limits, at=NOON)
    assert shut.value.until == NOON + SECOND / 2
    gate.enter("sms", limits, at=shut.value.until)
    with pytest.raises(Shut):
        gate.enter("sms", limits, at=shut.value.until)
    # A quiet hour saves up one burst, not an hour's worth.
    later = NOON + timedelta(hours=1)
    gate.enter("sms", limits, at=later)
    gate.enter("sms", limits, at=later)
    with pytest.raises(Shut):
        gate.enter("sms", limits, at=later)


def test_channels_do_not_count_for_each_other():
    limits = Limits(per_second=1)
    gate.enter("sms", limits, at=NOON)
    gate.enter("telegram", limits, at=NOON)


def test_no_more_are_under_way_than_the_channel_bears():
    limits = Limits(at_once=2)
    first = gate.enter("sms", limits, at=NOON)
    gate.enter("sms", limits, at=NOON)
    with pytest.raises(Shut):
        gate.enter("sms", limits, at=NOON)
    gate.leave("sms", first, at=NOON)
    again = gate.enter("sms", limits, at=NOON)
    assert again.number == first.number
    assert GatePlace.objects.count() == 2


def test_place_of_a_dead_worker_is_free_after_a_while_and_not_given_back_twice():
    limits = Limits(at_once=1)
    dead = gate.enter("sms", limits, at=NOON)
    later = NOON + gate.PLACE_KEPT
    gate.enter("sms", limits, at=later)
    # It was only slow: the place is another's now.
    gate.leave("sms", dead, at=later)
    with pytest.raises(Shut):
        gate.enter("sms", limits, at=later)


def test_refused_entry_takes_neither_place_nor_turn():
    limits = Limits(per_second=1, at_once=1)
    gate.enter("sms", limits, at=NOON)
    before = Gate.objects.get().even_at
    with pytest.raises(Shut):
        gate.enter("sms", limits, at=NOON + 2 * SECOND)
    assert Gate.objects.get().even_at == before


def test_breaker_shuts_for_longer_each_time_lets_one_try_and_opens():
    limits = Limits(breaks_after=2)
    gate.broke("sms", limits, error="503", at=NOON)
    gate.enter("sms", limits, at=NOON)
    gate.broke("sms", limits, error="503", at=NOON)
    with pytest.raises(Shut) as shut:
        gate.enter("sms", limits, at=NOON)
    first = shut.value.until
    assert first == NOON + gate.FIRST_REST
    trial = gate.enter("sms", limits, at=first)
    with pytest.raises(Shut):
        gate.enter("sms", limits, at=first)
    gate.broke("sms", limits, error="503", at=first)
    assert Gate.objects.get().closed_until == first + 2 * gate.FIRST_REST
    second = first + 2 * gate.FIRST_REST
    trial = gate.enter("sms", limits, at=second)
    gate.worked("sms", trial)
    gate.enter("sms", limits, at=second)
    row = Gate.objects.get()
    assert (row.failures, row.broken_since, row.closed_until, row.last_error) == (0, None, None, "")


def test_breaker_never_rests_longer_than_half_a_minute():
    for _ in range(40):
        gate.broke("sms", Limits(breaks_after=1), error="503", at=NOON)
    assert Gate.objects.get().closed_until == NOON + gate.LONGEST_REST


def test_channel_that_names_its_own_pause_gets_it():
    gate.broke("telegram", Limits(), error="429", at=NOON, rest=timedelta(seconds=17))
    with pytest.raises(Shut) as shut:
        gate.enter("telegram", Limits(), at=NOON)
    assert shut.value.until == NOON + timedelta(seconds=17)


def test_working_channel_without_limits_is_asked_nothing(make_message, channel):
    message = lease(make_message())
    delivery.deliver(message.pk, at=NOON)
    assert channel.sent == [message.pk]
    assert not Gate.objects.exists()


@pytest.mark.parametrize("answer", [TryLater("4xx"), NeverDelivered("5xx"), None])
def test_any_answer_of_the_channel_opens_its_gate(make_message, channel, answer):
    gate.broke("email", Limits(), error="down", at=NOON)
    channel.answers = [answer]
    delivery.deliver(lease(make_message()).pk, at=NOON)
    assert Gate.objects.get().failures == 0


def test_broken_channel_is_left_alone_and_its_messages_keep_their_attempts(make_message, channel):
    channel.answers = [OutOfOrder("down")] * 3
    channel_of = [lease(make_message()) for _ in range(3)]
    for message in channel_of:
        delivery.deliver(message.pk, at=NOON)
    assert Gate.objects.get().closed_until == NOON + gate.FIRST_REST
    waiting = lease(make_message())
    delivery.deliver(waiting.pk, at=NOON)
    waiting.refresh_from_db()
    assert channel.sent == []
    assert (waiting.state, waiting.attempts) == (State.QUEUED, 0)
    assert waiting.not_before == NOON + gate.FIRST_REST
    assert waiting.put_off_from == NOON


def test_full_channel_puts_its_messages_in_a_row_and_lets_the_others_pass(
    make_message, channel, monkeypatch
):
    monkeypatch.setattr(channel, "limits", Limits(per_second=2), raising=False)
    monkeypatch.setitem(delivery.CHANNELS, "sms", channel)
    sms = [make_message(channel="sms", to="+79270000001") for _ in range(4)]
    letter = make_message(channel="webhook", to="https://hook.example/")
    other = type(channel)()
    monkeypatch.setitem(delivery.CHANNELS, "webhook", other)
    taken = delivery.take(size=10, at=NOON, priority=Priority.NORMAL)
    delivery.deliver_all(taken.ids, clock=lambda: NOON)
    assert channel.sent == [sms[0].pk]
    assert other.sent == [letter.pk]
    waiting = Message.objects.filter(channel="sms", state=State.QUEUED).order_by("pk")
    assert [row.not_before for row in waiting] == [
        NOON + SECOND / 2,
        NOON + SECOND,
        NOON + SECOND * 1.5,
    ]
    assert {row.attempts for row in waiting} == {0}


@pytest.mark.django_db(transaction=True)
def test_workers_on_several_connections_keep_one_limit():
    limits = Limits(per_second=3, burst=3, at_once=2)
    at = now()
    ready = threading.Barrier(8)
    entered: list[int] = []

    def work() -> None:
        try:
            ready.wait()
            entered.append(gate.enter("sms", limits, at=at).number)
        except Shut:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(entered) == [1, 2]
