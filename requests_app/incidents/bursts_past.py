"""Counts the quiet past of the city every night, and reads it for the watch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, Sum
from django.utils import timezone

from disclosure.models import Building
from disclosure.utilities import Utility
from requests_app.incidents.bursts import ECHO_WITHIN, Scope
from requests_app.incidents.bursts_history import FLATS, LONGEST_ECHO, History, Place, fit
from requests_app.incidents.bursts_recent import Mark
from requests_app.models import QuietPast, QuietPlace

# Two years tell a month's level; the last one tells what part of it a place sends.
_YEARS = timedelta(days=730)
_YEAR = timedelta(days=365)
_MONTHS = 12
_LOCK = 0xB0257

# What an incident or a burst explains is no quiet past.
_QUIET = """
    FROM requests_app_request AS request
    JOIN requests_app_norm AS norm ON norm.id = request.norm_id
    WHERE norm.utility <> '' AND request.incident_id IS NULL
        AND request.registered_at >= %(since)s AND request.registered_at < %(until)s
        AND NOT EXISTS (
            SELECT FROM requests_app_heardrequest AS heard
            WHERE heard.request_id = request.id AND heard.proposal_id IS NOT NULL
        )
"""
_HOURS = f"""
SELECT utility, (extract(isodow FROM local)::int - 1) * 24 + extract(hour FROM local)::int,
    extract(month FROM local)::int, count(*)
FROM (SELECT norm.utility, request.registered_at AT TIME ZONE %(zone)s AS local {_QUIET}) AS quiet
GROUP BY 1, 2, 3
"""  # noqa: S608
# `bursts_history.echoes_in` as a statement: chains of a house's requests, each soon after the last.
_ECHOES = f"""
SELECT utility, sum(callers - 1) FROM (
    SELECT utility, building_id, chain, count(DISTINCT caller) AS callers FROM (
        SELECT *, count(*) FILTER (WHERE is_first) OVER house AS chain FROM (
            SELECT norm.utility, request.building_id, request.registered_at, request.id,
                coalesce(nullif(request.flat, ''), request.id::text) AS caller,
                request.registered_at - lag(request.registered_at) OVER (
                    PARTITION BY norm.utility, request.building_id
                    ORDER BY request.registered_at, request.id
                ) <= %(echo)s IS NOT TRUE AS is_first
            {_QUIET}
        ) AS spaced
        WINDOW house AS (PARTITION BY utility, building_id ORDER BY registered_at, id)
    ) AS chained
    GROUP BY 1, 2, 3
) AS chains
WHERE callers - 1 BETWEEN 1 AND %(longest)s - 1
GROUP BY 1
"""  # noqa: S608
_PLACES = f"""
WITH seen AS (
    SELECT norm.utility, request.building_id, count(*) AS count {_QUIET} GROUP BY 1, 2
), house AS (
    SELECT building.id, building.street_id, wanted.utility,
        coalesce(nullif(building.flats, 0), %(flats)s) AS flats,
        coalesce(period.supplier_id::text, '') || '|' || building.district AS zone,
        coalesce(seen.count, 0) AS count
    FROM disclosure_building AS building
    CROSS JOIN unnest(%(utilities)s::text[]) AS wanted (utility)
    LEFT JOIN disclosure_supplyperiod AS period ON period.building_id = building.id
        AND period.utility = wanted.utility AND period.during @> %(day)s::date
    LEFT JOIN seen ON seen.building_id = building.id AND seen.utility = wanted.utility
)
INSERT INTO requests_app_quietplace (utility, scope, key, flats, seen)
SELECT utility, 'house', id::text, flats, count FROM house WHERE count > 0
UNION ALL
SELECT utility, 'street', street_id::text, sum(flats), sum(count) FROM house GROUP BY 1, 3
UNION ALL
SELECT utility, 'zone', zone, sum(flats), sum(count) FROM house GROUP BY 1, 3
"""  # noqa: S608


def zone_name(supplier: int | None, district: str) -> str:
    """Return what a supply zone is called in tables: the supplier's houses of one district."""
    return f"{supplier or ''}|{district}"[:160]


def count_quiet_past(*, at: datetime) -> bool:
    """Count two years anew; False if another process does it now."""
    today = timezone.localtime(at).date()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return False
        # Two years of a large city take longer than any page may.
        cursor.execute("SET LOCAL statement_timeout = '15min'")
        values: dict[str, Any] = {
            "since": at - _YEARS,
            "until": at,
            "zone": timezone.get_current_timezone_name(),
            "echo": ECHO_WITHIN,
            "longest": LONGEST_ECHO,
            "flats": FLATS,
            "utilities": list(Utility.values),
            "day": today,
        }
        cursor.execute(_HOURS, values)
        counted = cursor.fetchall()
        cursor.execute(_ECHOES, values)
        echoes = dict(cursor.fetchall())
        cursor.execute("DELETE FROM requests_app_quietplace")
        cursor.execute(_PLACES, {**values, "since": at - _YEAR})
        cursor.execute("SELECT min(registered_at) FROM requests_app_request")
        oldest = cursor.fetchone()[0]
        since = max(at - _YEARS, oldest or at)
        for utility in Utility.values:
            _keep(utility, counted, float(echoes.get(utility, 0)), since=since, at=at)
    return True


def _keep(
    utility: str, counted: list[tuple[Any, ...]], echoes: float, *, since: datetime, at: datetime
) -> None:
    by_hour: dict[int, float] = {}
    by_month: dict[int, float] = {}
    for _, hour, month, count in (row for row in counted if row[0] == utility):
        by_hour[hour] = by_hour.get(hour, 0) + count
        by_month[month] = by_month.get(month, 0) + count
    # Zones hold every house once.
    whole = QuietPlace.objects.filter(utility=utility, scope=Scope.ZONE).aggregate(
        flats=Sum("flats"), seen=Sum("seen")
    )
    history = fit(
        by_hour,
        by_month,
        since=timezone.localtime(since).date(),
        until=timezone.localtime(at).date(),
        year=whole["seen"] or 0,
        flats=whole["flats"] or 0,
        echoes=echoes,
    )
    values = {
        "by_month": list(history.by_month),
        "by_hour": list(history.by_hour),
        "year": history.year,
        "flats": history.flats,
        "echo": history.echo,
    }
    QuietPast.objects.update_or_create(
        utility=utility, defaults={"counted_at": at, "values": values}
    )


def requests_a_month() -> float:
    """Return how many requests the watch tests in a month, by the last count."""
    return sum(float(past["year"]) for past in _pasts().values()) / _MONTHS


def histories(marks: dict[str, Iterable[Mark]], *, day: date) -> dict[str, History]:
    """Return the past of each utility with the places in which its marks lie."""
    pasts = _pasts()
    found: dict[str, History] = {}
    for utility, of_utility in marks.items():
        keys = {(scope, str(mark.key(scope))) for mark in of_utility for scope in Scope}
        wanted = Q(pk=None)
        for scope in Scope:
            wanted |= Q(scope=scope, key__in={key for place, key in keys if place == scope})
        places = {
            (row.scope, row.key if row.scope == Scope.ZONE else int(row.key)): Place(
                row.flats, row.seen
            )
            for row in QuietPlace.objects.filter(wanted, utility=utility)
        }
        past = pasts.get(utility)
        history = History(**past) if past else _unknown(day)
        found[utility] = replace(history, places=places)
    return found


def _pasts() -> dict[str, dict[str, Any]]:
    return dict(QuietPast.objects.values_list("utility", "values"))


def _unknown(day: date) -> History:
    """Return a cautious guess until the first night has counted."""
    flats = Building.objects.aggregate(flats=Sum("flats"))["flats"] or FLATS
    return fit({}, {}, since=day, until=day, year=0, flats=flats, echoes=0)
