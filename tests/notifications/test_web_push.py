"""Web push: sealed for one browser, signed by the portal, and sent to push services alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag
from django.test import Client

from notifications import delivery, destinations, reports, spilling
from notifications import web_push_sealing as sealing
from notifications.channels.registry import CHANNELS
from notifications.channels.web_push import is_push_service
from notifications.models import (
    Destination,
    InboxItem,
    Message,
    Priority,
    Report,
    State,
    StopReason,
)
from notifications.push_views import MOST_DEVICES, device_of
from tests.conftest import NOON
from tests.notifications.browsers import Browser, claims_of
from tests.notifications.conftest import lease
from tests.notifications.receivers import Receiver, receiver

pytestmark = pytest.mark.django_db
SUBSCRIBE, UNSUBSCRIBE = "/notifications/push/subscribe/", "/notifications/push/unsubscribe/"


@pytest.fixture
def service(settings) -> Iterator[Receiver]:
    with receiver(lambda call: (201, b"")) as server:
        settings.OUTBOUND_ALLOWED = [server.place]
        yield server


@pytest.fixture
def browser() -> Browser:
    return Browser()


@pytest.fixture
def push(make_message, resident, service, browser):
    address = f"{service.url}/push/abc"
    destinations.confirm(resident, channel="web_push", address=address, keys=browser.keys, at=NOON)

    def make(**fields) -> Message:
        context = {
            "subject": "Заявка 26-000001: принята",
            "paragraphs": [],
            "link": "http://127.0.0.1/requests/26-000001/?code=abc",
        }
        values = {"channel": "web_push", "to": address, "user_id": resident.pk, "context": context}
        return make_message(**values | fields)

    return make


def sent(message: Message, *, at=NOON) -> Message:
    delivery.deliver(lease(message).pk, at=at)
    message.refresh_from_db()
    return message


def test_sealing_is_that_of_the_standard():
    """The example of RFC 8291, appendix A, bit by bit."""
    sealed = sealing.seal(
        b"When I grow up, I want to be a watermelon",
        p256dh="BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        auth="BTBZMqHH6r4Tts7J_aSIgg",
        own=sealing.key_of("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
        salt=sealing.decoded("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert sealing.encoded(sealed) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIg"
        "Dll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXL"
        "WyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_browser_reads_the_news_and_knows_who_sent_it(push, service, browser, resident):
    message = sent(push())
    assert message.state == State.SENT
    (call,) = service.calls
    told = browser.opened(call.body)
    assert told["title"] == "Заявка 26-000001: принята"
    assert told["url"] == "/requests/26-000001/?code=abc"
    assert told["badge"] == InboxItem.objects.filter(user=resident, read_at=None).count()
    assert "receipt" not in told
    claims = claims_of(call.headers["authorization"])
    assert claims["aud"] == service.url
    assert claims["sub"].startswith("mailto:")
    assert call.headers["content-encoding"] == "aes128gcm"
    assert (call.headers["ttl"], call.headers["urgency"]) == ("86400", "normal")
    assert len(call.headers["topic"]) <= 32
    assert not Report.objects.exists()


def test_push_says_nothing_to_anybody_else(push, service):
    sent(push())
    (call,) = service.calls
    assert b"26-000001" not in call.body
    with pytest.raises(InvalidTag):
        Browser().opened(call.body)


def test_emergency_is_urgent_and_dies_with_its_use(push, service):
    sent(push(priority=Priority.EMERGENCY))
    assert service.calls[0].headers["urgency"] == "high"


def test_device_is_asked_whether_it_came_only_where_another_way_waits(
    push, service, browser, client
):
    message = push()
    spilling.plan([spilling.Plan(message.dedupe_key, [("email", "a@example.org")], NOON)])
    sent(message)
    told = browser.opened(service.calls[0].body)
    assert Report.objects.get().delivered_at is None
    assert client.post(told["receipt"], {"opened": "1"}).status_code == 204
    assert Report.objects.get().opened_at is not None
    assert spilling.spill_due(at=NOON + timedelta(days=1)) == 0


def test_push_nobody_answers_goes_by_mail(push):
    message = push()
    spilling.plan([spilling.Plan(message.dedupe_key, [("email", "a@example.org")], NOON)])
    sent(message)
    assert spilling.spill_due(at=NOON) == 1
    assert Message.objects.filter(channel="email").exists()


@pytest.mark.parametrize("status", [404, 410, 401, 403])
def test_browser_that_is_gone_stops(push, service, status):
    service.reply = lambda call: (status, b"")
    assert sent(push()).state == State.DEAD
    assert Destination.objects.get().stop_reason == StopReason.GONE
    assert InboxItem.objects.filter(event="destination_stopped").exists()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_busy_service_is_tried_again(push, service, status):
    service.reply = lambda call: (status, b"")
    assert sent(push()).state == State.QUEUED
    assert Destination.objects.living().exists()


@pytest.mark.parametrize("status", [400, 413])
def test_refused_push_is_dead_and_the_browser_lives(push, service, status):
    service.reply = lambda call: (status, b"")
    assert sent(push()).state == State.DEAD
    assert Destination.objects.living().exists()


def test_redirect_and_endless_answer_are_not_followed(push, service):
    service.reply = lambda call: (302, b"", {"Location": "http://127.0.0.1/"})
    assert sent(push()).state == State.QUEUED
    service.reply = lambda call: (201, b"x" * 100_000)
    assert sent(push()).state == State.QUEUED


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://127.0.0.1/push",
        "https://169.254.169.254/push",
        "https://localhost/push",
        "http://fcm.googleapis.com/push",
        "https://fcm.googleapis.com.evil.example/push",
        "https://evilpush.apple.com.example/",
        "https://user@fcm.googleapis.com/",
        "https://fcm.googleapis.com:22/",
        "https://hook.example/",
        "javascript:alert(1)",
        "",
    ],
)
def test_address_of_no_push_service_is_taken_by_nobody(
    endpoint, client, resident, browser, settings
):
    settings.OUTBOUND_ALLOWED = []
    assert not is_push_service(endpoint)
    client.force_login(resident)
    body = json.dumps({"endpoint": endpoint, "keys": browser.keys})
    answer = client.post(SUBSCRIBE, body, content_type="application/json")
    assert answer.status_code == 400
    assert not Destination.objects.exists()


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc",
        "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "https://web.push.apple.com/abc",
        "https://wns2-par02p.notify.windows.com/w/?token=abc",
    ],
)
def test_services_of_the_usual_browsers_are_known(endpoint):
    assert is_push_service(endpoint)


def test_address_that_led_elsewhere_since_is_stopped_before_anybody_is_called(
    push, service, settings
):
    settings.OUTBOUND_ALLOWED = []
    assert sent(push()).state == State.DEAD
    assert service.calls == []
    assert Destination.objects.get().stop_reason == StopReason.REFUSED


def test_browser_subscribes_once_and_unsubscribes(client, resident, neighbour, service, browser):
    client.force_login(resident)
    body = json.dumps({"endpoint": f"{service.url}/push/1", "keys": browser.keys})
    agent = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"
    for _ in range(2):
        answer = client.post(
            SUBSCRIBE, body, content_type="application/json", headers={"user-agent": agent}
        )
        assert answer.status_code == 201
    held = Destination.objects.get()
    assert (held.user, held.label, held.keys) == (resident, "Chrome, Android", browser.keys)
    # Nobody else's word counts.
    other = Client()
    other.force_login(neighbour)
    named = json.dumps({"endpoint": held.address})
    other.post(UNSUBSCRIBE, named, content_type="application/json")
    held.refresh_from_db()
    assert held.is_living
    assert client.post(UNSUBSCRIBE, named, content_type="application/json").status_code == 200
    held.refresh_from_db()
    assert held.stop_reason == StopReason.REMOVED
    assert not InboxItem.objects.exists()


def test_browser_of_another_account_now_is_its(client, resident, neighbour, service, browser):
    body = json.dumps({"endpoint": f"{service.url}/push/1", "keys": browser.keys})
    for person in (resident, neighbour):
        client.force_login(person)
        client.post(SUBSCRIBE, body, content_type="application/json")
    assert Destination.objects.living().get().user == neighbour


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "null",
        "{",
        '{"endpoint": 7}',
        '{"endpoint": "%s/push"}',
        '{"endpoint": "%s/push", "keys": []}',
        '{"endpoint": "%s/push", "keys": {"p256dh": "x", "auth": "y"}}',
        '{"endpoint": "%s/push", "keys": {"p256dh": "BA", "auth": "AAAAAAAAAAAAAAAAAAAAAA"}}',
        '{"endpoint": "' + "a" * 5000 + '"}',
    ],
)
def test_nonsense_is_told_as_such(client, resident, service, body):
    client.force_login(resident)
    text = body.replace("%s", service.url)
    answer = client.post(SUBSCRIBE, text, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["detail"]
    assert not Destination.objects.exists()


def test_nobody_has_hundreds_of_devices(client, resident, service, browser):
    client.force_login(resident)
    for number in range(MOST_DEVICES):
        destinations.confirm(
            resident, channel="web_push", address=f"{service.url}/{number}", at=NOON
        )
    body = json.dumps({"endpoint": f"{service.url}/more", "keys": browser.keys})
    assert client.post(SUBSCRIBE, body, content_type="application/json").status_code == 400


def test_visitor_and_forged_form_subscribe_nothing(resident, service, browser):
    body = json.dumps({"endpoint": f"{service.url}/push/1", "keys": browser.keys})
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(resident)
    assert strict.post(SUBSCRIBE, body, content_type="application/json").status_code == 403
    assert Client().post(SUBSCRIBE, body, content_type="application/json").status_code == 302
    assert not Destination.objects.exists()


def test_page_learns_the_public_key_and_it_stays_the_same(client, settings):
    first = client.get("/notifications/push/key/").json()["key"]
    assert len(sealing.decoded(first)) == 65
    fresh = type(CHANNELS["web_push"])()
    assert fresh.public_key == first
    settings.VAPID_KEY = sealing.make_key()
    assert type(CHANNELS["web_push"])().public_key == sealing.public_key(settings.VAPID_KEY)


def test_key_file_is_made_once_and_is_its_owners_alone(tmp_path):
    path = tmp_path / "inner" / "vapid.key"
    made = sealing.kept_key(path)
    assert sealing.kept_key(path) == made
    assert path.stat().st_mode & 0o077 == 0


def test_device_is_named_as_its_owner_knows_it():
    assert (
        device_of("Mozilla/5.0 (Windows NT 10.0) Chrome/130 Safari/537 Edg/130") == "Edge, Windows"
    )
    assert device_of("Mozilla/5.0 (iPhone) Version/17 Safari/605") == "Safari, iPhone"
    assert device_of("curl/8") == ""


def test_receipts_grow_old(push, client, monkeypatch):
    token = reports.receipt(push())
    monkeypatch.setattr(reports, "RECEIPT_KEPT", timedelta(seconds=-1))
    assert client.post(f"/notifications/receipts/{token}/").status_code == 404
