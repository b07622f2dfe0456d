"""Measures the money of an incident: 5,000 flats offered, beside the same statements bare."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contact_center.settings")

import django

django.setup()

import psycopg2  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils.timezone import now  # noqa: E402

from bench import recording  # noqa: E402
from bench.measuring import in_turns  # noqa: E402
from bench.rows import Row  # noqa: E402
from claims.incidents import offering  # noqa: E402
from claims.models import Offer  # noqa: E402
from requests_app.models import (  # noqa: E402
    Category,
    Ending,
    Incident,
    IncidentBuilding,
    Request,
    RequestContact,
)

FLATS = 5_000
TARGET = 3.0


def main(rounds: int, out: Path) -> None:
    """Measure and write the row."""
    logging.disable(logging.INFO)
    # The first address that a process makes reads all of them.
    reverse("claims:calculator")
    with _incident() as incident, psycopg2.connect(os.environ["DATABASE_URL"]) as raw:
        at = now()

        def offer() -> None:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL statement_timeout = 0")
                offering.begin_due(at=at)
                offering.run(at=at)
                made = Offer.objects.filter(whole__incident=incident).count()
                if made < FLATS * 0.9:
                    raise SystemExit(f"{made} offers made of {FLATS}")
                transaction.set_rollback(True)

        script = recording.record("money", offer)

        def bare() -> None:
            with raw.cursor() as cursor:
                recording.play(script, cursor, {})
            raw.rollback()

        times = in_turns(
            [("offered", lambda _turn: offer()), ("bare", lambda _turn: bare())],
            rounds=rounds,
            seconds=60,
        )
    row = Row(
        f"An incident of {FLATS:,} flats offered",
        times["offered"],
        times["bare"],
        TARGET,
        floor_is="raw SQL",
        queries=len(script.statements),
    )
    print(f"    {row.name:<36} {row.value:8.1f} ms  {row.ratio:5.2f} × of {row.floor:8.1f} ms")
    out.write_text(json.dumps([row.as_json()]))


@contextmanager
def _incident() -> Iterator[Incident]:
    """Give an incident that ended just now, with requests of the city on it; take it off after."""
    at = now()
    incident = Incident.objects.create(
        kind="fault",
        utility="hot_water",
        category=Category.objects.get(slug="hw_none"),
        title="Bench",
        started_at=at - timedelta(hours=31),
        ended_at=at,
        ending=Ending.OVER,
    )
    ids = list(
        RequestContact.objects.exclude(email="")
        .filter(request__incident=None, request__outcome__in=["", "fixed"])
        .order_by("-pk")
        .values_list("request_id", flat=True)[:FLATS]
    )
    houses = set(Request.objects.filter(pk__in=ids).values_list("building_id", flat=True))
    try:
        Request.objects.filter(pk__in=ids).update(incident=incident)
        IncidentBuilding.objects.bulk_create(
            IncidentBuilding(incident=incident, building_id=house) for house in houses
        )
        yield incident
    finally:
        # Whoever is measured next finds the city as it was, and nobody is written to.
        Request.objects.filter(pk__in=ids).update(incident=None)
        IncidentBuilding.objects.filter(incident=incident).delete()
        incident.delete()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
