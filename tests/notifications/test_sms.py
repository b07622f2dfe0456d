"""SMS leave through two real formats of gateways, and what becomes of them is learnt later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

import pytest

from notifications import delivery, destinations, gateways, reports
from notifications.callbacks import sms_address
from notifications.channels.sms import SmsChannel
from notifications.models import (
    ChannelCode,
    Destination,
    Gate,
    Message,
    Report,
    SentLetter,
    State,
    StopReason,
)
from tests.conftest import NOON
from tests.notifications.conftest import lease
from tests.notifications.gateways import LOGIN, PASSWORD, FakeSmsc, FakeSmsRu
from tests.notifications.receivers import Receiver, receiver, rude

pytestmark = pytest.mark.django_db
PHONE = "+79270000001"
LATER = NOON + timedelta(minutes=1)
FAKES = {"smsc": FakeSmsc, "smsru": FakeSmsRu}
DELIVERED = {"smsc": 1, "smsru": 103}
FAILED = {"smsc": 20, "smsru": 105}
NO_NUMBER = {"smsc": 7, "smsru": 202}
NO_MONEY = {"smsc": 3, "smsru": 201}
BUSY = {"smsc": 9, "smsru": 999}
FORBIDDEN = {"smsc": 6, "smsru": 205}


@dataclass
class Place:
    """A gateway of one kind, and the portal's channel that leads to it."""

    kind: str
    fake: FakeSmsc | FakeSmsRu
    server: Receiver
    channel: SmsChannel


@pytest.fixture(params=["smsc", "smsru"])
def place(request, settings, monkeypatch) -> Iterator[Place]:
    fake = FAKES[request.param]()
    with receiver(fake) as server:
        host = server.place
        settings.SMS_URL = (
            f"{request.param}+http://{quote(LOGIN)}:{quote(PASSWORD, safe='')}@{host}/?sender=ULN"
        )
        channel = SmsChannel()
        monkeypatch.setitem(delivery.CHANNELS, "sms", channel)
        yield Place(request.param, fake, server, channel)


@pytest.fixture
def sms(make_message, resident):
    destinations.confirm(resident, channel="sms", address=PHONE, at=NOON)

    def make(**fields) -> Message:
        context = {"subject": "Заявка принята", "paragraphs": [], "link": "https://c.example/26-1"}
        return lease(
            make_message(
                **{"channel": "sms", "to": PHONE, "user_id": resident.pk, "context": context}
                | fields
            )
        )

    return make


def sent(message: Message, *, at=NOON) -> Message:
    delivery.deliver(message.pk, at=at)
    message.refresh_from_db()
    return message


def test_message_is_handed_over_with_its_words_its_link_and_its_sender(place, sms):
    message = sent(sms())
    assert message.state == State.SENT
    (form,) = place.fake.sent.values()
    text = "Заявка принята https://c.example/26-1"
    assert text in form.values()
    assert "ULN" in form.values()
    assert {PHONE, PHONE[1:]} & set(form.values())
    report = Report.objects.get()
    assert report.gateway_id in place.fake.sent
    assert report.parts == 1
    # Neither the password nor the phone stands in an address that servers write down.
    assert all("?" not in call.path for call in place.server.calls)


def test_demo_shows_what_left(place, sms):
    message = sent(sms())
    shown = bytes(SentLetter.objects.get(message=message).raw)
    assert b"c.example/26-1" in shown


def test_delivered_message_is_known_as_such(place, sms):
    sent(sms())
    report = Report.objects.get()
    assert reports.ask_due(place.channel.ask, at=NOON) == 0
    assert reports.ask_due(place.channel.ask, at=LATER) == 1
    report.refresh_from_db()
    assert report.delivered_at is None
    place.fake.fates[report.gateway_id] = DELIVERED[place.kind]
    at = NOON + timedelta(minutes=3)
    assert report.ask_at is not None
    assert report.ask_at <= at
    reports.ask_due(place.channel.ask, at=at)
    report.refresh_from_db()
    assert (report.delivered_at, report.ask_at) == (at, None)
    assert reports.ask_due(place.channel.ask, at=at + timedelta(days=1)) == 0


def test_gateway_that_said_yes_and_fails_later_makes_the_message_dead(place, sms):
    message = sent(sms())
    report = Report.objects.get()
    place.fake.fates[report.gateway_id] = FAILED[place.kind]
    reports.ask_due(place.channel.ask, at=LATER)
    message.refresh_from_db()
    report.refresh_from_db()
    assert message.state == State.DEAD
    assert message.last_error.startswith("failed later: ")
    assert report.failed_at == LATER


def test_message_nobody_knows_of_is_not_asked_about_for_ever(place, sms):
    sent(sms())
    at = NOON
    asked = 0
    for _ in range(40):
        at += timedelta(hours=3)
        asked += reports.ask_due(place.channel.ask, at=at)
    assert 1 <= asked < 10
    assert Report.objects.get().ask_at is None


def test_number_that_does_not_exist_stops_its_destination_and_says_so(place, sms, resident):
    place.fake.refuse = NO_NUMBER[place.kind]
    message = sent(sms())
    assert message.state == State.DEAD
    held = Destination.objects.get(user=resident)
    assert held.stop_reason == StopReason.BOUNCED
    # The next one is not even tried.
    calls = len(place.server.calls)
    assert sent(sms()).state == State.STOPPED
    assert len(place.server.calls) == calls


def test_empty_account_rests_the_channel_and_blames_no_message(place, sms):
    place.fake.refuse = NO_MONEY[place.kind]
    message = sent(sms())
    assert (message.state, message.attempts) == (State.QUEUED, 0)
    assert "refuses us" in Gate.objects.get().last_error


def test_busy_gateway_puts_the_message_off(place, sms):
    place.fake.refuse = BUSY[place.kind]
    message = sent(sms())
    assert (message.state, message.attempts) == (State.QUEUED, 1)
    assert Gate.objects.get().failures == 0


def test_forbidden_text_is_dead_and_stops_nobody(place, sms):
    place.fake.refuse = FORBIDDEN[place.kind]
    assert sent(sms()).state == State.DEAD
    assert Destination.objects.living().exists()


def test_call_back_asks_at_once_and_believes_nothing(place, sms, client):
    message = sent(sms())
    report = Report.objects.get()
    path = sms_address().partition("/notifications")
    form = (
        {"id": report.gateway_id, "status": "20"}
        if place.kind == "smsc"
        else {"data[0]": f"sms_status\n{report.gateway_id}\n105\n1"}
    )
    answer = client.post(path[1] + path[2], form)
    assert (answer.status_code, answer.content) == (200, b"100")
    message.refresh_from_db()
    report.refresh_from_db()
    # What it said is not what counts: the gateway is asked.
    assert message.state == State.SENT
    assert report.ask_at is not None
    assert report.ask_at > NOON + reports.ASKED_AFTER[0]
    place.fake.fates[report.gateway_id] = DELIVERED[place.kind]
    reports.ask_due(place.channel.ask, at=report.ask_at)
    report.refresh_from_db()
    assert report.delivered_at is not None


def test_call_back_without_its_secret_finds_nothing(place, sms, client):
    sent(sms())
    before = Report.objects.get().ask_at
    named = {"id": Report.objects.get().gateway_id}
    assert client.post("/notifications/reports/sms/guessed/", named).status_code == 404
    assert Report.objects.get().ask_at == before


def test_call_back_of_nonsense_is_harmless(place, sms, client):
    sent(sms())
    before = Report.objects.get().ask_at
    path = "/notifications" + sms_address().partition("/notifications")[2]
    for form in (
        {},
        {"id": "0"},
        {"data[0]": "sms_status"},
        {"data[0]": "x\n1"},
        {"id": "9" * 999},
    ):
        assert client.post(path, form).status_code == 200
    assert client.get(path).status_code == 405
    assert Report.objects.get().ask_at == before


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nERROR",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
        b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n",
        b"",
    ],
)
def test_gateway_that_talks_nonsense_loses_no_message(settings, monkeypatch, sms, answer):
    def talk(connection) -> None:
        connection.recv(65536)
        connection.sendall(answer)

    with rude(talk) as host:
        settings.SMS_URL = f"smsc+http://{LOGIN}:x@{host}/"
        monkeypatch.setitem(delivery.CHANNELS, "sms", SmsChannel())
        assert sent(sms()).state == State.QUEUED


def test_gateway_that_accepts_and_hangs_holds_nobody_for_long(settings, monkeypatch, sms):
    monkeypatch.setattr(
        gateways, "LIMITS", gateways.outbound.Limits(connect=0.3, read=0.3, total=0.5)
    )

    def hang(connection) -> None:
        while connection.recv(65536):
            pass

    with rude(hang) as host:
        settings.SMS_URL = f"smsru+http://{LOGIN}:x@{host}/"
        monkeypatch.setitem(delivery.CHANNELS, "sms", SmsChannel())
        message = sent(sms())
    assert (message.state, message.attempts) == (State.QUEUED, 0)


def test_line_breaks_in_a_name_reach_the_gateway_as_words(place, sms):
    context = {"subject": "Анна\r\nlogin=x&psw=y, заявка принята", "paragraphs": []}
    sent(sms(context=context))
    (form,) = place.fake.sent.values()
    assert "Анна login=x&psw=y, заявка принята" in form.values()
    assert "\n" not in "".join(form.values())


def test_portal_without_a_gateway_offers_no_sms(settings, monkeypatch, sms):
    settings.SMS_URL = ""
    channel = SmsChannel()
    assert not channel.is_set_up
    monkeypatch.setitem(delivery.CHANNELS, "sms", channel)
    message = sent(sms())
    assert message.state == State.QUEUED
    assert Destination.objects.living().exists()


def test_demo_gateway_takes_everything_and_reports_it(settings, monkeypatch, sms):
    settings.SMS_URL = "shown://"
    channel = SmsChannel()
    monkeypatch.setitem(delivery.CHANNELS, "sms", channel)
    assert sent(sms()).state == State.SENT
    reports.ask_due(channel.ask, at=LATER)
    assert Report.objects.get().delivered_at == LATER


@pytest.mark.parametrize("number", ["", "112", "anna@example.org", "+7927", "8" * 100])
def test_what_is_no_phone_number_is_never_handed_over(place, make_message, number):
    message = sent(lease(make_message(channel=ChannelCode.SMS, to=number)))
    assert message.state == State.DEAD
    assert place.server.calls == []
