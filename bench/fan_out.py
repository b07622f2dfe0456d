"""Measures news to 100,000 followers of one street, beside the same statements bare."""

from __future__ import annotations

import json
import logging
import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contact_center.settings")

import django

django.setup()

import psycopg2  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils.timezone import now  # noqa: E402

from bench import recording  # noqa: E402
from bench.measuring import in_turns  # noqa: E402
from bench.rows import Row  # noqa: E402
from notifications import fan_out  # noqa: E402
from notifications.models import Follow, Message  # noqa: E402

FOLLOWERS = 100_000
TARGET = 3.0
_TOPIC = "street:0"
_FILL = """
INSERT INTO notifications_follow (email, topic, label, created_at, confirmed_at)
SELECT 'bench' || n || '@post.example', %s, 'ул. Садовая', now(), now()
FROM generate_series(1, %s) AS n
"""


def main(rounds: int, out: Path) -> None:
    """Measure and write the row."""
    logging.disable(logging.INFO)
    with connection.cursor() as cursor:
        cursor.execute(_FILL, [_TOPIC, FOLLOWERS])
    try:
        with psycopg2.connect(os.environ["DATABASE_URL"]) as raw:
            row = _row(raw, rounds)
    finally:
        Follow.objects.filter(topic=_TOPIC)._raw_delete(using="default")
    print(f"    {row.name:<36} {row.value:8.1f} ms  {row.ratio:5.2f} × of {row.floor:8.1f} ms")
    out.write_text(json.dumps([row.as_json()]))


def _row(raw: psycopg2.extensions.connection, rounds: int) -> Row:
    at = now()

    def tell() -> None:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = 0")
            fan_out.start(
                topic=_TOPIC,
                event="outage.news",
                template="requests_app/mail/filed",
                context={},
                dedupe_key="bench:fan-out",
                at=at,
            )
            fan_out.run(at=at)
            written = Message.objects.filter(topic=_TOPIC).count()
            if written != FOLLOWERS:
                raise SystemExit(f"{written} letters written of {FOLLOWERS}")
            transaction.set_rollback(True)

    script = recording.record("fan_out", tell)

    def bare() -> None:
        with raw.cursor() as cursor:
            recording.play(script, cursor, {})
        raw.rollback()

    times = in_turns(
        [("told", lambda _turn: tell()), ("bare", lambda _turn: bare())],
        rounds=rounds,
        seconds=120,
        warm_up=1,
    )
    return Row(
        f"News to {FOLLOWERS:,} followers",
        times["told"],
        times["bare"],
        TARGET,
        floor_is="raw SQL",
        queries=len(script.statements),
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
