"""
Measures money back at a size of its own, 200,000 claims, whatever the city: all is rolled back.

The floor of a page is its own statements over Django's cursor; that of one calculation is reading
its body as JSON and writing its answer; that of making the totals is one SQL aggregate of the rows.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contact_center.settings")

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402
from django.utils.timezone import now  # noqa: E402

from bench.measuring import in_turns  # noqa: E402
from bench.recording import play, record  # noqa: E402
from bench.rows import Row  # noqa: E402
from claims.models import Claim, FigureRow, WonGroup  # noqa: E402
from claims.recalculation import parse  # noqa: E402
from claims.recalculation.compute import calculate  # noqa: E402
from claims.recalculation.figures import Figures  # noqa: E402
from claims.recalculation.shapes import shown  # noqa: E402
from claims.totals import publishing  # noqa: E402

CLAIMS = 200_000
# A calculation makes words for people, each reading of the law prices the month once more.
COUNT_TARGET, PAGE_TARGET, MAKE_TARGET = 60.0, 4.0, 40.0
_FILL = """
INSERT INTO claims_claim (request_id, place, number, service, month, account, body, figures, found,
    charge_rub, amount_rub, granted_rub, paid_rub, credited_in, status, version, filed_at,
    changed_at, is_forgotten, executor_inn, executor_name, company_id, supplier_id)
SELECT requests[1 + number % cardinality(requests)], 100 + number / cardinality(requests),
    'bench/' || number,
    (ARRAY['heating', 'hot_water', 'cold_water', 'electricity', 'gas', 'sewage'])[1 + number % 6],
    month, '', '{}', '{}', '{}', 5000, 1 + number % 3000, 1 + number % 3000, 1 + number % 3000,
    month, 'paid', 3, now(), now(), false, '',
    'УК № ' || (number::bigint * number) % 150, NULL, NULL
FROM generate_series(1, %s) AS number,
    LATERAL (SELECT (date '2016-01-01' + (number * 7 %% 120) * interval '1 month')::date AS month)
    AS made,
    (SELECT array_agg(id) AS requests FROM requests_app_request) AS city;
ANALYZE claims_claim;
""".replace(" % ", " %% ")
_FLOOR = """
SELECT credited_in, claim.executor_name, service, district, count(*), sum(paid_rub)
FROM claims_claim AS claim JOIN requests_app_request AS request ON request.id = claim.request_id
JOIN disclosure_building AS building ON building.id = request.building_id
WHERE claim.status = 'paid' GROUP BY 1, 2, 3, 4
"""
_BODY: dict[str, Any] = {
    "utility": "heating",
    "month": "2026-01",
    "charge": "2150.40",
    "metered": False,
    "region": {"coldest_five_days_c": -28},
    "intervals": [
        {"kind": "interruption", "start": "2026-01-10T08:00:00+04:00",
         "end": "2026-01-11T15:00:00+04:00", "room_celsius": "13"},
        *(
            {"kind": "temperature", "start": f"2026-01-{day:02}T00:00:00+04:00",
             "end": f"2026-01-{day:02}T23:00:00+04:00", "celsius": f"{15 + day % 3}.5"}
            for day in range(14, 24)
        ),
    ],
}  # fmt: skip


def main(rounds: int, out: Path) -> None:
    """Measure and write the rows."""
    logging.disable(logging.INFO)
    rows = [_calculation(rounds)]
    with transaction.atomic():
        _fill()
        rows.append(_making())
        rows += [
            _page(f"Totals page, {CLAIMS:,} claims", "/recalculation/won/", rounds),
            _page(f"Rows behind them, {CLAIMS:,} claims", "/recalculation/won/rows/", rounds),
        ]
        transaction.set_rollback(True)
    for row in rows:
        floor = row.floor or 0
        print(f"    {row.name:<36} {row.value:8.2f} {row.unit}  of {floor:8.2f}", flush=True)
    out.write_text(json.dumps([row.as_json() for row in rows]))


def _calculation(rounds: int) -> Row:
    """Return a month of heating with eleven intervals, from its body to its answer."""
    zone = timezone.get_default_timezone()
    figures: Figures = FigureRow.objects.figures_on(date(2026, 1, 1))
    sent = json.dumps(_BODY)
    answer = shown(calculate(*parse.read(_BODY, zone=zone), figures=figures, zone=zone))

    def counted(_turn: int) -> None:
        bill, intervals = parse.read(json.loads(sent), zone=zone)
        json.dumps(shown(calculate(bill, intervals, figures=figures, zone=zone)))

    def bare(_turn: int) -> None:
        json.loads(sent)
        json.dumps(answer)

    took = in_turns([("counted", counted), ("bare", bare)], rounds=rounds * 4, seconds=8)
    return Row(
        "One calculation, 11 intervals", took["counted"], took["bare"], COUNT_TARGET,
        floor_is="its JSON read and written",
    )  # fmt: skip


def _fill() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(_FILL, [CLAIMS])
        cursor.execute("SET LOCAL session_replication_role = origin")


def _making() -> Row:
    """Return the seconds in which the public groups are made anew of all rows."""
    took = _timed(lambda: publishing.refresh(at=now(), again=True))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")

        def bare() -> None:
            cursor.execute(_FLOOR)
            cursor.fetchall()

        floor = min(_timed(bare) for _turn in range(3))
    print(f"    {WonGroup.objects.count():,} groups of {Claim.objects.won().count():,} claims")
    return Row(
        f"Public totals made anew, {CLAIMS:,} claims", took, floor, MAKE_TARGET, unit="s",
        floor_is="one SQL aggregate",
    )  # fmt: skip


def _page(name: str, path: str, rounds: int) -> Row:
    """Return a page asked for within the process, and its own statements done again."""
    client = Client(HTTP_HOST="127.0.0.1")

    def asked(_turn: int = 0) -> None:
        assert client.get(path).status_code == 200

    asked()
    script = record(path, asked)
    with connection.cursor() as cursor:
        took = in_turns(
            [("page", asked), ("bare", lambda _turn: play(script, cursor, {}) and None)],
            rounds=rounds,
            seconds=8,
        )
    return Row(
        name, took["page"], took["bare"], PAGE_TARGET, queries=len(script.statements),
        floor_is="its statements",
    )  # fmt: skip


def _timed(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
