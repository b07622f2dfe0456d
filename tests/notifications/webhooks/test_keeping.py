"""Failing for days, switching off and on, sending again, forgetting; and what one may ask for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings as city_settings

from notifications import tasks
from notifications.models import Message, State, WebhookAttempt, WebhookOff, WebhookSubscription
from notifications.webhooks import health, subscribing
from tests.conftest import NOON
from tests.notifications.webhooks.conftest import carry

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def held(subscribe, resident) -> WebhookSubscription:
    made, _secret = subscribe(resident)
    return made


def letters() -> int:
    return Message.objects.filter(event="webhook.switched_off").count()


def test_three_days_of_failures_switch_it_off_with_one_letter(held):
    for hours in range(0, 72, 6):
        health.failed(held, at=NOON + timedelta(hours=hours))
    held.refresh_from_db()
    assert (held.is_on, held.failures, letters()) == (True, 12, 0)
    for hours in (72, 73, 74):
        health.failed(held, at=NOON + timedelta(hours=hours))
    held.refresh_from_db()
    assert (held.off, held.off_at) == (WebhookOff.FAILING, NOON + 3 * DAY)
    assert letters() == 1


def test_rarely_called_receiver_is_not_switched_off_by_two_failures(held):
    health.failed(held, at=NOON)
    health.failed(held, at=NOON + 10 * DAY)
    held.refresh_from_db()
    assert held.is_on


def test_one_success_begins_the_count_anew(held):
    for hours in range(0, 72, 6):
        health.failed(held, at=NOON + timedelta(hours=hours))
    health.worked(held, at=NOON + 71 * HOUR)
    health.failed(held, at=NOON + 80 * HOUR)
    held.refresh_from_db()
    assert (held.is_on, held.failures, held.failing_since) == (True, 1, NOON + 80 * HOUR)


def test_letter_says_why_and_leads_to_the_page(held, resident, channel):
    WebhookSubscription.objects.filter(pk=held.pk).update(failures=41)
    held.refresh_from_db()
    health.switch_off(held, WebhookOff.FAILING, at=NOON)
    from notifications.rendering import render

    letter = render(Message.objects.get(event="webhook.switched_off"))
    assert held.name in letter.subject
    assert "41" in letter.text
    assert f"/accounts/webhooks/{held.pk}/" in letter.text
    assert f"/accounts/webhooks/{held.pk}/" in letter.html


def test_switched_off_one_gets_nothing_new_and_keeps_what_waited_for_replay(
    held, place, operator, subscribe
):
    subscribing.send_test(held, at=NOON)
    message = Message.objects.get()
    message.context["type"] = "incident.opened"
    message.save(update_fields=["context"])
    health.switch_off(held, WebhookOff.OWNER, at=NOON)
    assert letters() == 0
    (message,) = carry()
    assert message.state == State.DEAD
    assert place.calls == []
    health.switch_on(held)
    assert subscribing.replay_failed(held, since=NOON - HOUR, at=NOON) == 1


def test_test_call_leaves_although_it_is_switched_off(held, place):
    health.switch_off(held, WebhookOff.OWNER, at=NOON)
    held.refresh_from_db()
    subscribing.send_test(held, at=NOON)
    (message,) = carry()
    assert message.state == State.SENT
    assert len(place.calls) == 1


def test_delivery_is_sent_again_with_its_old_id(held, place):
    subscribing.send_test(held, at=NOON)
    (message,) = carry()
    assert subscribing.replay(held, message.pk, at=NOON + HOUR)
    assert not subscribing.replay(held, message.pk, at=NOON + HOUR), "it is on its way"
    carry(at=NOON + HOUR)
    first, second = place.calls
    assert first.body == second.body
    assert WebhookAttempt.objects.filter(message=message).count() == 2


def test_delivery_of_another_is_not_sent_again(held, subscribe, neighbour, place):
    other, _secret = subscribe(neighbour)
    subscribing.send_test(held, at=NOON)
    (message,) = carry()
    assert not subscribing.replay(other, message.pk, at=NOON)


def test_all_that_failed_since_a_moment_is_sent_again(held, place):
    place.reply = lambda call: (410, b"")
    for hours in (0, 2, 4):
        subscribing.send_test(held, at=NOON + hours * HOUR)
        carry(at=NOON + hours * HOUR)
    place.reply = lambda call: (200, b"")
    assert subscribing.replay_failed(held, since=NOON + HOUR, at=NOON + 5 * HOUR) == 2
    carry(at=NOON + 5 * HOUR)
    hooks = Message.objects.filter(channel="webhook")
    assert hooks.filter(state=State.SENT).count() == 2
    assert hooks.filter(state=State.DEAD).count() == 1


def test_log_goes_after_its_time_and_what_waits_stays(held, place, monkeypatch):
    subscribing.send_test(held, at=NOON)
    carry()
    place.reply = lambda call: (500, b"")
    subscribing.send_test(held, at=NOON)
    carry()
    monkeypatch.setattr(tasks, "now", lambda: NOON + health.KEPT_FOR + HOUR)
    tasks.prune()
    (left,) = Message.objects.filter(channel="webhook")
    assert left.state == State.QUEUED
    assert WebhookAttempt.objects.count() == 1


def test_deleted_one_takes_its_log_gate_and_secrets_along(held, place):
    place.reply = lambda call: (500, b"")
    subscribing.send_test(held, at=NOON)
    carry()
    subscribing.remove(held)
    assert not Message.objects.filter(channel="webhook").exists()
    assert not WebhookAttempt.objects.exists()
    assert not WebhookSubscription.objects.exists()


def test_test_calls_are_limited(held):
    for _number in range(subscribing.TESTS_AN_HOUR):
        subscribing.send_test(held, at=NOON)
    with pytest.raises(subscribing.Refused) as refused:
        subscribing.send_test(held, at=NOON)
    assert (refused.value.code, refused.value.wait > 0) == ("too_many_tests", True)


def test_twenty_are_the_most_of_an_account(subscribe, resident, neighbour):
    for number in range(subscribing.MOST_OF_ACCOUNT):
        subscribe(resident, name=f"№ {number}")
    with pytest.raises(subscribing.Refused) as refused:
        subscribe(resident)
    assert refused.value.code == "too_many"
    subscribe(neighbour)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "a\x00b"),
        ("name", "x" * 101),
        ("events", []),
        ("events", ["ping"]),
        ("events", ["request.filed", "nothing"]),
        ("categories", ["no-such-matter"]),
        ("districts", ["Мордор"]),
        ("statuses", ["happy"]),
        ("inns", ["12345"]),
        ("inns", ["7701000000' OR 1=1"]),
        ("buildings", [-1]),
        ("buildings", [2**63]),
        ("buildings", list(range(1, 60))),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_field(subscribe, resident, categories, field, value):
    with pytest.raises(subscribing.Refused) as refused:
        subscribe(resident, **{field: value})
    assert set(refused.value.errors) == {field}
    assert not WebhookSubscription.objects.exists()


def test_filters_of_every_kind_are_stored(subscribe, resident, categories):
    held, _secret = subscribe(
        resident,
        categories=[next(iter(categories))],
        districts=[city_settings.CITY.districts[0]],
        inns=["7301000016"],
        buildings=[1, 1, 2],
        statuses=["done"],
    )
    held.refresh_from_db()
    assert (held.buildings, held.statuses) == ([1, 2], ["done"])


def test_another_address_begins_with_a_clean_record(held, place):
    health.failed(held, at=NOON)
    changed = subscribing.change(
        held,
        subscribing.Wanted(name="Иначе", url=f"{place.url}/other", events=["incident.opened"]),
    )
    assert (changed.failures, changed.failing_since) == (0, None)
    assert changed.events == ["incident.opened"]
