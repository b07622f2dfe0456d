"""Measures the rating: a month frozen, worked out for 2,000 companies and written, all together."""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contact_center.settings")

import django

django.setup()

import numpy as np  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils.timezone import localdate, now  # noqa: E402

from bench.rows import Row  # noqa: E402
from ratings import computing, freezing, inputs, methodology, months, results  # noqa: E402
from ratings.freezing import Window  # noqa: E402
from ratings.methodology import OF_REQUESTS  # noqa: E402

COMPANIES = 2_000
MONTHS = 24


def main(measured: int, out: Path) -> None:
    """Measure some of the 24 months and write the row: all of them take that many times as long."""
    method = methodology.read(methodology.newest())
    this_month = localdate().replace(day=1)
    took, floor = [], []
    for back in range(1, measured + 1):
        last = months.shifted(this_month, 1 - back)
        first = months.shifted(last, -method.window_months)
        window = Window(months.shifted(last, -1), first, last, now())
        floor.append(_aggregated(window, method))
        took.append(_rated(window, method))
    row = Row(
        f"{MONTHS} months of ratings, {COMPANIES:,} companies",
        statistics.median(took) * MONTHS,
        statistics.median(floor) * MONTHS,
        3,
        unit="s",
        floor_is="one SQL aggregate a month",
    )
    print(f"    {row.name:<36} {row.value:8.1f} {row.unit}  ratio {row.ratio:.2f}", flush=True)
    out.write_text(json.dumps([row.as_json()]))


def _aggregated(window: Window, method: methodology.Methodology) -> float:
    """Return the seconds of one aggregate over the same judged rows."""
    sums = ", ".join(f"sum({code})" for code in OF_REQUESTS)
    sql, asked = freezing.judged(method, window)
    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(f"SELECT company_id, age, {sums} FROM ({sql}) j GROUP BY 1, 2", asked)
        cursor.fetchall()
    return time.perf_counter() - began


def _rated(window: Window, method: methodology.Methodology) -> float:
    """Return the seconds of a month: the city's rows frozen, 2,000 companies worked out."""
    invented = _invented(method)
    began = time.perf_counter()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
        freezing.freeze(method, window)
    standings = computing.compute(invented, method, window_days=365)
    results.text_of([(one, one.company) for one in standings], method)
    return time.perf_counter() - began


def _invented(method: methodology.Methodology) -> str:
    """Return an input of 2,000 companies, as large as the frozen one of such a region would be."""
    dice = np.random.default_rng(7)
    lines = []
    for number in range(COMPANIES):
        for age in method.ages:
            requests = int(dice.poisson(160))
            counts = dict.fromkeys(methodology.COUNTS, 0)
            counts |= {code: int(dice.binomial(requests, 0.7)) for code in OF_REQUESTS}
            for indicator in method.indicators:
                if indicator.kind == "share":
                    counts[indicator.count] = min(counts[indicator.count], counts[indicator.of])
            flat_days = int(dice.lognormal(12, 1))
            lines.append(inputs.Line(f"73{number:08d}", age.code, 365, flat_days, counts))
    return inputs.text_of(lines)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
