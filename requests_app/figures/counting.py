"""
Counting a month's requests in one walk: city, services, districts, organisations, houses, squares.

A request belongs to the day it was filed on in the city's zone, whatever happens to it later.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.db import connection
from django.utils import timezone

from requests_app.figures.squares import SQUARE_LAT, SQUARE_LON
from requests_app.statuses import OPEN, Outcome

_COUNTS = """
    count(*),
    count(*) FILTER (WHERE is_emergency),
    count(*) FILTER (WHERE is_open),
    count(*) FILTER (WHERE is_fixed),
    count(*) FILTER (WHERE is_counted AND (is_done OR is_late)),
    count(*) FILTER (WHERE is_counted AND done_at <= due_at),
    count(*) FILTER (WHERE is_counted AND (is_done OR was_reopened)),
    count(*) FILTER (WHERE is_counted AND was_reopened),
    percentile_cont(0.5) WITHIN GROUP (
        ORDER BY extract(epoch FROM done_at - registered_at) / 3600
    ) FILTER (WHERE is_counted)
"""
_INTO = """
INSERT INTO requests_app_figure (
    span, start, scope, key, name, filed, emergencies, still_open, fixed, judged, in_time,
    presented, reopened, hours_median
)
"""
_READ = """
WITH told AS MATERIALIZED (
    SELECT (r.registered_at AT TIME ZONE %(zone)s)::date AS day,
        coalesce(top.slug, matter.slug) AS matter, house.district, r.executor_inn AS executor,
        r.executor_name AS name, r.building_id AS house,
        coalesce(floor(house.lat / %(lat)s) || ':' || floor(house.lon / %(lon)s), '') AS square,
        r.registered_at, r.done_at, r.due_at, r.is_emergency,
        r.status = ANY(%(open)s) AS is_open,
        r.outcome = %(fixed)s AS is_fixed,
        r.outcome IN ('', %(fixed)s) AS is_counted,
        r.done_at IS NOT NULL AS is_done,
        r.due_at < %(at)s AND r.paused_at IS NULL AS is_late,
        r.reopened_count > 0 AS was_reopened
    FROM requests_app_request AS r
    JOIN requests_app_category AS matter ON matter.id = r.category_id
    LEFT JOIN requests_app_category AS top ON top.id = matter.parent_id
    JOIN disclosure_building AS house ON house.id = r.building_id
    WHERE r.registered_at >= %(since)s AND r.registered_at < %(until)s
)
"""
# The bits of `grouping` say which columns a line is not about.
_MONTH = f"""
{_READ}, counted AS (
    SELECT 'month' AS span, %(month)s::date AS start,
        CASE grouping(matter, district, executor, house, square)
            WHEN 15 THEN 'matter' WHEN 23 THEN 'district' WHEN 27 THEN 'executor'
            WHEN 29 THEN 'house' WHEN 30 THEN 'square' ELSE 'city' END AS scope,
        left(coalesce(matter, district, executor, house::text, square, ''), 160) AS key,
        CASE WHEN grouping(executor) = 0 THEN max(name) ELSE '' END AS name,
        {_COUNTS}
    FROM told
    GROUP BY GROUPING SETS ((), (matter), (district), (executor), (house), (square))
    HAVING count(*) > 0
), daily AS (
    SELECT 'day', day, CASE WHEN grouping(matter) = 0 THEN 'matter' ELSE 'city' END,
        coalesce(matter, ''), '', {_COUNTS}
    FROM told
    GROUP BY GROUPING SETS ((day), (day, matter))
)
{_INTO} SELECT * FROM counted UNION ALL SELECT * FROM daily
"""  # noqa: S608
_FORGET = """
DELETE FROM requests_app_figure
WHERE start >= %(month)s AND start < %(month)s::date + interval '1 month'
"""


def count_month(month: date, *, at: datetime) -> int:
    """
    Count the requests filed in a month anew, as things stand at `at`; return how many lines.

    `month` is its first day. Call it in a transaction: readers must not find the month empty.
    """
    zone = timezone.get_default_timezone()
    after = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    values: dict[str, Any] = {
        "month": month,
        "since": datetime.combine(month, time(), zone),
        "until": datetime.combine(after, time(), zone),
        "zone": timezone.get_default_timezone_name(),
        "at": at,
        "open": sorted(str(status) for status in OPEN),
        "fixed": str(Outcome.FIXED),
        "lat": SQUARE_LAT,
        "lon": SQUARE_LON,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, values)
        cursor.execute(_MONTH, values)
        return cursor.rowcount
