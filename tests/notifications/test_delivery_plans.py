"""What is asked of a large table of messages is answered by its indexes, not by reading it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from notifications import delivery, overview
from notifications.models import Priority
from tests.conftest import NOON

pytestmark = pytest.mark.django_db
ROWS = 20_000
DAYS = 400


@pytest.fixture
def year() -> None:
    """Write messages of more than a year, one in a hundred still waiting."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO notifications_message (
                event, channel, template, recipient, context, sensitive, topic, why, dedupe_key,
                priority, state, created_at, not_before, attempts, sent_at, last_error, doubts,
                fold, point
            )
            SELECT 'test', 'email', 'x', 'p' || n || '@example.org', '{}', false,
                'request:' || n, '', 'plan:' || n, (ARRAY[0, 5, 9])[1 + n %% 3],
                CASE WHEN n %% 100 = 0 THEN 'queued' ELSE 'sent' END, at, at, 1,
                CASE WHEN n %% 100 = 0 THEN NULL ELSE at END, '', 0, '', ''
            FROM (
                SELECT n, %s::timestamptz - (%s - n) * (interval '1 day' * %s / %s) AS at
                FROM generate_series(1, %s) n
            ) AS rows
            """,
            [NOON, ROWS, DAYS, ROWS, ROWS],
        )
        cursor.execute("ANALYZE notifications_message")


def plan_of(ask) -> str:
    """Return the plans of all statements that `ask` runs; nothing it does stays."""
    with CaptureQueriesContext(connection) as asked, transaction.atomic():
        ask()
        transaction.set_rollback(True)
    plans = []
    with connection.cursor() as cursor:
        for query in asked.captured_queries:
            if query["sql"].lstrip().startswith(("SELECT", "UPDATE", "WITH")):
                cursor.execute(f"EXPLAIN {query['sql']}")
                plans += [line for (line,) in cursor.fetchall()]
    return "\n".join(plans)


def test_a_batch_is_never_larger_than_asked_for_however_it_is_planned(year):
    """As in a small table without statistics: a nested loop asked for another row for each."""
    with connection.cursor() as cursor:
        for way in ("hashjoin", "mergejoin", "hashagg", "material", "sort"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
    assert len(delivery.take(size=3, at=NOON, priority=Priority.NORMAL).ids) == 3


def test_the_relay_finds_what_is_due_by_its_index(year):
    plan = plan_of(lambda: delivery.take(size=50, at=NOON, priority=Priority.NORMAL))
    assert "message_due" in plan
    assert "Seq Scan on notifications_message" not in plan


def test_lateness_reads_no_table(year):
    plan = plan_of(lambda: (overview.lag(at=NOON), overview.put_off(at=NOON)))
    assert "Seq Scan on notifications_message" not in plan


def test_pruning_looks_at_the_oldest_pages_alone(year):
    long_ago = NOON - timedelta(days=DAYS + 100)
    plan = plan_of(lambda: delivery.prune(before=long_ago, dead_before=long_ago))
    assert "message_by_age" in plan
    assert "Seq Scan on notifications_message" not in plan


def test_pruning_takes_what_is_old_and_leaves_what_waits(year):
    before = NOON - timedelta(days=180)
    while delivery.prune(before=before, dead_before=before):
        pass
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE state = 'sent' AND created_at < %s),"
            " count(*) FILTER (WHERE state = 'queued') FROM notifications_message",
            [before],
        )
        assert cursor.fetchone() == (0, ROWS // 100)
