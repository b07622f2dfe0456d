"""Webhooks: signed, bounded, tried again, and never into our own network."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256

import pytest

from notifications import delivery
from notifications.channels import webhook
from notifications.models import Destination, Message, Report, State, StopReason
from tests.conftest import NOON
from tests.notifications.conftest import lease
from tests.notifications.receivers import Receiver, receiver

pytestmark = pytest.mark.django_db
SECRET = "whsec_test"


@pytest.fixture
def place(settings) -> Iterator[Receiver]:
    with receiver(lambda call: (204, b"")) as server:
        settings.OUTBOUND_ALLOWED = [server.place]
        yield server


@pytest.fixture
def hook(make_message, company_user):
    def make(url: str, *, is_confirmed: bool = True, **fields) -> Message:
        Destination.objects.create(
            user=company_user,
            channel="webhook",
            address=url,
            keys={"secret": SECRET},
            confirmed_at=NOON if is_confirmed else None,
            created_at=NOON,
        )
        return lease(
            make_message(**{"channel": "webhook", "to": url, "user_id": company_user.pk} | fields)
        )

    return make


def sent(message: Message, *, at=NOON) -> Message:
    delivery.deliver(message.pk, at=at)
    message.refresh_from_db()
    return message


def test_receiver_can_tell_that_it_was_us(hook, place):
    message = sent(hook(f"{place.url}/in"))
    assert message.state == State.SENT
    (call,) = place.calls
    given = dict(part.split("=") for part in call.headers["x-portal-signature"].split(","))
    signed = f"{given['t']}.".encode() + call.body
    assert given["v1"] == hmac.new(SECRET.encode(), signed, sha256).hexdigest()
    assert call.headers["idempotency-key"] == f"message-{message.pk}"
    told = json.loads(call.body)
    assert told["id"] == f"message-{message.pk}"
    assert (told["event"], told["topic"]) == ("test", "request:26-000001")
    assert told["title"] == "Заявка принята"
    assert not Report.objects.exists()


def test_same_news_sent_again_has_the_same_key(hook, place):
    place.reply = lambda call: (500, b"")
    message = sent(hook(f"{place.url}/in"))
    assert (message.state, message.attempts) == (State.QUEUED, 1)
    place.reply = lambda call: (200, b"")
    at = NOON + timedelta(hours=1)
    delivery.take(size=10, at=at, priority=delivery.Priority.NORMAL)
    assert sent(message, at=at).state == State.SENT
    assert len({call.headers["idempotency-key"] for call in place.calls}) == 1


def test_other_body_or_another_second_has_another_signature():
    one = webhook.signature(b"a", secret=SECRET, at=NOON)
    assert one != webhook.signature(b"b", secret=SECRET, at=NOON)
    assert one != webhook.signature(b"a", secret="other", at=NOON)
    later = webhook.signature(b"a", secret=SECRET, at=NOON + timedelta(seconds=1))
    assert one.partition("v1")[2] != later.partition("v1")[2]


def test_first_answer_proves_the_receiver(hook, place):
    sent(hook(f"{place.url}/in", is_confirmed=False, sensitive=True))
    held = Destination.objects.get()
    assert held.is_living
    assert held.keys == {"secret": SECRET}


def test_receiver_that_says_it_is_gone_is_stopped(hook, place):
    place.reply = lambda call: (410, b"")
    assert sent(hook(f"{place.url}/in")).state == State.DEAD
    assert Destination.objects.get().stop_reason == StopReason.GONE


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://169.254.169.254/latest/",
        "https://localhost/",
        "https://[::ffff:10.0.0.1]/",
        "http://8.8.8.8/",
        "https://8.8.8.8:22/",
    ],
)
def test_receiver_in_the_inner_network_is_stopped_and_never_called(hook, settings, url):
    settings.OUTBOUND_ALLOWED = []
    message = sent(hook(url))
    assert message.state == State.DEAD
    assert Destination.objects.get().stop_reason == StopReason.REFUSED


@pytest.mark.parametrize(
    "reply",
    [
        (302, b"", {"Location": "http://127.0.0.1/"}),
        (200, b"x" * 100_000),
        (503, b""),
        (404, b""),
    ],
)
def test_odd_answer_is_bounded_and_tried_again(hook, place, reply):
    place.reply = lambda call: reply
    message = sent(hook(f"{place.url}/in"))
    assert (message.state, message.attempts) == (State.QUEUED, 1)
    assert Destination.objects.living().exists()


def test_receiver_nobody_keeps_any_more_is_not_called(make_message, place):
    message = lease(make_message(channel="webhook", to=f"{place.url}/in"))
    assert sent(message).state == State.DEAD
    assert place.calls == []
