"""
Measures the registry at a size of its own, 50,000 houses, whatever the city: all is rolled back.

The floor of address search is one indexed trigram query for the same words; that of making the
files of open data is COPY of the same rows.
"""

from __future__ import annotations

import io
import json
import logging
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contact_center.settings")

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from bench import recording  # noqa: E402
from bench.rows import Row  # noqa: E402
from disclosure import address_search, addresses  # noqa: E402
from disclosure.open_data import snapshot, tables  # noqa: E402

STREETS, HOUSES = 2_000, 25
# An XLSX is written cell by cell, by Python: it is nine tenths of the making.
SEARCH_TARGET, EXPORT_TARGET = 5.0, 60.0
_NAMES = (
    "Гончарова", "Малышева", "Розы Люксембург", "40 лет Победы", "Карла Маркса", "Советская",
    "Академика Сахарова", "Железной Дивизии", "Светланская", "Мамина-Сибиряка", "Садовая",
    "Космонавтов", "Адмирала Горшкова", "Северная", "Строителей", "Красный Путь",
)  # fmt: skip
# What a street adds to one of the names: so many streets of one city differ by a little.
_FILL = """
INSERT INTO disclosure_street (settlement, name, search_name)
SELECT 'Большереченск', name, search_name FROM unnest(%s::text[], %s::text[])
    AS street (name, search_name);
INSERT INTO disclosure_building (street_id, house, search_house, address, district, source,
    source_key, kind, is_open)
SELECT street.id, number, number, 'Большереченск, ' || street.name || ', д. ' || number, '', '',
    '', '', true
FROM disclosure_street AS street, generate_series(1, %s) AS number
WHERE street.settlement = 'Большереченск';
ANALYZE disclosure_street, disclosure_building;
"""
_FLOOR = """
SELECT id, search_name FROM disclosure_street WHERE %s <%% search_name
ORDER BY word_similarity(%s, search_name) DESC LIMIT 10
"""


def main(rounds: int, out: Path) -> None:
    """Measure and write the rows."""
    logging.disable(logging.INFO)
    with transaction.atomic():
        _fill()
        rows = [_search(max(rounds // 8, 3)), _exports(max(rounds // 20, 2))]
        transaction.set_rollback(True)
    for row in rows:
        print(
            f"    {row.name:<36} {row.value:8.2f} ms  {row.ratio:5.2f} × of {row.floor:6.2f} ms",
            flush=True,
        )
    out.write_text(json.dumps([row.as_json() for row in rows]))


def _fill() -> None:
    kinds = ("ул.", "пр-кт", "пер.", "проезд")
    streets = [
        f"{kinds[number % len(kinds)]} {_NAMES[number % len(_NAMES)]} {number // len(_NAMES) + 1}-я"
        for number in range(STREETS)
    ]
    words = [addresses.street_text(city="Большереченск", name=street) for street in streets]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(_FILL, [streets, words, HOUSES])
        cursor.execute("SET LOCAL session_replication_role = origin")


def _queries() -> list[str]:
    """Return what people type: as it is written, in short, misspelt, on the wrong layout."""
    found = []
    for number, name in enumerate(_NAMES):
        line, house = number * 7 % 120 + 1, number % HOUSES + 1
        found += [
            f"ул. {name} {line}-я, д. {house}",
            f"{name.lower()} {line} {house}",
            f"{name[:3]}{name[4:]} {house}",
            addresses.to_latin_layout(f"{name} {house}"),
            name[:5],
        ]
    return found


def _search(rounds: int) -> Row:
    """Return the 95th percentile of searches, and that of the floor for the same words."""
    queries = _queries()
    takes: list[float] = []
    floors: list[float] = []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL pg_trgm.word_similarity_threshold = 0.45")
        for turn in range(rounds + 1):
            for query in queries:
                words = addresses.street_key(addresses.split_house(query)[0])
                took = _timed(lambda query=query: address_search.find(query))
                bare = _timed(lambda words=words: _fetch(cursor, words))
                if turn:
                    takes.append(took)
                    floors.append(bare)
    return Row(
        "Address search, 50,000 houses, p95",
        _p95(takes),
        _p95(floors),
        SEARCH_TARGET,
        floor_is="one indexed trigram query",
    )


def _fetch(cursor: object, words: str) -> None:
    cursor.execute(_FLOOR, [words, words])  # type: ignore[attr-defined]
    cursor.fetchall()  # type: ignore[attr-defined]


def _exports(rounds: int) -> Row:
    """Return what CSV, JSON Lines and XLSX of all houses take together, and COPY of the rows."""
    table = tables.table("houses")
    assert table is not None
    script = recording.record("houses", lambda: next(table.rows(), None))
    rows = script.statements[0]
    with connection.cursor() as cursor, tempfile.TemporaryDirectory() as folder:
        bare = cursor.cursor.mogrify(rows.sql, rows.values).decode()
        copying = f"COPY ({bare}) TO STDOUT WITH (FORMAT csv, HEADER)"
        takes, floors = [], []
        for _turn in range(rounds):
            takes.append(_timed(lambda: snapshot.write(table, Path(folder))))
            floors.append(_timed(lambda: cursor.cursor.copy_expert(copying, io.BytesIO())))
    return Row(
        "Open data, making the files of 50,000 houses",
        min(takes),
        min(floors),
        EXPORT_TARGET,
        floor_is="COPY",
    )


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _p95(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=20)[-1]


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
