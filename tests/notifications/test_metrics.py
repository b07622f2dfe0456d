"""Prometheus is told how the outbox does, cheaply, and also when the database is gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils.timezone import now

from notifications import overview
from notifications.models import Message, Priority, RelayBeat, State
from tests.conftest import NOON

pytestmark = pytest.mark.django_db


def lines(client) -> dict[str, float]:
    response = client.get("/metrics")
    assert response.status_code == 200
    return {
        name: float(value)
        for name, _, value in (
            line.rpartition(" ") for line in response.content.decode().splitlines()
        )
        if name.startswith("contact_center_outbox")
    }


def test_states_lag_and_relays_are_told(client, make_message):
    at = now()
    make_message(at=at - timedelta(seconds=100))
    dead, sent = make_message(at=at), make_message(at=at)
    Message.objects.filter(pk=dead.pk).update(state=State.DEAD)
    Message.objects.filter(pk=sent.pk).update(state=State.SENT, sent_at=at)
    RelayBeat.objects.create(name="a:1", seen_at=at)
    RelayBeat.objects.create(name="b:2", seen_at=at - timedelta(hours=1))
    told = lines(client)
    assert told["contact_center_outbox_up"] == 1
    assert told['contact_center_outbox_messages{state="queued"}'] == 1
    assert told['contact_center_outbox_messages{state="dead"}'] == 1
    assert told["contact_center_outbox_sent_last_5m"] == 1
    assert told["contact_center_outbox_relays_alive"] == 1
    assert 100 <= told["contact_center_outbox_oldest_due_seconds"] < 130


def test_page_stays_when_the_database_goes(client, monkeypatch):
    def gone(**_) -> None:
        raise OperationalError

    monkeypatch.setattr(overview, "counts", gone)
    assert lines(client) == {"contact_center_outbox_up": 0}


def test_scrape_asks_few_questions(client, make_message, django_assert_max_num_queries):
    for priority in Priority:
        make_message(priority=priority)
    # Two of them ask by channel: what waits, and which are out of order.
    with django_assert_max_num_queries(8):
        lines(client)


def test_lag_counts_what_is_due_and_what_is_in_work_only(make_message):
    make_message(not_before=NOON + timedelta(hours=1))
    assert overview.lag(at=NOON) == timedelta(0)
    late = make_message(not_before=NOON - timedelta(minutes=2), priority=Priority.BULK)
    assert overview.lag(at=NOON) == timedelta(minutes=2)
    Message.objects.filter(pk=late.pk).update(state=State.LEASED)
    assert overview.lag(at=NOON) == timedelta(minutes=2)
    Message.objects.filter(pk=late.pk).update(state=State.SENT)
    assert overview.lag(at=NOON) == timedelta(0)
