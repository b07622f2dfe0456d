"""What the admin's page and Prometheus say of each channel."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications import channel_figures, delivery, destinations, gate, reports
from notifications.admin.outbox import TONES
from notifications.channels import Limits, NeverDelivered, OutOfOrder, Sent
from notifications.masking import masked
from notifications.models import State
from notifications.reports import Fate, Told
from tests.conftest import NOON
from tests.notifications.conftest import lease

pytestmark = pytest.mark.django_db
PAGE = "/admin/notifications/message/channels/"


def of(code: str, *, at=NOON) -> channel_figures.Figures:
    return next(one for one in channel_figures.of_all(at=at) if one.code == code)


@pytest.fixture
def sms(make_message, channel, monkeypatch, resident):
    monkeypatch.setitem(delivery.CHANNELS, "sms", channel)
    destinations.confirm(resident, channel="sms", address="+79270000001", at=NOON)

    def send(message, letter) -> Sent:
        answer = channel.answers.pop(0) if channel.answers else None
        if answer:
            raise answer
        return Sent(raw=b"", gateway_id=f"g{message.pk}", parts=2, is_awaited=True)

    monkeypatch.setattr(channel, "send", send)

    def deliver(answer: Exception | None = None):
        channel.answers = [answer] if answer else []
        message = lease(make_message(channel="sms", to="+79270000001"))
        delivery.deliver(message.pk, at=NOON)
        return message

    return deliver


def test_day_of_a_channel_is_counted(sms):
    arrived, failed = sms(), sms()
    sms()
    sms(NeverDelivered("refused: 6"))
    reports.record(arrived.pk, Told(Fate.DELIVERED), at=NOON)
    reports.record(failed.pk, Told(Fate.FAILED, "off"), at=NOON)
    one = of("sms")
    assert (one.sent, one.delivered, one.failed_later, one.parts) == (2, 1, 1, 6)
    assert (one.dead, one.destinations) == (2, 1)
    assert dict(one.reasons) == {"refused: 6": 1, "failed later: off": 1}
    assert of("email").sent == 0
    late = of("sms", at=NOON + timedelta(days=2))
    assert (late.sent, late.delivered, late.dead) == (0, 0, 0)


def test_what_a_broken_channel_has_put_off_is_late_all_the_same(sms):
    for _ in range(3):
        sms(OutOfOrder("no money"))
    at = NOON + timedelta(minutes=5)
    one = of("sms", at=at)
    assert (one.waiting, one.lag, one.is_broken) == (3, timedelta(minutes=5), True)
    assert one.gate.last_error == "no money"


def test_message_planned_for_later_is_not_late(make_message):
    make_message(channel="sms", not_before=NOON + timedelta(hours=1))
    assert channel_figures.lags(at=NOON)["sms"] == (0, timedelta(0))


def test_page_shows_every_channel_at_a_constant_price(client, admin_user, sms):
    client.force_login(admin_user)

    def counted() -> int:
        with CaptureQueriesContext(connection) as captured:
            page = client.get(PAGE)
        assert page.status_code == 200
        assert "Telegram" in page.content.decode()
        return len(captured)

    counted()
    few = counted()
    for _ in range(5):
        sms()
    sms(OutOfOrder("no money"))
    assert counted() == few


def test_scrape_names_each_channel(client, sms):
    gate.broke("sms", Limits(), error="503", at=NOON)
    sms()
    text = client.get("/metrics").content.decode()
    assert 'contact_center_outbox_channel_oldest_due_seconds{channel="sms"}' in text
    assert 'contact_center_outbox_channel_out_of_order{channel="telegram"} 0.0' in text


def test_every_state_has_its_colour_in_the_list_of_letters():
    assert TONES.keys() == set(State)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("anna@example.org", "an…@example.org"),
        ("+79270000001", "+79…01"),
        ("777123", "7…"),
        ("https://fcm.googleapis.com/fcm/send/secret", "fcm.googleapis.com/…"),
    ],
)
def test_address_is_masked_whatever_its_kind(address, shown):
    assert masked(address) == shown
