"""Measures a batch of 1,000 states beside its statements bare, and the archive beside COPY."""

from __future__ import annotations

import io
import json
import logging
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contact_center.settings")

import django

django.setup()

import psycopg2  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.utils.timezone import localdate, now  # noqa: E402

from accounts.actors import actor_of  # noqa: E402
from accounts.models import CompanyRepresentative, User  # noqa: E402
from bench import recording  # noqa: E402
from bench.measuring import in_turns  # noqa: E402
from bench.rows import Row  # noqa: E402
from disclosure.open_data.everything import making  # noqa: E402
from disclosure.open_data.tables import Select, tables  # noqa: E402
from requests_app.exchange import running, sending  # noqa: E402
from requests_app.exchange.sending import Sent  # noqa: E402
from requests_app.models import ExchangeKind, Request  # noqa: E402
from requests_app.statuses import Status  # noqa: E402

ROWS = 1_000
BATCH_TARGET, ARCHIVE_TARGET = 3.0, 2.0
_MADE_NEW = """
UPDATE requests_app_request SET status = 'new', outcome = '', closed_at = NULL WHERE id = ANY(%s)
"""
_AS_BEFORE = """
UPDATE requests_app_request AS item
SET status = kept.status, outcome = kept.outcome, closed_at = kept.closed_at
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::timestamptz[])
    AS kept (id, status, outcome, closed_at)
WHERE item.id = kept.id
"""


def main(rounds: int, out: Path) -> None:
    """Measure and write the rows."""
    logging.disable(logging.INFO)
    with psycopg2.connect(os.environ["DATABASE_URL"]) as raw:
        rows = [_batch(raw, rounds), _archive(raw, rounds)]
    for row in rows:
        print(f"    {row.name:<36} {row.value:8.1f} ms  {row.ratio:5.2f} × of {row.floor:8.1f} ms")
    out.write_text(json.dumps([row.as_json() for row in rows]))


def _batch(raw: psycopg2.extensions.connection, rounds: int) -> Row:
    """Return the taking of a batch by the executor with most requests, a thousand of them new."""
    done = Request.objects.filter(status=Status.CLOSED).exclude(executor_inn="").order_by()
    most = done.values("executor_inn").annotate(count=Count("pk")).order_by("-count")[0]
    inn = most["executor_inn"]
    kept = list(
        done.filter(executor_inn=inn).values_list("pk", "number", "status", "outcome", "closed_at")[
            :ROWS
        ]
    )
    ids = [row[0] for row in kept]
    with connection.cursor() as cursor:
        cursor.execute(_MADE_NEW, [ids])
    try:
        return _taken(raw, rounds, inn=inn, numbers=[row[1] for row in kept])
    finally:
        with connection.cursor() as cursor:
            cursor.execute(
                _AS_BEFORE,
                [ids, *([row[place] for row in kept] for place in (2, 3, 4))],
            )


def _taken(
    raw: psycopg2.extensions.connection, rounds: int, *, inn: str, numbers: list[str]
) -> Row:
    at = now()

    def work() -> None:
        with transaction.atomic():
            user = User.objects.create(email="bench-exchange@post.example")
            CompanyRepresentative.objects.create(user=user, inn=inn)
            rows = [
                Sent(key=f"bench-{number}", number=number, body={"to": Status.ACCEPTED})
                for number in numbers
            ]
            batch = sending.store(ExchangeKind.STATES, rows, by=actor_of(user), at=at)
            running.run(at=lambda: at, parts=ROWS)
            batch.refresh_from_db()
            if batch.done != len(numbers):
                raise SystemExit(f"{batch.done} rows done of {len(numbers)}")
            transaction.set_rollback(True)

    script = recording.record("exchange", work)

    def bare() -> None:
        with raw.cursor() as cursor:
            recording.play(script, cursor, {})
        raw.rollback()

    times = in_turns(
        [("batch", lambda _turn: work()), ("bare", lambda _turn: bare())],
        rounds=rounds,
        seconds=60,
        warm_up=1,
    )
    return Row(
        f"A batch of {len(numbers):,} states taken",
        times["batch"],
        times["bare"],
        BATCH_TARGET,
        floor_is="raw SQL",
        queries=len(script.statements),
    )


def _archive(raw: psycopg2.extensions.connection, rounds: int) -> Row:
    """Return the writing of the archive, the floor being COPY of the same rows to nowhere."""
    statements = []
    with connection.cursor() as cursor:
        for table in tables():
            if isinstance(table.rows, Select):
                sql, values = table.rows.statement()
                statements.append(cursor.cursor.mogrify(sql, values).decode())

    def bare() -> None:
        with raw.cursor() as cursor:
            for sql in statements:
                cursor.copy_expert(f"COPY ({sql}) TO STDOUT WITH (FORMAT csv)", io.BytesIO())
        raw.rollback()

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.zip"
        times = in_turns(
            [
                ("archive", lambda _turn: making.write(path, day=localdate(), at=now())),
                ("bare", lambda _turn: bare()),
            ],
            rounds=rounds,
            seconds=120,
        )
    return Row(
        "Everything public as an archive",
        times["archive"],
        times["bare"],
        ARCHIVE_TARGET,
        floor_is="COPY",
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
