"""Which ways a letter leaves and when, by its reader's wishes."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.models import User
from notifications import destinations, outbox, preferences, routing
from notifications.events import ORDINARY, REQUEST_STEPS
from notifications.letters import Letter
from notifications.models import (
    ChannelCode,
    Fold,
    InboxItem,
    Message,
    Pace,
    Preference,
    Priority,
    State,
    StopReason,
)
from notifications.routing import Wishes
from tests.conftest import NOON

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Europe/Ulyanovsk")


def letter(**fields) -> Letter:
    return Letter(
        **{
            "event": "request.start",
            "template": "account/mail/letter",
            "to": "anna@example.org",
            "context": {"subject": "Работа начата", "paragraphs": []},
            "topic": "request:26-000001",
            "dedupe_key": "request:1:resident",
            "why": "Вы подали заявку.",
            **fields,
        }
    )


def wish(user, **fields) -> None:
    Preference.objects.create(user=user, changed_at=NOON, **fields)


def written() -> list[tuple[str, str]]:
    return list(Message.objects.order_by("pk").values_list("channel", "recipient"))


def local(hour: int, minute: int = 0, day: int = 10) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


def test_letter_to_nobodys_account_leaves_by_mail_alone_and_asks_nothing(
    django_assert_num_queries,
):
    with django_assert_num_queries(1):
        outbox.enqueue_many([letter()], at=NOON)
    assert written() == [("email", "anna@example.org")]
    assert not InboxItem.objects.exists()


def test_account_holder_gets_mail_and_the_inbox_until_they_choose(resident):
    outbox.enqueue_many([letter(user_id=resident.pk)], at=NOON)
    assert written() == [("email", "anna@example.org")]
    item = InboxItem.objects.get()
    assert (item.user, item.topic, item.read_at) == (resident, "request:26-000001", None)


def test_the_same_news_twice_is_one_row_on_each_way(resident):
    for _again in range(2):
        outbox.enqueue_many([letter(user_id=resident.pk)], at=NOON)
    assert Message.objects.count() == InboxItem.objects.count() == 1


def test_chosen_ways_are_taken_and_no_other(resident):
    destinations.confirm(resident, channel=ChannelCode.SMS, address="+79270000001", at=NOON)
    destinations.confirm(resident, channel=ChannelCode.TELEGRAM, address="42", at=NOON)
    wish(resident, choices={REQUEST_STEPS.code: ["sms"]})
    outbox.enqueue_many([letter(user_id=resident.pk)], at=NOON)
    assert written() == [("sms", "+79270000001")]
    assert not InboxItem.objects.exists()


def test_sms_costs_money_so_nobody_gets_one_unasked(resident):
    destinations.confirm(resident, channel=ChannelCode.SMS, address="+79270000001", at=NOON)
    outbox.enqueue_many([letter(user_id=resident.pk)], at=NOON)
    assert written() == [("email", "anna@example.org")]
    assert ChannelCode.SMS not in ORDINARY


def test_each_device_gets_the_news_once_under_a_key_of_its_own(resident):
    for device in ("one", "two"):
        address = f"https://push.example.org/{device}/{'x' * 300}"
        destinations.confirm(resident, channel=ChannelCode.WEB_PUSH, address=address, at=NOON)
    for _again in range(2):
        outbox.enqueue_many([letter(user_id=resident.pk, dedupe_key="k" * 150)], at=NOON)
    keys = Message.objects.values_list("dedupe_key", flat=True)
    assert len(written()) == 3
    assert max(map(len, keys)) <= 160


def test_stopped_destination_gets_nothing(resident):
    held = destinations.confirm(resident, channel=ChannelCode.TELEGRAM, address="42", at=NOON)
    destinations.stop(channel=held.channel, address="42", reason=StopReason.BLOCKED, at=NOON)
    outbox.enqueue_many([letter(user_id=resident.pk)], at=NOON)
    assert written() == [("email", "anna@example.org")]


def test_a_secret_keeps_its_one_way_whatever_was_chosen(resident):
    destinations.confirm(resident, channel=ChannelCode.TELEGRAM, address="42", at=NOON)
    wish(resident, choices={REQUEST_STEPS.code: []}, pace=Pace.DAILY)
    secret = letter(user_id=resident.pk, sensitive=True, event="account.email.login_code")
    outbox.enqueue_many([secret], at=NOON)
    message = Message.objects.get()
    assert (message.channel, message.not_before) == ("email", NOON)
    assert not InboxItem.objects.exists()


def test_many_readers_cost_as_many_queries_as_one(db, django_assert_num_queries):
    people = [User.objects.create_user(f"p{number}@example.org") for number in range(30)]
    letters = [letter(user_id=one.pk, to=one.email, dedupe_key=f"key:{one.pk}") for one in people]
    with django_assert_num_queries(3):
        outbox.enqueue_many(letters[:1], at=NOON)
    with django_assert_num_queries(3):
        outbox.enqueue_many(letters[1:], at=NOON)
    assert Message.objects.count() == InboxItem.objects.count() == 30


NIGHT = Wishes(quiet_from=time(22), quiet_until=time(7))


@pytest.mark.parametrize(
    ("wishes", "at", "leaves_at"),
    [
        (NIGHT, local(21, 59), local(21, 59)),
        (NIGHT, local(22), local(7, day=11)),
        (NIGHT, local(23, 30), local(7, day=11)),
        (NIGHT, local(6, 59), local(7)),
        (NIGHT, local(7), local(7)),
        (Wishes(quiet_from=time(13), quiet_until=time(15)), local(14), local(15)),
        (Wishes(quiet_from=time(13), quiet_until=time(15)), local(12), local(12)),
        (Wishes(is_daily=True), local(8), local(9)),
        (Wishes(is_daily=True), local(9), local(9, day=11)),
        # The day's letter would come in quiet hours: it comes after them.
        (
            Wishes(is_daily=True, quiet_from=time(8), quiet_until=time(10)),
            local(3),
            local(10),
        ),
        (Wishes(), local(3), local(3)),
    ],
)
def test_moment_a_letter_leaves(wishes, at, leaves_at):
    found = routing.leaves(letter(), wishes, channel="email", at=at, zone=ZONE)
    assert found == (leaves_at, Fold.MAY if leaves_at == at else Fold.WAITS)


@pytest.mark.parametrize(
    "urgent",
    [{"priority": Priority.EMERGENCY}, {"is_urgent": True}, {"sensitive": True}],
)
def test_an_emergency_waits_for_no_morning(urgent):
    wishes = Wishes(is_daily=True, quiet_from=time(22), quiet_until=time(7))
    found = routing.leaves(letter(**urgent), wishes, channel="sms", at=local(23), zone=ZONE)
    assert found == (local(23), Fold.ALONE)


def test_what_would_be_out_of_date_by_morning_leaves_at_night():
    reminder = letter(expires_at=local(6, day=11))
    found = routing.leaves(reminder, NIGHT, channel="email", at=local(23), zone=ZONE)
    assert found == (local(23), Fold.ALONE)


def test_a_reminder_keeps_its_own_hour_on_a_daily_pace():
    later = local(15, day=12)
    found = routing.leaves(
        letter(not_before=later), Wishes(is_daily=True), channel="email", at=local(3), zone=ZONE
    )
    assert found[0] == later


def test_webhook_of_a_program_never_sleeps():
    found = routing.leaves(letter(), NIGHT, channel="webhook", at=local(23), zone=ZONE)
    assert found == (local(23), Fold.ALONE)


def test_quiet_hours_that_the_clocks_change_in_end_by_the_wall():
    berlin = ZoneInfo("Europe/Berlin")
    at = datetime(2026, 3, 28, 23, 0, tzinfo=berlin)
    end = routing.after_quiet(at, time(22), time(7), zone=berlin)
    assert end == datetime(2026, 3, 29, 7, 0, tzinfo=berlin)
    assert end - at.astimezone(UTC) == timedelta(hours=7)


def test_saved_choice_keeps_the_ticks_of_a_channel_that_is_not_there_now(resident):
    wish(resident, choices={REQUEST_STEPS.code: ["email", "sms"]})
    chosen = preferences.chosen_by(resident)
    now_offered = [ChannelCode.EMAIL, ChannelCode.INBOX]
    preferences.save(
        resident,
        preferences.Chosen(
            choices={REQUEST_STEPS.code: ["inbox"]},
            pace=chosen.pace,
            quiet_from=None,
            quiet_until=None,
            language="en",
        ),
        offered=now_offered,
        at=NOON,
    )
    assert Preference.objects.get().choices[REQUEST_STEPS.code] == ["inbox", "sms"]
    resident.refresh_from_db()
    assert resident.language == "en"


def test_letters_taken_back_are_gone_from_every_way_unless_one_was_seen(resident):
    destinations.confirm(resident, channel=ChannelCode.TELEGRAM, address="42", at=NOON)
    outbox.enqueue_many([letter(user_id=resident.pk)], at=NOON)
    InboxItem.objects.update(read_at=NOON)
    with pytest.raises(outbox.HasLeft):
        outbox.take_back(["request:1:resident"])
    assert (Message.objects.count(), InboxItem.objects.count()) == (2, 1)
    InboxItem.objects.update(read_at=None)
    Message.objects.filter(channel="telegram").update(state=State.SENT)
    with pytest.raises(outbox.HasLeft):
        outbox.take_back(["request:1:resident"])
    Message.objects.update(state=State.QUEUED)
    outbox.enqueue_many([letter(dedupe_key="request:11:resident")], at=NOON)
    outbox.take_back(["request:1:resident"])
    assert list(Message.objects.values_list("dedupe_key", flat=True)) == ["request:11:resident"]
    assert not InboxItem.objects.exists()


def test_forgotten_matter_leaves_no_row_on_any_way(resident):
    outbox.enqueue_many([letter(user_id=resident.pk)], at=NOON)
    assert outbox.forget(["request:26-000001"]) == 1
    assert not Message.objects.exists()
    assert not InboxItem.objects.exists()
