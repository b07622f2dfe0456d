"""One call: signed, bounded, tried again with the same id, logged; and rude receivers."""

from __future__ import annotations

import re
import socket
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as city_settings
from django.utils.timezone import now

from notifications import delivery, gate, outbound
from notifications.channels import webhook
from notifications.models import Gate, Message, State, WebhookAttempt, WebhookSubscription
from notifications.webhooks import health, payloads, signing, spreading, subscribing
from tests.conftest import NOON
from tests.notifications.receivers import rude
from tests.notifications.webhooks.conftest import carry, is_signed, told

pytestmark = pytest.mark.django_db
DOCS = city_settings.BASE_DIR / "docs" / "webhooks.md"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def tried(subscribe, resident):
    """Subscribe, send a test call and return how it went: `tried(url=…)`."""

    def make(**wanted: Any) -> tuple[WebhookSubscription, Message]:
        held, _secret = subscribe(resident, **wanted)
        subscribing.send_test(held, at=NOON)
        (message,) = carry()
        held.refresh_from_db()
        return held, message

    return make


def documented_check() -> Any:
    """Return the function that the documentation gives receivers, as they would copy it."""
    (code,) = re.findall(r"```python\n(.*?)```", Path(DOCS).read_text(), re.DOTALL)[:1]
    found: dict[str, Any] = {}
    exec(code, found)
    return found["is_from_portal"]


def test_documented_check_takes_our_calls_and_nobody_elses(subscribe, place, resident):
    held, secret = subscribe(resident)
    subscribing.send_test(held, at=NOON)
    carry()
    (call,) = place.calls
    check = documented_check()
    header = call.headers["x-portal-signature"]
    assert check(call.body, header, secret)
    assert not check(call.body + b" ", header, secret)
    assert not check(call.body, header, "whsec_other")
    assert not check(call.body, "", secret)
    assert not check(call.body, "t=x,v1=y", secret)
    stale = signing.signature(call.body, secrets=[secret], at=now() - timedelta(minutes=6))
    early = signing.signature(call.body, secrets=[secret], at=now() + timedelta(minutes=6))
    fresh = signing.signature(call.body, secrets=[secret], at=now() - timedelta(minutes=4))
    assert not check(call.body, stale, secret)
    assert not check(call.body, early, secret)
    assert check(call.body, fresh, secret)


def test_headers_name_the_event_and_repeat_its_id(tried, place):
    tried()
    (call,) = place.calls
    body = told(call)
    assert (body["type"], body["version"], body["subject"]) == ("ping", "2", None)
    assert call.headers["x-portal-event"] == "ping"
    assert call.headers["x-portal-event-id"] == call.headers["idempotency-key"] == body["id"]
    assert call.headers["content-type"] == "application/json"


def test_replaced_secret_signs_beside_the_new_one_until_its_time(subscribe, place, resident):
    held, old = subscribe(resident)
    at = now()
    new = signing.rotate(held, overlap=timedelta(hours=1), at=at)
    subscribing.send_test(held, at=NOON)
    carry()
    (call,) = place.calls
    assert is_signed(call, old)
    assert is_signed(call, new)
    assert old != new
    assert signing.secrets_of(held, at=at + timedelta(hours=1)) == [new]


def test_leaked_secret_ends_at_once(subscribe, resident):
    held, old = subscribe(resident)
    new = signing.rotate(held, overlap=timedelta(0), at=NOON)
    assert signing.secrets_of(held, at=NOON) == [new]
    assert old != new


def test_many_rotations_leave_a_bounded_header(subscribe, resident):
    held, _secret = subscribe(resident)
    for hours in range(10):
        last = signing.rotate(held, overlap=timedelta(days=7), at=NOON + timedelta(hours=hours))
    found = signing.secrets_of(held, at=NOON + timedelta(hours=9))
    assert len(found) == signing.MOST_OVERLAPPING + 1
    assert found[0] == last


def test_secret_lies_nowhere_and_outlives_a_change_of_the_servers_key(
    subscribe, resident, settings
):
    held, secret = subscribe(resident)
    row = held.secrets.get()
    assert secret not in str(vars(row))
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key of the server"
    assert secret in signing.secrets_of(held, at=NOON)


def test_same_event_sent_again_has_the_same_id_and_facts(subscribe, place, resident):
    held, _secret = subscribe(resident)
    place.reply = lambda call: (500, b"broken")
    subscribing.send_test(held, at=NOON)
    (message,) = carry()
    assert (message.state, message.attempts) == (State.QUEUED, 1)
    place.reply = lambda call: (200, b"fine")
    (message,) = carry(at=NOON + timedelta(hours=1))
    assert message.state == State.SENT
    first, second = place.calls
    assert told(first) == told(second)
    assert [(row.status, row.answer) for row in WebhookAttempt.objects.order_by("pk")] == [
        (500, "broken"),
        (200, "fine"),
    ]


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        ((302, b"", {"Location": "http://127.0.0.1/"}), "sends elsewhere"),
        ((200, b"x" * 100_000), "too long"),
        ((503, b"busy"), "503"),
        ((404, b"what?"), "404"),
    ],
)
def test_odd_answer_is_bounded_logged_and_tried_again(tried, place, reply, error):
    place.reply = lambda call: reply
    held, message = tried()
    assert (message.state, message.attempts) == (State.QUEUED, 1)
    assert len(place.calls) == 1
    row = WebhookAttempt.objects.get()
    assert error in row.error
    assert error in message.last_error
    assert len(row.answer) <= 1024
    assert (held.failures, held.is_on) == (1, True)


def test_answer_with_odd_bytes_is_kept_as_text(tried, place):
    place.reply = lambda call: (200, b"\x00\xff<script>" + "ё".encode() * 2000)
    _held, message = tried()
    assert message.state == State.SENT
    answer = WebhookAttempt.objects.get().answer
    assert "\x00" not in answer
    assert len(answer) <= 1024


def endless(connection: socket.socket) -> None:
    """Answer with as many bytes as the other side takes: a gigabyte, if it does."""
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n")
    for _number in range(16_384):
        connection.sendall(b"x" * 65536)


def dripping(connection: socket.socket) -> None:
    """Answer a byte at a time, for ever."""
    connection.recv(65536)
    for sign in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 10_000:
        connection.sendall(bytes([sign]))
        time.sleep(0.05)


def hangs_up(connection: socket.socket) -> None:
    """Read and go."""
    connection.recv(65536)


def speaks_nonsense(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"SSH-2.0-OpenSSH\r\n\r\n")


@pytest.mark.parametrize("talk", [endless, dripping, hangs_up, speaks_nonsense])
def test_rude_receiver_costs_bounded_time_and_memory(tried, settings, monkeypatch, talk):
    limits = outbound.Limits(connect=1, read=1, total=1, answer=16 * 1024)
    monkeypatch.setattr(webhook, "LIMITS", limits)
    with rude(talk) as there:
        settings.OUTBOUND_ALLOWED = [there]
        began = time.monotonic()
        held, message = tried(url=f"http://{there}/")
        assert time.monotonic() - began < 4
    assert (message.state, message.attempts) == (State.QUEUED, 1)
    row = WebhookAttempt.objects.get()
    assert row.status is None
    assert row.took_ms < 3_000
    assert held.failures == 1


def test_receiver_that_nobody_runs_is_tried_again(tried, settings):
    with rude(hangs_up) as there:
        pass
    settings.OUTBOUND_ALLOWED = [there]
    _held, message = tried(url=f"http://{there}/")
    assert message.state == State.QUEUED
    assert WebhookAttempt.objects.get().error


INNER = [
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://169.254.169.254/latest/",
    "https://localhost/",
    "https://portal.internal/",
    "https://[::1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[fe80::1]/",
    "https://10.0.0.1/",
    "http://8.8.8.8/",
    "https://8.8.8.8:22/",
    "https://user:word@example.org/",
    "ftp://example.org/",
    "https://",
    "javascript:alert(1)",
    "https://example.org/#x",
    "https://exa mple.org/",
    "",
]


@pytest.mark.parametrize("url", INNER)
def test_address_of_the_inner_network_is_refused_when_it_is_typed(subscribe, resident, url):
    with pytest.raises(subscribing.Refused) as refused:
        subscribe(resident, url=url)
    assert set(refused.value.errors) == {"url"}
    assert not WebhookSubscription.objects.exists()


@pytest.mark.parametrize("leads_to", ["127.0.0.1", "169.254.169.254", "10.1.2.3", "::1"])
def test_name_that_leads_into_the_inner_network_is_not_called(
    tried, place, monkeypatch, leads_to, settings
):
    family = socket.AF_INET6 if ":" in leads_to else socket.AF_INET
    real = socket.getaddrinfo

    def answers(host: str, *args: Any, **named: Any) -> Any:
        if host != "hook.example.org":
            return real(host, *args, **named)
        if named.get("flags"):
            raise socket.gaierror
        return [(family, socket.SOCK_STREAM, 6, "", (leads_to, 443))]

    monkeypatch.setattr(socket, "getaddrinfo", answers)
    held, message = tried(url="https://hook.example.org/in")
    assert message.state == State.DEAD
    assert "inner network" in message.last_error
    assert held.failures == 1
    assert place.calls == []


def test_receiver_that_is_gone_is_switched_off_and_its_owner_told(tried, place, resident):
    place.reply = lambda call: (410, b"")
    held, message = tried()
    assert message.state == State.DEAD
    assert (held.off, held.is_on) == ("gone", False)
    letter = Message.objects.get(event="webhook.switched_off")
    assert (letter.recipient, letter.channel) == (resident.email, "email")


def test_slow_receiver_rests_while_others_and_letters_go_on(
    subscribe, place, resident, settings, make_message, monkeypatch
):
    bad, _secret = subscribe(resident, name="плохой", url=f"{place.url}/bad")
    good, _secret = subscribe(resident, name="хороший", url=f"{place.url}/good")
    place.reply = lambda call: (500 if call.path == "/bad" else 204, b"")
    WebhookSubscription.objects.filter(pk=bad.pk).update(failures=health.RESTS_AFTER)
    for _number in range(3):
        subscribing.send_test(bad, at=NOON)
        subscribing.send_test(good, at=NOON)
    taken = delivery.take(size=100, at=NOON, priority=delivery.Priority.NORMAL)
    delivery.deliver_all(taken.ids, clock=lambda: NOON)
    assert [call.path for call in place.calls].count("/good") == 3
    assert [call.path for call in place.calls].count("/bad") == 1
    waiting = Message.objects.filter(recipient=str(bad.pk)).order_by("pk")
    assert [row.attempts for row in waiting] == [1, 0, 0]
    assert {row.state for row in waiting} == {State.QUEUED}
    assert min(row.not_before for row in waiting) > NOON
    assert Gate.objects.get(channel=f"hook:{bad.pk}").closed_until is not None


def test_workers_that_letters_need_are_never_all_kept_by_receivers(settings):
    assert webhook.WebhookChannel().limits.at_once == settings.WEBHOOKS_AT_ONCE == 2


def test_two_calls_at_once_are_the_most_of_one_receiver(subscribe, resident):
    held, _secret = subscribe(resident)
    name = health.gate_of(held)
    for _number in range(2):
        gate.enter(name, webhook.OF_RECEIVER, at=NOON)
    with pytest.raises(gate.Shut):
        gate.enter(name, webhook.OF_RECEIVER, at=NOON)


def test_receiver_rests_longer_the_longer_it_fails():
    rests = [health.rest_after(failures) for failures in range(20)]
    assert rests[:4] == [None] * 4
    assert rests[4] == timedelta(seconds=15)
    assert max(rests[4:]) == timedelta(minutes=10)


def test_call_of_a_deleted_subscription_goes_nowhere(subscribe, place, resident):
    held, _secret = subscribe(resident)
    subscribing.send_test(held, at=NOON)
    message = Message.objects.get()
    delivery.take(size=1, at=NOON, priority=delivery.Priority.NORMAL)
    subscribing.remove(held)
    assert delivery.deliver(message.pk, at=NOON) == State.STOPPED
    assert place.calls == []


def test_event_that_an_older_portal_knew_ends_quietly(subscribe, place, resident):
    held, _secret = subscribe(resident)
    subscribing.send_test(held, at=NOON)
    message = Message.objects.get()
    message.context["type"] = "request.forgotten"
    message.save(update_fields=["context"])
    assert payloads.body_of(held, message) is None
    (message,) = carry()
    assert message.state == State.STOPPED
    assert spreading.topic(held.pk) == message.topic
