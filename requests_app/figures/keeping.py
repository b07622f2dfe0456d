"""Keeping the figures: what changed is counted anew every few minutes, everything every night."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from requests_app.figures.counting import count_month
from requests_app.models import Figure, FigureMark
from requests_app.statuses import OPEN

# No transaction of the portal lives longer, so a line this old has no elders still to be seen.
_SETTLES_IN = timedelta(minutes=5)
_LOOKED_AT = 5_000
_SETTLED = """
SELECT coalesce(max(id) FILTER (WHERE at < %(before)s), min(id) - 1, 0)
FROM (SELECT id, at FROM requests_app_requestevent ORDER BY id DESC LIMIT %(looked)s) AS newest
"""
_LOCK = 0xF16
# Months of requests something happened to, and of open ones whose time has run out since.
_TOUCHED = """
SELECT date_trunc('month', r.registered_at AT TIME ZONE %(zone)s)::date
FROM requests_app_requestevent AS e JOIN requests_app_request AS r ON r.id = e.request_id
WHERE e.id > %(settled)s
UNION
SELECT date_trunc('month', r.registered_at AT TIME ZONE %(zone)s)::date
FROM requests_app_request AS r
WHERE r.status = ANY(%(open)s) AND r.due_at >= %(counted)s AND r.due_at < %(at)s
ORDER BY 1
"""


def refresh(*, at: datetime) -> list[date]:
    """Count the months that changed since the last count and return them; at first, all."""
    mark = FigureMark.objects.first()
    if mark is None:
        return rebuild(at=at)
    settled = _settled_event(at)
    with connection.cursor() as cursor:
        cursor.execute(
            _TOUCHED,
            {
                "zone": timezone.get_default_timezone_name(),
                "settled": mark.settled_event,
                "counted": mark.counted_at,
                "at": at,
                "open": sorted(str(status) for status in OPEN),
            },
        )
        months = [month for (month,) in cursor.fetchall()]
    for month in months:
        _count(month, at=at)
    FigureMark.objects.update(settled_event=settled, counted_at=at)
    return months


def rebuild(*, at: datetime, says: Callable[[date, int], object] | None = None) -> list[date]:
    """Count every month anew, also what an edit of the register moved; return the months."""
    settled = _settled_event(at)
    months = _all_months(at)
    for month in months:
        lines = _count(month, at=at)
        if says:
            says(month, lines)
    Figure.objects.filter(start__lt=months[0] if months else date.max).delete()
    FigureMark.objects.update_or_create(pk=1, defaults={"settled_event": settled, "counted_at": at})
    return months


def _count(month: date, *, at: datetime) -> int:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            # A month of a large city takes longer than a page may.
            cursor.execute("SET LOCAL statement_timeout = '10min'")
        return count_month(month, at=at)


def _settled_event(at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_SETTLED, {"before": at - _SETTLES_IN, "looked": _LOOKED_AT})
        settled: int = cursor.fetchone()[0]
    return settled


def _all_months(at: datetime) -> list[date]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT month::date FROM generate_series("
            " (SELECT date_trunc('month', min(registered_at) AT TIME ZONE %(zone)s)"
            "  FROM requests_app_request),"
            " date_trunc('month', %(at)s AT TIME ZONE %(zone)s), interval '1 month') AS month",
            {"zone": timezone.get_default_timezone_name(), "at": at},
        )
        return [month for (month,) in cursor.fetchall()]
