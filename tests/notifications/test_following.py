"""Following things: nobody is written to unasked, nothing is lost, and big audiences cost pages."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import signing
from django.urls import reverse

from accounts.models import User
from notifications import fan_out, following, outbox, rendering
from notifications.models import (
    FanOut,
    Follow,
    InboxItem,
    Message,
    Subscription,
    WorkState,
)
from tests.conftest import NOON

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
TOPIC = "company:7"


def ask(email="anna@example.org", *, topic=TOPIC, address="203.0.113.9", at=NOON) -> None:
    following.ask(email=email, topic=topic, label="ООО «Уют»", address=address, at=at)


def token_in_letter(message: Message) -> str:
    text = rendering.render(message).text
    found = re.search(r"/notifications/follow/([^/\s]+)/", text)
    assert found
    return found[1]


def start(topic=TOPIC, **fields) -> None:
    fan_out.start(
        **{
            "topic": topic,
            "event": "disclosure.published",
            "template": "disclosure/mail/published",
            "context": {"company": "ООО «Уют»", "form": "2.3"},
            "dedupe_key": "published:1",
            "at": NOON,
            **fields,
        }
    )


def many(count: int, topic=TOPIC) -> None:
    Follow.objects.bulk_create(
        Follow(
            email=f"p{number}@example.org",
            topic=topic,
            label="ООО «Уют»",
            created_at=NOON,
            confirmed_at=NOON,
        )
        for number in range(count)
    )


def told() -> list[str]:
    return list(
        Message.objects.filter(event="disclosure.published")
        .order_by("pk")
        .values_list("recipient", flat=True)
    )


def test_nobody_is_told_before_they_confirm_and_a_scanner_confirms_nothing(client):
    ask()
    start()
    assert not FanOut.objects.exists()
    link = reverse("notifications:confirm_follow", args=[token_in_letter(Message.objects.get())])
    client.get(link)
    assert Follow.objects.get().confirmed_at is None
    page = client.post(link).content.decode()
    assert "Готово" in page
    assert Follow.objects.get().confirmed_at is not None
    start()
    fan_out.run(at=NOON)
    assert told() == ["anna@example.org"]


def test_asking_again_sends_the_letter_again_and_makes_no_second_row(db):
    ask()
    ask(at=NOON + timedelta(minutes=5))
    assert (Follow.objects.count(), Message.objects.count()) == (1, 1)
    ask(at=NOON + 2 * HOUR)
    assert (Follow.objects.count(), Message.objects.count()) == (1, 2)


@pytest.mark.parametrize("email", ["", "anna", "a@b", "anna@example.org\r\nBcc: x@example.org"])
def test_what_is_no_address_is_refused_and_nothing_is_written(db, email):
    with pytest.raises(following.CannotFollow):
        ask(email)
    assert not Follow.objects.exists()
    assert not Message.objects.exists()


def test_one_sender_cannot_have_a_street_written_to(db):
    for number in range(following.ASKS_AN_HOUR):
        ask(f"victim{number}@example.org")
    with pytest.raises(following.CannotFollow) as refused:
        ask("one-more@example.org")
    assert refused.value.code == "many"
    assert Follow.objects.count() == following.ASKS_AN_HOUR


def test_one_address_is_not_written_to_by_many_senders(db):
    for number in range(following.ASKS_AN_HOUR):
        ask(topic=f"house:{number}", address=f"203.0.113.{number}")
    with pytest.raises(following.CannotFollow):
        ask(topic="house:99", address="203.0.113.200")


def test_ten_thousand_subscriptions_of_one_address_end_at_two_hundred(resident):
    for number in range(following.MOST_OF_ADDRESS):
        following.follow(resident, topic=f"house:{number}", label="дом", at=NOON)
    # Each further one of ten thousand is refused alike: a look at two hundred rows.
    for number in range(following.MOST_OF_ADDRESS, 10_000, 490):
        with pytest.raises(following.CannotFollow) as refused:
            following.follow(resident, topic=f"house:{number}", label="дом", at=NOON)
        assert refused.value.code == "too_many"
    assert Follow.objects.count() == following.MOST_OF_ADDRESS
    # What is followed already stays so.
    following.follow(resident, topic="house:0", label="дом", at=NOON)


def test_an_account_follows_at_once_and_hears_by_its_own_ways(resident):
    following.follow(resident, topic=TOPIC, label="ООО «Уют»", at=NOON)
    start()
    fan_out.run(at=NOON)
    assert told() == [resident.email]
    assert InboxItem.objects.get().user == resident
    assert "Вы подписаны: ООО «Уют»" in InboxItem.objects.get().why_said


def test_confirming_starts_again_what_was_stopped(db):
    ask()
    row = Follow.objects.get()
    Subscription.objects.create(channel="email", address=row.email, topic=TOPIC, stopped_at=NOON)
    following.confirm(row, at=NOON)
    assert Subscription.objects.get().stopped_at is None


def test_unconfirmed_addresses_are_forgotten_after_a_week(db):
    ask()
    many(1, topic="house:1")
    assert following.sweep(at=NOON + timedelta(days=6)) == 0
    assert following.sweep(at=NOON + timedelta(days=8)) == 1
    assert Follow.objects.get().email == "p0@example.org"


def test_counts_are_one_query_and_of_the_confirmed_alone(django_assert_num_queries):
    many(3)
    ask("later@example.org")
    with django_assert_num_queries(1):
        assert following.counts([TOPIC, "house:1"]) == {TOPIC: 3}


def test_big_audience_is_told_page_by_page_each_once(monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(fan_out, "PAGE", 10)
    many(35)
    start()
    with django_assert_max_num_queries(9):
        assert fan_out.run(at=NOON, pages=1) == 1
    row = FanOut.objects.get()
    assert (row.done, row.total, row.state) == (10, 35, WorkState.RUNNING)
    assert fan_out.run(at=NOON) == 3
    row.refresh_from_db()
    assert (row.done, row.total, row.state) == (35, 35, WorkState.FINISHED)
    assert len(told()) == len(set(told())) == 35
    start()
    assert fan_out.run(at=NOON) == 0


def test_who_begins_to_follow_meanwhile_is_told_too(monkeypatch):
    monkeypatch.setattr(fan_out, "PAGE", 10)
    many(10)
    start()
    fan_out.run(at=NOON, pages=1)
    Follow.objects.create(
        email="late@example.org", topic=TOPIC, label="x", created_at=NOON, confirmed_at=NOON
    )
    fan_out.run(at=NOON)
    row = FanOut.objects.get()
    assert (row.done, row.total) == (11, 11)


def test_old_news_to_followers_is_pruned_but_never_unfinished(db):
    many(1)
    start()
    late = NOON + fan_out.KEPT_FOR + HOUR
    assert fan_out.prune(at=late) == 0
    fan_out.run(at=NOON)
    assert fan_out.prune(at=late) == 1


def test_a_stolen_unsubscribe_link_stops_its_topic_and_opens_nothing_else(client, resident):
    outbox.enqueue(
        event="request.start",
        template="account/mail/letter",
        to=resident.email,
        context={"subject": "x", "paragraphs": []},
        topic="request:26-000001",
        dedupe_key="one",
        why="Вы подали заявку.",
        at=NOON,
        user_id=resident.pk,
    )
    url = rendering.unsubscribe_url(Message.objects.get())
    token = url.rstrip("/").rsplit("/", 1)[1]
    ask("victim@example.org")
    row = Follow.objects.get()
    # Neither does it confirm, nor sign anybody in, nor stop another topic or address.
    assert client.post(reverse("notifications:confirm_follow", args=[token])).status_code == 404
    assert following.asked_by(token) is None
    assert rendering.read_unsubscribe(following.token_of(row.pk)) is None
    client.post(reverse("notifications:unsubscribe", args=[token]))
    assert "_auth_user_id" not in client.session
    stopped = Subscription.objects.get()
    assert (stopped.address, stopped.topic) == (resident.email, "request:26-000001")
    row.refresh_from_db()
    assert row.confirmed_at is None
    page = client.get(reverse("notifications:unsubscribe", args=[token])).content.decode()
    assert resident.email not in page
    assert client.get("/accounts/inbox/").status_code == 302


@pytest.mark.parametrize("salt", ["outages", "notifications.unsubscribe", "other"])
def test_a_forged_or_foreign_token_confirms_nothing(client, salt):
    ask()
    row = Follow.objects.get()
    for token in (
        signing.dumps(["email", row.email, row.topic], salt=salt),
        signing.dumps(row.pk, salt=salt, key="another secret"),
        following.token_of(row.pk)[:-2] + "zz",
    ):
        assert client.post(f"/notifications/follow/{token}/").status_code == 404
    row.refresh_from_db()
    assert row.confirmed_at is None


def test_pages_of_what_one_follows_show_ones_own_alone(client, resident, neighbour):
    mine = following.follow(resident, topic=TOPIC, label="ООО «Уют»", at=NOON)
    client.force_login(neighbour)
    assert "ООО «Уют»" not in client.get("/accounts/follows/").content.decode()
    assert client.post(reverse("inbox:stop_following", args=[mine.pk])).status_code == 404
    client.force_login(resident)
    assert "ООО «Уют»" in client.get("/accounts/follows/").content.decode()
    client.post(reverse("inbox:stop_following", args=[mine.pk]))
    assert not Follow.objects.exists()


def test_erased_account_leaves_no_follower(resident):
    following.follow(resident, topic=TOPIC, label="x", at=NOON)
    User.objects.filter(pk=resident.pk).delete()
    assert not Follow.objects.exists()
