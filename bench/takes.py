"""Measures «take the next» against its bare statements; each take is rolled back."""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contact_center.settings")

import django

django.setup()

import psycopg2  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils.timezone import now  # noqa: E402

from accounts.actors import Operator  # noqa: E402
from accounts.models import User  # noqa: E402
from bench.rows import Row  # noqa: E402
from requests_app.desk import queue  # noqa: E402

TARGET = 6.0
_FIND = """
SELECT place.request_id FROM requests_app_queueplace place
JOIN requests_app_request item ON item.id = place.request_id
WHERE place.holder_id IS NULL AND place.lane <> 2
    AND (place.set_aside_until IS NULL OR place.set_aside_until <= now())
ORDER BY place.lane, place.due_hour, place.turn, place.id
LIMIT 1 FOR UPDATE OF place, item SKIP LOCKED
"""
_TELL = """
INSERT INTO requests_app_requestevent
    (request_id, at, kind, step, status, text, public, author, user_id, data)
SELECT id, now(), 'assigned', '', status, '', false, 'operator', %s, '{}'
FROM requests_app_request WHERE id = %s
"""
_TAKE = "UPDATE requests_app_request SET assigned_to_id = %s, version = version + 1 WHERE id = %s"


def main(rounds: int, out: Path) -> None:
    """Measure and write the row."""
    logging.disable(logging.INFO)
    row = measured(rounds)
    print(
        f"    {row.name:<36} {row.value:8.2f} ms  {row.ratio:5.2f} × of {row.floor:6.2f} ms,"
        f" {row.queries} statements",
        flush=True,
    )
    out.write_text(json.dumps([row.as_json()]))


def measured(rounds: int) -> Row:
    """Return the lower quartile of a take and of its floor, in turns on the same queue."""
    user = User.objects.filter(is_staff=True, is_active=True).order_by("pk")[0]
    by = Operator(id=user.pk, sees_contacts=False, is_admin=False)
    raw = psycopg2.connect(os.environ["DATABASE_URL"])
    with CaptureQueriesContext(connection) as seen:
        _take(by)
    takes, floors = [], []
    for _turn in range(rounds + 4):
        takes.append(_take(by))
        floors.append(_floor(raw, user.pk))
    raw.close()
    return Row(
        "Take the next of the queue",
        sorted(takes[4:])[rounds // 4],
        sorted(floors[4:])[rounds // 4],
        TARGET,
        floor_is="SKIP LOCKED + INSERT + UPDATE",
        queries=len([one for one in seen if "SAVEPOINT" not in one["sql"]]),
    )


def _take(by: Operator) -> float:
    began = time.perf_counter()
    with transaction.atomic():
        if queue.take_next(by=by, at=now()) is None:
            raise SystemExit("the queue is empty: nothing to measure")
        transaction.set_rollback(True)
    return (time.perf_counter() - began) * 1000


def _floor(raw: psycopg2.extensions.connection, user: int) -> float:
    began = time.perf_counter()
    with raw.cursor() as cursor:
        cursor.execute(_FIND)
        (found,) = cursor.fetchone() or (None,)
        cursor.execute(_TELL, [user, found])
        cursor.execute(_TAKE, [user, found])
    raw.rollback()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
