"""Counting the window's requests and flats in SQL: what crosses to Python is a line a company."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.db import connection
from django.utils import timezone

from ratings.inputs import Line
from ratings.methodology import COUNTS, Methodology

# One walk along the newest requests, and one look into the timeline of each.
# - Only confirmed matters of the company: not what was refused, withdrawn, joined or not found.
# - A fault is a house, a matter and a day: neighbours who call at once, and one caller who calls
#   five times, count once.
# - A repeat is measured from the repair, whoever asked before.
_REQUESTS = """
WITH counted AS (
    SELECT r.id, r.company_id, r.building_id, r.category_id, r.registered_at, r.due_at, r.done_at,
           r.paused_at, r.reopened_count, r.react_by, r.is_emergency, coalesce(b.flats, 0) AS flats,
           {age} AS age,
           lag(r.done_at) OVER (
               PARTITION BY r.building_id, r.category_id, r.company_id
               ORDER BY r.registered_at, r.id
           ) AS repaired_at
    FROM requests_app_request r
    JOIN disclosure_building b ON b.id = r.building_id
    WHERE r.registered_at >= %(since)s AND r.registered_at < %(until)s
      AND r.company_id IS NOT NULL AND r.outcome IN ('', 'fixed')
)
SELECT
    c.company_id,
    c.age,
    count(*) AS requests,
    count(DISTINCT (c.building_id, c.category_id, (c.registered_at AT TIME ZONE %(zone)s)::date))
        FILTER (WHERE c.flats > 0) AS faults,
    count(*) FILTER (WHERE due.yes) AS due,
    count(*) FILTER (WHERE due.yes AND c.done_at <= c.due_at) AS in_time,
    count(*) FILTER (WHERE said.done) AS presented,
    count(*) FILTER (WHERE said.done AND c.reopened_count > 0) AS reopened,
    count(*) FILTER (
        WHERE c.registered_at >= c.repaired_at
          AND c.registered_at < c.repaired_at + make_interval(days => %(repeat_days)s)
    ) AS repeated,
    count(*) FILTER (WHERE c.is_emergency AND c.react_by < %(at)s) AS emergencies,
    count(*) FILTER (
        WHERE c.is_emergency AND c.react_by < %(at)s AND told.reacted_at <= c.react_by
    ) AS reacted,
    count(*) FILTER (WHERE said.done AND EXISTS (
        SELECT FROM requests_app_act a WHERE a.request_id = c.id AND a.upload_id IS NOT NULL
    )) AS scanned,
    count(*) FILTER (WHERE said.done AND (told.agreed OR told.objected)) AS answered,
    count(*) FILTER (WHERE said.done AND told.agreed AND NOT told.objected) AS confirmed
FROM counted c
LEFT JOIN LATERAL (
    SELECT
        min(e.at) FILTER (WHERE e.step IN ('accept', 'start', 'present_act')) AS reacted_at,
        coalesce(bool_or(e.step IN ('confirm', 'close_on_word')), false) AS agreed,
        coalesce(bool_or(e.step IN ('object', 'reopen')), false) AS objected
    FROM requests_app_requestevent e WHERE e.request_id = c.id
) told ON true
CROSS JOIN LATERAL (
    SELECT c.paused_at IS NULL AND c.due_at < least(%(until)s, %(at)s) AS yes
) due
CROSS JOIN LATERAL (
    SELECT c.done_at IS NOT NULL OR c.reopened_count > 0 AS done
) said
GROUP BY c.company_id, c.age
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
_COMPANIES = """
SELECT id, coalesce(nullif(inn, ''), 'r-' || id), coalesce(nullif(short_name, ''), name)
FROM disclosure_managementcompany WHERE id = ANY(%(ids)s)
"""


def freeze(
    method: Methodology, *, first: date, last: date, at: datetime
) -> tuple[list[Line], dict[str, tuple[int, str]]]:
    """
    Count what the rating is made of, for the days from `first` to before `last`, as known at `at`.

    Return the lines, and who is behind each reference: (id, name) of that day. Three queries.
    """
    zone = timezone.get_current_timezone()
    cases = [
        f"WHEN b.built_year < {int(age.built_before)} THEN %(age_{n})s"
        for n, age in enumerate(method.ages)
        if age.built_before is not None
    ]
    age = f"CASE {' '.join(cases)} ELSE %(age_{len(method.ages) - 1})s END"
    asked: dict[str, Any] = {
        "since": datetime.combine(first, time(), zone),
        "until": datetime.combine(last, time(), zone),
        "first": first,
        "last": last,
        "at": at,
        "zone": str(zone),
        "repeat_days": method.repeat_days,
        **{f"age_{n}": each.code for n, each in enumerate(method.ages)},
    }
    counts: dict[tuple[int, str], dict[str, int]] = {}
    houses: dict[tuple[int, str], tuple[int, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_REQUESTS.replace("{age}", age), asked)
        names = [column.name for column in cursor.description or ()][2:]
        for company, of_age, *numbers in cursor:
            counts[company, of_age] = dict(zip(names, map(int, numbers), strict=True))
        cursor.execute(_HOUSES.replace("{age}", age), asked)
        for company, of_age, days, flat_days in cursor:
            houses[company, of_age] = (int(days), int(flat_days))
        cursor.execute(_COMPANIES, {"ids": sorted({key[0] for key in (*counts, *houses)})})
        who = {pk: (reference, name) for pk, reference, name in cursor}
    nothing = dict.fromkeys(COUNTS, 0)
    lines = [
        Line(who[company][0], of_age, *houses.get(key, (0, 0)), counts.get(key, nothing))
        for key in sorted({*counts, *houses})
        for company, of_age in [key]
    ]
    return lines, {reference: (pk, name) for pk, (reference, name) in who.items()}
