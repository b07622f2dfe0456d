"""Letters that leave late: the desk sees it, administrators are told once an episode."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import now

from notifications import lateness, rendering
from notifications.models import InboxItem, LateEpisode, Message, State
from tests.conftest import NOON

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def told():
    return Message.objects.filter(event="outbox.late")


@pytest.mark.parametrize(("age", "is_late"), [(59, False), (60, False), (61, True), (3_600, True)])
def test_over_a_minute_is_late(make_message, admin_user, age, is_late):
    make_message()
    assert lateness.watch(at=NOON + timedelta(seconds=age)) is is_late
    assert LateEpisode.objects.exists() is is_late


def test_administrators_alone_are_told_and_once_an_episode(
    make_message, admin_user, chief, operator
):
    waits = make_message()
    for minute in range(2, 40):
        lateness.watch(at=NOON + minute * MINUTE)
    assert [one.recipient for one in told()] == [admin_user.email]
    assert InboxItem.objects.get(user=admin_user).event == "outbox.late"
    letter = rendering.render(told().get())
    assert "2 минуты" in letter.text
    assert "/admin/notifications/message/channels/" in letter.text
    Message.objects.exclude(pk=waits.pk).update(state=State.SENT)
    waits.state = State.SENT
    waits.save()
    lateness.watch(at=NOON + 40 * MINUTE)
    assert LateEpisode.objects.get().ended_at == NOON + 40 * MINUTE
    # Back within half an hour: the same episode, no second letter.
    make_message(at=NOON + 45 * MINUTE)
    lateness.watch(at=NOON + 50 * MINUTE)
    assert LateEpisode.objects.get().ended_at is None
    assert told().count() == 1


def test_a_later_episode_is_told_anew(make_message, admin_user):
    LateEpisode.objects.create(
        began_at=NOON - timedelta(hours=2), seen_at=NOON, ended_at=NOON - timedelta(hours=1)
    )
    make_message()
    assert lateness.watch(at=NOON + 2 * MINUTE)
    assert told().count() == 1


def test_a_channel_that_puts_its_messages_off_does_not_hide_them(make_message, admin_user):
    message = make_message()
    message.put_off_from, message.not_before = NOON, NOON + timedelta(hours=1)
    message.save()
    assert lateness.worst(at=NOON + 5 * MINUTE) == 5 * MINUTE


def test_what_waits_for_its_time_is_not_late(make_message):
    make_message(not_before=NOON + timedelta(days=1))
    assert not lateness.worst(at=NOON + timedelta(hours=1))


def test_every_page_of_the_desk_says_it_and_no_page_of_residents(
    make_message, client, operator, chief, resident
):
    client.force_login(operator)
    assert "late-letters" not in client.get("/admin/").content.decode()
    make_message(at=now() - timedelta(minutes=5))
    page = client.get("/admin/").content.decode()
    assert "late-letters" in page
    assert "5 минут" in page
    assert "message/channels/" not in page
    client.force_login(chief)
    assert "message/channels/" in client.get("/admin/").content.decode()
    client.force_login(resident)
    assert "late-letters" not in client.get("/requests/mine/").content.decode()


def test_readiness_reports_lateness_and_stays_ready(make_message, client):
    make_message(at=now() - timedelta(minutes=5))
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["letters"] == "late"
    assert 290 < answer.json()["oldest_due_seconds"] < 400
