"""Measures the relay: letters handed over a second, and from commit to hand-over."""

from __future__ import annotations

import json
import logging
import os
import statistics
import sys
import threading
import time
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contact_center.settings")

import django

django.setup()

import psycopg2  # noqa: E402
import redis  # noqa: E402
from django.conf import settings  # noqa: E402
from django.utils.timezone import now  # noqa: E402

from bench.rows import Row  # noqa: E402
from notifications import outbox  # noqa: E402
from notifications.models import Message, State  # noqa: E402
from notifications.relay import BATCH, Relay  # noqa: E402

_BARE = """
UPDATE notifications_message SET state = 'leased' WHERE id = ANY (ARRAY (
    SELECT id FROM notifications_message
    WHERE state = 'queued' AND priority = 5 AND not_before <= now()
    ORDER BY not_before, id LIMIT %s FOR UPDATE SKIP LOCKED
)) RETURNING id
"""
_FILL = """
INSERT INTO notifications_message (event, channel, template, recipient, context, sensitive, topic,
    why, dedupe_key, priority, state, created_at, not_before, attempts, last_error)
SELECT 'bench', 'email', 'requests_app/mail/filed', 'bench@post.example', '{}', false, 'bench',
    '', 'bench:' || %s || ':' || n, 5, 'queued', now(), now(), 0, ''
FROM generate_series(1, %s) n
"""


def main(count: int, out: Path) -> None:
    """Measure and write the rows."""
    logging.disable(logging.INFO)
    raw = psycopg2.connect(os.environ["DATABASE_URL"])
    raw.autocommit = True
    broker = redis.Redis.from_url(settings.REDIS_URL)
    relay_rate, bare_rate = [], []
    # The first hand-over of a process opens its connections.
    _relayed(raw, broker, BATCH, -1)
    for turn in range(3):
        relay_rate.append(count / _relayed(raw, broker, count, turn))
        bare_rate.append(count / _bare(raw, count, turn))
    waits = _latencies(broker)
    _clear(raw, broker)
    rows = [
        Row(
            "Relay, letters a second", statistics.median(relay_rate),
            statistics.median(bare_rate), 0.5, unit="/s", floor_is="SKIP LOCKED + UPDATE",
            more_is_better=True,
        ),
        Row("From commit to hand-over", statistics.median(waits), None, 100, floor_is=""),
    ]  # fmt: skip
    for row in rows:
        print(f"    {row.name:<36} {row.value:8.1f} {row.unit}  ratio {row.ratio:.2f}", flush=True)
    out.write_text(json.dumps([row.as_json() for row in rows]))


def _fill(raw: psycopg2.extensions.connection, count: int, mark: str) -> None:
    with raw.cursor() as cursor:
        cursor.execute(_FILL, [f"{os.getpid()}:{mark}", count])


def _clear(raw: psycopg2.extensions.connection, broker: redis.Redis) -> None:
    with raw.cursor() as cursor:
        cursor.execute("DELETE FROM notifications_message WHERE topic = 'bench'")
    broker.flushdb()


def _relayed(
    raw: psycopg2.extensions.connection, broker: redis.Redis, count: int, turn: int
) -> float:
    """Return the seconds a relay needs for all of them; a worker's part is done by emptying."""
    _clear(raw, broker)
    _fill(raw, count, f"relay{turn}")
    relay, left = Relay(), count
    began = time.perf_counter()
    while left > 0:
        handed = relay.hand_over()
        # Workers that keep up: a relay whose queue is full waits, as it should.
        broker.flushdb()
        left -= handed
    return time.perf_counter() - began


def _bare(raw: psycopg2.extensions.connection, count: int, turn: int) -> float:
    with raw.cursor() as cursor:
        cursor.execute("DELETE FROM notifications_message WHERE topic = 'bench'")
    _fill(raw, count, f"bare{turn}")
    began, left = time.perf_counter(), count
    with raw.cursor() as cursor:
        while left > 0:
            cursor.execute(_BARE, [BATCH])
            left -= len(cursor.fetchall())
    return time.perf_counter() - began


def _latencies(broker: redis.Redis, rounds: int = 40) -> list[float]:
    """Return milliseconds from the commit of a letter until its task lies in Redis."""
    broker.flushdb()
    relay = Relay()
    thread = threading.Thread(target=relay.run, daemon=True)
    thread.start()
    time.sleep(1.5)
    waits = []
    for turn in range(rounds):
        outbox.enqueue(
            event="bench", template="requests_app/mail/filed", to="bench@post.example",
            context={}, topic="bench", dedupe_key=f"bench:{os.getpid()}:wait{turn}", at=now(),
            why="",
        )  # fmt: skip
        began = time.perf_counter()
        while not _has_task(broker):
            if time.perf_counter() - began > 5:
                raise SystemExit("the relay hands nothing over")
            time.sleep(0.0005)
        waits.append((time.perf_counter() - began) * 1000)
        broker.flushdb()
        time.sleep(0.03)
    relay.stop()
    thread.join(5)
    Message.objects.filter(topic="bench", state=State.LEASED).delete()
    return waits


def _has_task(broker: redis.Redis) -> bool:
    return any(
        broker.type(key) == b"list" and broker.llen(key) for key in broker.scan_iter("mail*")
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
