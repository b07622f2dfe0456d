"""Answers for whoever keeps the portal running: does the process live, may it get traffic."""

from __future__ import annotations

import hmac
import ipaddress
from functools import cache

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView
from prometheus_client import generate_latest

from accounts.client_address import client_address
from notifications import lateness
from notifications import metrics as outbox_metrics

REDIS_SECONDS = 0.5


@never_cache
@require_safe
def lives(request: HttpRequest) -> HttpResponse:
    """Say that this process answers; asks nobody else."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def is_ready(request: HttpRequest) -> HttpResponse:
    """
    Say whether the portal may take traffic: 200 with a database and all its migrations, else 503.

    Redis is reported and not required: without it requests are still taken, letters wait. So is
    whether letters are late: taking traffic away would make them no earlier.
    """
    database = _database()
    ready = database == "ok"
    return JsonResponse(
        {
            "status": "ok" if ready else "unavailable",
            "database": database,
            "redis": "ok" if _redis_answers() else "unavailable",
            # A database that is away is asked once.
            **(_letters() if ready else {"letters": "unavailable"}),
        },
        status=200 if ready else 503,
    )


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Give Prometheus its page, to a loopback caller or the holder of METRICS_TOKEN; else 404."""
    if not (_has_token(request) or _is_local(request)):
        raise Http404
    page = ExportToDjangoView(request)
    # Plain text lines in both: the second page simply goes on.
    page.content = page.content + generate_latest(outbox_metrics.REGISTRY)
    return page


def _database() -> str:
    try:
        applied = MigrationRecorder(connection).applied_migrations()
    except DatabaseError:
        return "unavailable"
    missing = _shipped_migrations() - applied.keys()
    return f"{len(missing)} migrations missing" if missing else "ok"


def _letters() -> dict[str, object]:
    try:
        lag = lateness.worst(at=now())
    except DatabaseError:
        return {"letters": "unavailable"}
    return {
        "letters": "late" if lag > lateness.LATE_AFTER else "ok",
        "oldest_due_seconds": int(lag.total_seconds()),
    }


@cache
def _shipped_migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


@cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS
    )


def _redis_answers() -> bool:
    try:
        return bool(_redis().ping())
    except redis.RedisError:
        return False


def _has_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(settings.METRICS_TOKEN) and hmac.compare_digest(
        given.encode(), settings.METRICS_TOKEN.encode()
    )


def _is_local(request: HttpRequest) -> bool:
    # A proxy on this very host, not yet named in TRUSTED_PROXIES, would make the world local.
    if "X-Forwarded-For" in request.headers and not settings.TRUSTED_PROXIES:
        return False
    try:
        return ipaddress.ip_address(client_address(request)).is_loopback
    except ValueError:
        return False
