"""Many events in a short time become one letter, and news without a point does not leave."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connections

from notifications import delivery, folding, outbox, rendering, standing
from notifications.channels import NeverDelivered, TryLater
from notifications.models import Fold, Message, Priority, State, Subscription
from tests.conftest import NOON

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
SOON = NOON + MINUTE


def send(message: Message, *, at=NOON) -> Message:
    # This one alone: the relay would take all that are due.
    Message.objects.filter(pk=message.pk).update(state=State.LEASED, lease_until=at + MINUTE)
    delivery.deliver(message.pk, at=at)
    message.refresh_from_db()
    return message


def burst(make_message, count: int) -> list[Message]:
    return [
        send(make_message(topic=f"request:26-00000{number}", at=NOON)) for number in range(count)
    ]


def test_the_sixth_letter_of_ten_minutes_waits_for_others(make_message, channel):
    sent = burst(make_message, 6)
    assert [one.state for one in sent] == [State.SENT] * 5 + [State.QUEUED]
    waiting = sent[-1]
    assert (waiting.fold, waiting.not_before) == (Fold.WAITS, NOON + folding.WAIT)
    assert waiting.attempts == 0
    assert len(channel.sent) == standing.FREE


def test_letters_to_somebody_else_and_secrets_do_not_count(make_message, channel):
    for number in range(6):
        send(make_message(to="boris@example.org"))
        send(make_message(sensitive=True, topic=f"account{number}"))
    assert send(make_message()).state == State.SENT


def test_an_emergency_is_never_put_aside(make_message, channel):
    burst(make_message, 5)
    assert send(make_message(priority=Priority.EMERGENCY)).state == State.SENT


def test_after_the_window_letters_leave_one_by_one_again(make_message, channel):
    burst(make_message, 5)
    later = NOON + standing.WINDOW + MINUTE
    assert send(make_message(at=later), at=later).state == State.SENT


def waiting(make_message, count: int = 3, **fields) -> list[Message]:
    found = [make_message(topic=f"request:26-00000{number}", **fields) for number in range(count)]
    Message.objects.filter(pk__in=[one.pk for one in found]).update(fold=Fold.WAITS)
    return found


def letters_of(monkeypatch) -> list[rendering.Rendered]:
    """Return what the e-mail channel is given from now on."""
    found: list[rendering.Rendered] = []
    real = delivery.CHANNELS["email"].send

    def send_and_note(message, letter):
        found.append(letter)
        return real(message, letter)

    monkeypatch.setattr(delivery.CHANNELS["email"], "send", send_and_note)
    return found


def test_those_that_wait_leave_in_one_letter_that_names_each_and_how_to_stop_it(
    make_message, channel, monkeypatch
):
    letters = letters_of(monkeypatch)
    first, *others = waiting(make_message)
    send(first)
    assert first.state == State.SENT
    for other in others:
        other.refresh_from_db()
        assert (other.state, other.told_in_id) == (State.FOLDED, first.pk)
    (letter,) = letters
    assert letter.subject == "3 сообщения контакт-центра"
    assert letter.text.count("Заявка принята") == 3
    assert letter.html.count("Заявка принята") == 3
    assert letter.text.count("/notifications/unsubscribe/") == 4
    token = letter.unsubscribe_url.rstrip("/").rsplit("/", 1)[1]
    assert rendering.read_unsubscribe(token) == (
        "email",
        "anna@example.org",
        ["request:26-000000", "request:26-000001", "request:26-000002"],
    )


def test_one_that_waited_alone_is_sent_in_its_own_words(make_message, channel, monkeypatch):
    letters = letters_of(monkeypatch)
    (only,) = waiting(make_message, 1)
    send(only)
    assert letters[0].subject == "Заявка принята"


def test_letters_to_other_addresses_stay_out(make_message, channel):
    first, _second = waiting(make_message, 2)
    (other,) = waiting(make_message, 1, to="boris@example.org")
    send(first)
    other.refresh_from_db()
    assert other.state == State.QUEUED


def test_failed_letter_is_tried_again_with_all_it_tells(make_message, channel, monkeypatch):
    letters = letters_of(monkeypatch)
    channel.answers = [TryLater("busy"), None]
    first, *_others = waiting(make_message)
    send(first)
    assert first.state == State.QUEUED
    later = first.not_before + MINUTE
    (newer,) = waiting(make_message, 1, at=later)
    send(first, at=later)
    newer.refresh_from_db()
    assert (first.state, newer.state) == (State.SENT, State.FOLDED)
    assert letters[-1].subject == "4 сообщения контакт-центра"


def test_dead_letter_takes_its_news_back_with_it_when_sent_again(
    make_message, channel, monkeypatch
):
    letters = letters_of(monkeypatch)
    channel.answers = [NeverDelivered("no such box"), None]
    first, *_others = waiting(make_message)
    send(first)
    assert first.state == State.DEAD
    delivery.send_again([first.pk], at=SOON)
    send(first, at=SOON)
    assert first.state == State.SENT
    assert letters[-1].subject == "3 сообщения контакт-центра"


def test_what_its_reader_stopped_or_what_ended_is_left_out_of_the_letter(
    make_message, channel, monkeypatch
):
    letters = letters_of(monkeypatch)
    first, second, *_others = waiting(make_message, 4)
    Message.objects.filter(pk=second.pk).update(point="request:26-000001")
    outbox.end_matter("request:26-000001", at=SOON)
    Subscription.objects.create(
        channel="email", address="anna@example.org", topic=first.topic, stopped_at=NOON
    )
    send(first)
    assert first.state == State.SENT
    assert letters[0].subject == "2 сообщения контакт-центра"
    assert letters[0].unsubscribe_url


def test_letter_of_which_nothing_is_left_does_not_leave(make_message, channel):
    first, second = waiting(make_message, 2)
    Message.objects.update(point="request:26-000001")
    outbox.end_matter("request:26-000001", at=SOON)
    send(first)
    second.refresh_from_db()
    assert (first.state, second.state) == (State.EXPIRED, State.FOLDED)
    assert channel.sent == []


def test_letter_about_two_hundred_names_fifty_and_counts_the_rest(
    make_message, channel, monkeypatch
):
    letters = letters_of(monkeypatch)
    first = make_message()
    rows = [
        Message(
            **{
                field: getattr(first, field)
                for field in ("event", "template", "recipient", "context", "why")
            },
            topic="request:26-000001",
            dedupe_key=f"many:{number}",
            created_at=NOON,
            not_before=NOON,
        )
        for number in range(199)
    ]
    Message.objects.bulk_create(rows)
    Message.objects.update(fold=Fold.WAITS)
    send(first)
    assert letters[0].subject == "200 сообщений контакт-центра"
    assert letters[0].text.count("Заявка принята") == folding.SHOWN
    assert "И ещё 150 сообщений" in letters[0].text


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_fold_one_address_once(make_message, channel):
    found = waiting(make_message, 12)
    taken = delivery.take(size=100, at=NOON, priority=Priority.NORMAL)

    def work(ids):
        try:
            delivery.deliver_all(ids, clock=lambda: NOON)
        finally:
            connections.close_all()

    threads = [Thread(target=work, args=(taken.ids[part::3],)) for part in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    states = list(Message.objects.values_list("state", flat=True))
    assert states.count(State.SENT) == len(channel.sent)
    assert states.count(State.SENT) + states.count(State.FOLDED) + states.count(
        State.LEASED
    ) == len(found)
    # However the three met, nothing is told twice.
    assert len(channel.sent) == states.count(State.SENT) >= 1


def test_news_of_a_request_that_is_closed_does_not_leave(make_message, channel):
    stale = make_message(point="request:26-000001")
    closing = make_message(at=SOON)
    outbox.end_matter("request:26-000001", at=SOON)
    assert send(stale, at=SOON).state == State.EXPIRED
    assert send(closing, at=SOON).state == State.SENT
    assert channel.sent == [closing.pk]


def test_news_written_after_the_end_has_its_point(make_message, channel):
    outbox.end_matter("request:26-000001", at=NOON)
    reopened = make_message(point="request:26-000001", at=SOON)
    assert send(reopened, at=SOON).state == State.SENT


def test_end_taken_back_lets_news_leave(make_message, channel):
    news = make_message(point="request:26-000001")
    outbox.end_matter("request:26-000001", at=SOON)
    outbox.matter_goes_on("request:26-000001")
    assert send(news, at=SOON).state == State.SENT


def test_end_told_twice_is_the_later_one(make_message, channel):
    outbox.end_matter("request:26-000001", at=NOON - MINUTE)
    news = make_message(point="request:26-000001")
    outbox.end_matter("request:26-000001", at=SOON)
    assert send(news, at=SOON).state == State.EXPIRED


def test_what_a_message_is_asked_before_it_leaves_is_one_query(
    make_message, django_assert_num_queries
):
    message = make_message(point="request:26-000001")
    with django_assert_num_queries(1):
        assert standing.of(message, at=NOON) == standing.Standing("")
