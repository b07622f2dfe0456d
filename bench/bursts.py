"""Measures the watch for bursts: what one new request costs it, beside the same statements bare."""

from __future__ import annotations

import json
import logging
import os
import sys
from datetime import timedelta
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contact_center.settings")

import django

django.setup()

import psycopg2  # noqa: E402
from django.db import transaction  # noqa: E402

from bench import recording  # noqa: E402
from bench.measuring import in_turns  # noqa: E402
from bench.rows import Row  # noqa: E402
from requests_app.incidents import bursts_past, bursts_watch  # noqa: E402
from requests_app.models import HeardRequest, Request  # noqa: E402

TARGET = 4.0


def main(rounds: int, seconds: float, out: Path) -> None:
    """Measure and write the row."""
    logging.disable(logging.INFO)
    newest = (
        Request.objects.exclude(norm=None)
        .exclude(norm__utility="")
        .filter(incident=None)
        .order_by("-registered_at", "-id")[0]
    )
    at = newest.registered_at + timedelta(seconds=1)
    bursts_past.count_quiet_past(at=at)
    # The requests of the last hours are heard before: one new one is measured.
    bursts_watch.listen(at=at)

    def hear() -> None:
        with transaction.atomic():
            HeardRequest.objects.filter(request=newest).delete()
            if bursts_watch.listen(at=at) != 1:
                raise SystemExit("the watch heard something else than the one new request")
            transaction.set_rollback(True)

    raw = psycopg2.connect(os.environ["DATABASE_URL"])
    script = recording.record("bursts", hear)

    def bare() -> None:
        with raw.cursor() as cursor:
            recording.play(script, cursor, {})
        raw.rollback()

    times = in_turns(
        [("watch", lambda _turn: hear()), ("bare", lambda _turn: bare())],
        rounds=rounds,
        seconds=seconds,
    )
    row = Row(
        "Burst check per new request",
        times["watch"],
        times["bare"],
        TARGET,
        floor_is="raw SQL",
        queries=len(script.statements),
    )
    print(f"    {row.name:<36} {row.value:8.2f} ms  {row.ratio:5.2f} × of {row.floor:6.2f} ms")
    out.write_text(json.dumps([row.as_json()]))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3]))
