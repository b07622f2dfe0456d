"""What keepers of the portal are told, and that outsiders are told nothing."""

from __future__ import annotations

import time

import pytest
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder

from contact_center import health
from deploy.local import free_port


def test_process_that_lives_asks_nobody(client):
    # Without the mark for a database, a query would end the test.
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_with_database_and_migrations(client):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "database": "ok",
        "redis": "ok",
        "letters": "ok",
        "oldest_due_seconds": 0,
    }


@pytest.mark.django_db
def test_not_ready_with_a_migration_missing(client):
    MigrationRecorder(connection).record_unapplied("accounts", "0001_initial")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["database"] == "1 migrations missing"


def test_not_ready_without_database(client, monkeypatch):
    def refuse(self):
        raise DatabaseError

    monkeypatch.setattr(MigrationRecorder, "applied_migrations", refuse)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["database"] == "unavailable"


@pytest.mark.django_db
def test_ready_without_redis_and_says_so(client, settings):
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    health._redis.cache_clear()
    try:
        response = client.get("/readyz")
    finally:
        health._redis.cache_clear()
    assert response.status_code == 200
    assert response.json()["redis"] == "unavailable"


@pytest.mark.django_db
def test_frozen_redis_holds_the_answer_less_than_two_seconds(client, settings):
    import socket

    # Listens and never answers, as a stopped process does.
    with socket.create_server(("127.0.0.1", 0)) as frozen:
        settings.REDIS_URL = f"redis://127.0.0.1:{frozen.getsockname()[1]}/0"
        health._redis.cache_clear()
        started = time.monotonic()
        try:
            response = client.get("/readyz")
        finally:
            health._redis.cache_clear()
        assert response.json()["redis"] == "unavailable"
        assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    ("headers", "address", "token", "status"),
    [
        ({}, "127.0.0.1", "", 200),
        ({}, "::1", "", 200),
        ({}, "203.0.113.7", "", 404),
        ({"X-Forwarded-For": "127.0.0.1"}, "203.0.113.7", "", 404),
        ({"X-Forwarded-For": "203.0.113.7"}, "127.0.0.1", "", 404),
        ({"Authorization": "Bearer right"}, "203.0.113.7", "right", 200),
        ({"Authorization": "Bearer wrong"}, "203.0.113.7", "right", 404),
        ({"Authorization": "Bearer "}, "203.0.113.7", "", 404),
    ],
)
def test_metrics_open_to_loopback_and_token_only(
    db, client, settings, headers, address, token, status
):
    settings.METRICS_TOKEN = token
    response = client.get("/metrics", headers=headers, REMOTE_ADDR=address)
    assert response.status_code == status
    assert (b"django_http_requests_total" in response.content) is (status == 200)
