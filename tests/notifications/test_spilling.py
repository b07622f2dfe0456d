"""A message that does not arrive goes the next way after a set time, and only then."""

from __future__ import annotations

from datetime import timedelta

import pytest

from notifications import delivery, destinations, events, outbox, reports, spilling
from notifications.channels import NeverDelivered, NoSuchAddress, Sent
from notifications.models import Message, Preference, Priority, Report, Spill, State, StopReason
from notifications.reports import Fate, Told
from tests.conftest import NOON
from tests.notifications.conftest import LETTER, lease

pytestmark = pytest.mark.django_db
SOON = NOON + timedelta(minutes=15)
MAIL = "anna@example.org"
WAYS = [("telegram", "77"), ("email", MAIL)]


@pytest.fixture
def planned(make_message, resident, channel, monkeypatch):
    monkeypatch.setitem(delivery.CHANNELS, "sms", channel)
    monkeypatch.setitem(delivery.CHANNELS, "telegram", channel)

    def make(*, ways=WAYS, at=SOON, **fields) -> Message:
        message = make_message(
            **{"channel": "sms", "to": "+79270000001", "user_id": resident.pk} | fields
        )
        spilling.plan([spilling.Plan(message.dedupe_key, ways, at)])
        return message

    return make


def awaited(channel, monkeypatch) -> None:
    def send(message, letter) -> Sent:
        channel.sent.append(message.pk)
        return Sent(raw=b"", gateway_id=f"g{message.pk}", is_awaited=True)

    monkeypatch.setattr(channel, "send", send)


def test_message_that_waits_too_long_goes_the_next_way_once(planned):
    message = planned()
    assert spilling.spill_due(at=SOON - timedelta(seconds=1)) == 0
    assert spilling.spill_due(at=SOON) == 1
    assert spilling.spill_due(at=SOON) == 0
    message.refresh_from_db()
    assert message.state == State.PASSED_ON
    onward = Message.objects.get(channel="telegram")
    assert (onward.recipient, onward.state, onward.not_before) == ("77", State.QUEUED, SOON)
    assert (onward.context, onward.topic, onward.why) == (
        message.context,
        message.topic,
        message.why,
    )
    # And from there by e-mail, after the patience of its priority.
    at = SOON + spilling.PATIENCE[Priority.NORMAL]
    assert spilling.spill_due(at=at) == 1
    last = Message.objects.get(channel="email")
    assert last.recipient == MAIL
    assert not Spill.objects.exists()


def test_message_that_left_and_needs_no_report_stays_where_it_is(planned, channel):
    message = lease(planned())
    delivery.deliver(message.pk, at=NOON)
    assert not Spill.objects.exists()
    assert spilling.spill_due(at=SOON) == 0


def test_message_nobody_answered_goes_on_though_it_left(planned, channel, monkeypatch):
    awaited(channel, monkeypatch)
    message = lease(planned())
    delivery.deliver(message.pk, at=NOON)
    assert spilling.spill_due(at=SOON) == 1
    message.refresh_from_db()
    assert message.state == State.SENT
    assert Message.objects.get(channel="telegram").state == State.QUEUED


def test_message_that_arrived_in_time_goes_no_further(planned, channel, monkeypatch):
    awaited(channel, monkeypatch)
    message = lease(planned())
    delivery.deliver(message.pk, at=NOON)
    reports.record(message.pk, Told(Fate.DELIVERED), at=NOON)
    assert spilling.spill_due(at=SOON) == 0
    assert Message.objects.count() == 1


def test_message_that_fails_later_goes_on_at_once(planned, channel, monkeypatch):
    awaited(channel, monkeypatch)
    message = lease(planned())
    delivery.deliver(message.pk, at=NOON)
    at = NOON + timedelta(seconds=40)
    reports.record(message.pk, Told(Fate.FAILED, "off"), at=at)
    assert spilling.spill_due(at=at) == 1


@pytest.mark.parametrize(
    "refusal", [NeverDelivered("no"), NoSuchAddress("gone", reason=StopReason.BLOCKED)]
)
def test_message_that_is_refused_goes_on_at_once(planned, channel, refusal):
    channel.answers = [refusal]
    delivery.deliver(lease(planned()).pk, at=NOON)
    assert spilling.spill_due(at=NOON) == 1


def test_message_out_of_date_or_held_back_goes_nowhere(planned):
    planned(expires_at=NOON + timedelta(minutes=5))
    held = planned()
    delivery.cancel([held.pk])
    assert spilling.spill_due(at=SOON) == 0
    assert Message.objects.count() == 2
    assert not Spill.objects.exists()


def test_message_in_a_workers_hands_waits_for_what_becomes_of_it(planned, channel):
    message = lease(planned(at=NOON))
    seen = []
    channel.meanwhile = lambda message: seen.append(spilling.spill_due(at=SOON))
    delivery.deliver(message.pk, at=NOON)
    assert seen == [0]
    assert Message.objects.count() == 1


def test_plan_for_a_message_that_is_not_there_is_no_plan(db):
    spilling.plan([spilling.Plan("none", WAYS, NOON)])
    assert not Spill.objects.exists()


def test_receipt_of_a_device_is_a_report_and_a_forged_one_is_none(
    planned, channel, monkeypatch, client
):
    awaited(channel, monkeypatch)
    message = lease(planned())
    delivery.deliver(message.pk, at=NOON)
    address = f"/notifications/receipts/{reports.receipt(message)}/"
    assert client.post("/notifications/receipts/forged/").status_code == 404
    assert client.get(address).status_code == 405
    assert Report.objects.get().delivered_at is None
    assert client.post(address).status_code == 204
    report = Report.objects.get()
    assert report.delivered_at
    assert report.opened_at is None
    assert client.post(address, {"opened": "1"}).status_code == 204
    report.refresh_from_db()
    assert report.opened_at
    assert not Spill.objects.exists()


def test_bounced_address_of_an_account_is_told_and_proved_by_the_next_code(
    make_message, resident, channel
):
    channel.answers = [NoSuchAddress("550 5.1.1", reason=StopReason.BOUNCED)]
    letter = {"to": resident.email, "user_id": resident.pk}
    delivery.deliver(lease(make_message(**letter)).pk, at=NOON)
    held = resident.destinations.get()
    assert (held.stop_reason, held.confirmed_at) == (StopReason.BOUNCED, None)
    stopped = make_message(**letter)
    assert delivery.deliver(lease(stopped).pk, at=NOON) == State.STOPPED
    # A code to sign in is tried all the same; taken by the server, it proves the address.
    code = make_message(**letter, sensitive=True)
    assert delivery.deliver(lease(code).pk, at=NOON) == State.SENT
    assert not resident.destinations.exists()
    assert delivery.deliver(lease(make_message(**letter)).pk, at=NOON) == State.SENT


def test_letter_to_an_address_removed_from_settings_leaves_if_a_request_names_it(
    make_message, resident, channel
):
    destinations.confirm(resident, channel="email", address=MAIL, at=NOON)
    destinations.stop(channel="email", address=MAIL, reason=StopReason.REMOVED, at=NOON)
    assert delivery.deliver(lease(make_message(to=MAIL)).pk, at=NOON) == State.SENT


def test_news_on_the_way_its_reader_chose_goes_by_email_if_that_fails(resident):
    destinations.confirm(resident, channel="sms", address="+79270000001", at=NOON)
    kind = events.kind_of("request.accept")
    assert kind is not None
    Preference.objects.create(user=resident, choices={kind.code: ["sms"]}, changed_at=NOON)
    outbox.enqueue(
        event="request.accept",
        to=MAIL,
        user_id=resident.pk,
        template=LETTER,
        context={"subject": "Заявка принята", "paragraphs": []},
        topic="request:26-000001",
        dedupe_key="filed",
        why="Вы подали заявку.",
        at=NOON,
    )
    assert [message.channel for message in Message.objects.all()] == ["sms"]
    assert spilling.spill_due(at=SOON - timedelta(seconds=1)) == 0
    assert spilling.spill_due(at=SOON) == 1
    assert Message.objects.get(channel="email").recipient == MAIL


def test_news_that_leaves_by_email_anyway_has_no_other_way(resident):
    destinations.confirm(resident, channel="telegram", address="77", at=NOON)
    outbox.enqueue(
        event="request.accept",
        to=MAIL,
        user_id=resident.pk,
        template=LETTER,
        context={"subject": "Заявка принята", "paragraphs": []},
        topic="request:26-000001",
        dedupe_key="filed",
        why="Вы подали заявку.",
        at=NOON,
    )
    assert {message.channel for message in Message.objects.all()} == {"email", "telegram"}
    assert not Spill.objects.exists()
