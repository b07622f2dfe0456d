"""
Judging the window's requests in SQL, and counting them: a line a company crosses to Python.

Each request gets a yes or no for every source of the methodology; the sums of these are the input
of the rating, and the same rows without person, house and number are given away beside it.
"""

from __future__ import annotations

import gzip
import hashlib
import io
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import connection
from django.utils import timezone

from ratings import gaming, whole_company
from ratings.inputs import Line
from ratings.methodology import COUNTS, OF_REQUESTS, WHOLE_COMPANY, Methodology

# "Good" and "excellent" of five.
GOOD_MARK = 4
# One walk along the newest requests, and one look into the timeline of each.
# - Only confirmed matters of the company: not what was refused, withdrawn, joined or not found.
# - A fault is a house, a matter and a day: neighbours who call at once, and one caller who calls
#   five times, count once.
# - A repeat is measured from the repair, whoever asked before.
_JUDGED = """
WITH counted AS (
    SELECT r.id, r.company_id, r.building_id, r.category_id, r.registered_at, r.due_at, r.done_at,
           r.paused_at, r.reopened_count, r.react_by, r.is_emergency, coalesce(b.flats, 0) AS flats,
           {age} AS age,
           lag(r.done_at) OVER (
               PARTITION BY r.building_id, r.category_id, r.company_id
               ORDER BY r.registered_at, r.id
           ) AS repaired_at,
           row_number() OVER (
               PARTITION BY r.company_id, r.building_id, r.category_id,
                            (r.registered_at AT TIME ZONE %(zone)s)::date
               ORDER BY r.registered_at, r.id
           ) AS of_fault
    FROM requests_app_request r
    JOIN disclosure_building b ON b.id = r.building_id
    WHERE r.registered_at >= %(since)s AND r.registered_at < %(until)s
      AND r.company_id IS NOT NULL AND r.outcome IN ('', 'fixed') {whose}
      AND NOT EXISTS (
          SELECT FROM ratings_objection o
          WHERE o.request_id = r.id AND o.period = %(period)s AND o.verdict = 'upheld'
      )
)
SELECT
    c.id, c.company_id, c.building_id, c.category_id, c.registered_at, c.age,
    1 AS requests,
    (c.of_fault = 1 AND c.flats > 0)::int AS faults,
    due.yes::int AS due,
    coalesce(due.yes AND c.done_at <= c.due_at, false)::int AS in_time,
    said.done::int AS presented,
    (said.done AND c.reopened_count > 0)::int AS reopened,
    coalesce(
        c.registered_at >= c.repaired_at
        AND c.registered_at < c.repaired_at + make_interval(days => %(repeat_days)s),
        false
    )::int AS repeated,
    sudden.yes::int AS emergencies,
    coalesce(sudden.yes AND told.reacted_at <= c.react_by, false)::int AS reacted,
    (said.done AND EXISTS (
        SELECT FROM requests_app_act a WHERE a.request_id = c.id AND a.upload_id IS NOT NULL
    ))::int AS scanned,
    (said.done AND (told.agreed OR told.objected))::int AS answered,
    (said.done AND told.agreed AND NOT told.objected)::int AS confirmed,
    (k.value IS NOT NULL)::int AS marked,
    coalesce(k.value >= %(good_mark)s, false)::int AS marked_good
FROM counted c
LEFT JOIN requests_app_mark k ON k.request_id = c.id
LEFT JOIN LATERAL (
    SELECT
        min(e.at) FILTER (WHERE e.step IN ('accept', 'start', 'present_act')) AS reacted_at,
        coalesce(bool_or(e.step IN ('confirm', 'close_on_word')), false) AS agreed,
        coalesce(bool_or(e.step IN ('object', 'reopen')), false) AS objected
    FROM requests_app_requestevent e WHERE e.request_id = c.id
) told ON true
CROSS JOIN LATERAL (
    SELECT coalesce(c.paused_at IS NULL AND c.due_at < least(%(until)s, %(at)s), false) AS yes
) due
CROSS JOIN LATERAL (
    SELECT coalesce(c.is_emergency AND c.react_by < %(at)s, false) AS yes
) sudden
CROSS JOIN LATERAL (
    SELECT c.done_at IS NOT NULL OR c.reopened_count > 0 AS done
) said
"""
_HOUSES = """
SELECT m.company_id, {age} AS age, max(d.days) AS days,
       sum(d.days::bigint * coalesce(b.flats, 0)) AS flat_days
FROM disclosure_managementperiod m
JOIN disclosure_building b ON b.id = m.building_id
CROSS JOIN LATERAL (
    SELECT m.during * daterange(%(first)s, %(last)s) AS inside
) cut
CROSS JOIN LATERAL (SELECT upper(cut.inside) - lower(cut.inside) AS days) d
WHERE m.during && daterange(%(first)s, %(last)s)
GROUP BY m.company_id, 2
"""
_REFERENCE = "coalesce(nullif(inn, ''), 'r-' || {id})"
_COMPANIES = """
SELECT id, {reference}, coalesce(nullif(short_name, ''), name)
FROM disclosure_managementcompany WHERE id = ANY(%(ids)s)
""".replace("{reference}", _REFERENCE.replace("{id}", "id"))
# Sorted by all it holds: the order tells nothing about who asked when.
_ROWS = """
SELECT {reference} AS company, j.age, to_char(j.registered_at AT TIME ZONE '{zone}', 'YYYY-MM')
       AS month, k.slug AS matter, {counts}
FROM rating_judged j
JOIN disclosure_managementcompany m ON m.id = j.company_id
JOIN requests_app_category k ON k.id = j.category_id
ORDER BY 1, 2, 3, 4, {counts}
"""


@dataclass(frozen=True)
class Frozen:
    """
    What a rating is made of, as of one moment.

    `who` says who is behind each reference: (id, name) of that day. `rows` is the gzipped rows.csv:
    one line a request, without person, house and number, whose sums are the lines. `signs` are of
    ratings.gaming, by the company's id.
    """

    lines: list[Line]
    who: dict[str, tuple[int, str]]
    rows: bytes
    rows_count: int
    rows_sha256: str
    signs: dict[int, list[dict[str, Any]]]


@dataclass(frozen=True)
class Window:
    """The days that a rating looks at, from `first` to before `last`, as known at `at`."""

    period: date
    first: date
    last: date
    at: datetime

    @property
    def since(self) -> datetime:
        """Return the moment at which the first day begins in the city."""
        return datetime.combine(self.first, time(), timezone.get_current_timezone())

    @property
    def until(self) -> datetime:
        """Return the moment at which the last day is over."""
        return datetime.combine(self.last, time(), timezone.get_current_timezone())


def freeze(method: Methodology, window: Window) -> Frozen:
    """Judge the window's requests once; return their sums and rows. Call in a transaction."""
    sql, asked = judged(method, window)
    age = _asked(method, window)[1]
    counts: dict[tuple[int, str], dict[str, int]] = {}
    houses: dict[tuple[int, str], tuple[int, int]] = {}
    sums = ", ".join(f"sum({code}) AS {code}" for code in OF_REQUESTS)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS rating_judged")
        cursor.execute(f"CREATE TEMP TABLE rating_judged ON COMMIT DROP AS {sql}", asked)
        cursor.execute(
            f"SELECT company_id, age, {sums} FROM rating_judged GROUP BY 1, 2"  # noqa: S608
        )
        for company, of_age, *numbers in cursor:
            counts[company, of_age] = dict(zip(OF_REQUESTS, map(int, numbers), strict=True))
        cursor.execute(_HOUSES.replace("{age}", age), asked)
        for company, of_age, days, flat_days in cursor:
            houses[company, of_age] = (int(days), int(flat_days))
        for company, found in whole_company.counts(cursor, window).items():
            # Only of those that are rated at all: somebody's houses or requests stand behind it.
            if any(key[0] == company for key in (*counts, *houses)):
                counts[company, WHOLE_COMPANY] = found
        cursor.execute(_COMPANIES, {"ids": sorted({key[0] for key in (*counts, *houses)})})
        who = {pk: (reference, name) for pk, reference, name in cursor}
        rows, digest = _copied(cursor)
        signs = gaming.look(cursor)
    nothing = dict.fromkeys(COUNTS, 0)
    lines = [
        Line(
            who[company][0],
            of_age,
            *houses.get(key, (0, 0)),
            {**nothing, **counts.get(key, nothing)},
        )
        for key in sorted({*counts, *houses})
        for company, of_age in [key]
    ]
    return Frozen(
        lines=lines,
        who={reference: (pk, name) for pk, (reference, name) in who.items()},
        rows=rows,
        rows_count=sum(line.counts["requests"] for line in lines),
        rows_sha256=digest,
        signs=signs,
    )


def judged(method: Methodology, window: Window, *, whose: str = "") -> tuple[str, dict[str, Any]]:
    """Return the query that judges each request of the window, and its parameters."""
    asked, age = _asked(method, window)
    return _JUDGED.replace("{age}", age).replace("{whose}", whose), asked


def _asked(method: Methodology, window: Window) -> tuple[dict[str, Any], str]:
    """Return the parameters of the queries, and the expression of a house's age."""
    zone = timezone.get_current_timezone()
    cases = [
        f"WHEN b.built_year < {int(age.built_before)} THEN %(age_{n})s"
        for n, age in enumerate(method.ages)
        if age.built_before is not None
    ]
    age = f"CASE {' '.join(cases)} ELSE %(age_{len(method.ages) - 1})s END"
    asked: dict[str, Any] = {
        "period": window.period,
        "since": window.since,
        "until": window.until,
        "first": window.first,
        "last": window.last,
        "at": window.at,
        "zone": str(zone),
        "repeat_days": method.repeat_days,
        "good_mark": GOOD_MARK,
        **{f"age_{n}": each.code for n, each in enumerate(method.ages)},
    }
    return asked, age


def _copied(cursor: Any) -> tuple[bytes, str]:
    """Return the judged rows without anything of a person, gzipped, and their text's SHA-256."""
    counts = ", ".join(f"j.{code}" for code in OF_REQUESTS)
    asked = (
        _ROWS.replace("{reference}", _REFERENCE.replace("{id}", "m.id"))
        .replace("{counts}", counts)
        .replace("{zone}", str(timezone.get_current_timezone()))
    )
    packed = _Packed()
    cursor.copy_expert(f"COPY ({asked}) TO STDOUT WITH (FORMAT csv, HEADER)", packed)
    return packed.finish()


class _Packed:
    """A file that gzips and digests what is written: the text is never held whole."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._bytes = io.BytesIO()
        # Without a time the same rows make the same bytes.
        self._zip = gzip.GzipFile(fileobj=self._bytes, mode="wb", mtime=0)

    def write(self, part: str | bytes) -> int:
        """Take a part of the text."""
        raw = part.encode() if isinstance(part, str) else part
        self._digest.update(raw)
        return self._zip.write(raw)

    def finish(self) -> tuple[bytes, str]:
        """Return the gzip and the digest."""
        self._zip.close()
        return self._bytes.getvalue(), self._digest.hexdigest()


@dataclass(frozen=True)
class Judged:
    """One request as the rating counts it: for the company's eyes, and for staff."""

    request_id: int
    registered_at: datetime
    counts: dict[str, int]


def rows_of(
    company_id: int,
    method: Methodology,
    window: Window,
    *,
    after: int = 0,
    limit: int | None = None,
) -> list[Judged]:
    """Return the company's requests as the rating counts them now, by id from `after` on."""
    sql, asked = judged(method, window, whose="AND r.company_id = %(company)s")
    columns = ", ".join(OF_REQUESTS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, registered_at, {columns} FROM ({sql}) j "  # noqa: S608
            "WHERE id > %(after)s ORDER BY id LIMIT %(limit)s",
            {**asked, "company": company_id, "after": after, "limit": limit},
        )
        return [
            Judged(pk, at, dict(zip(OF_REQUESTS, map(int, numbers), strict=True)))
            for pk, at, *numbers in cursor
        ]
