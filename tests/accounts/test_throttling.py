"""Limits hold in Postgres, by windows that begin with the first hit."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections

from accounts import throttling
from accounts.models import ThrottleCounter
from tests.conftest import NOON

HOUR = timedelta(hours=1)


def hit(key: str = "198.51.100.7", *, bucket: str = "filing", limit: int = 3, at=NOON):
    return throttling.hit(bucket=bucket, key=key, limit=limit, window=HOUR, at=at)


@pytest.mark.django_db
def test_hits_within_the_limit_pass_and_the_next_is_told_when_to_come() -> None:
    assert [hit().remaining for _ in range(3)] == [2, 1, 0]
    refused = hit(at=NOON + timedelta(minutes=10))
    assert not refused.allowed
    assert refused.retry_after_seconds == 50 * 60


@pytest.mark.django_db
def test_refused_hits_write_nothing_and_do_not_prolong_the_wait() -> None:
    for _ in range(3):
        hit()
    before = ThrottleCounter.objects.values_list("hits", "ends_at").get()
    for minute in range(1, 60):
        assert not hit(at=NOON + timedelta(minutes=minute)).allowed
    assert ThrottleCounter.objects.values_list("hits", "ends_at").get() == before
    assert hit(at=NOON + HOUR).allowed


@pytest.mark.django_db
def test_keys_and_buckets_are_counted_apart() -> None:
    for _ in range(3):
        hit()
    assert hit("198.51.100.8").allowed
    assert hit(bucket="codes").allowed
    assert not hit().allowed


@pytest.mark.django_db
def test_look_counts_nothing() -> None:
    for _ in range(5):
        assert throttling.look(bucket="codes", key="k", limit=3, at=NOON).allowed
    for _ in range(3):
        hit("k", bucket="codes")
    verdict = throttling.look(bucket="codes", key="k", limit=3, at=NOON)
    assert (verdict.allowed, verdict.retry_after_seconds) == (False, 3600)
    assert throttling.look(bucket="codes", key="k", limit=3, at=NOON + HOUR).allowed


@pytest.mark.django_db
def test_table_tells_no_address() -> None:
    hit("198.51.100.7")
    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_throttlecounter::text FROM accounts_throttlecounter")
        assert "198.51.100.7" not in cursor.fetchone()[0]


@pytest.mark.django_db
def test_hit_is_one_statement(django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        hit()


@pytest.mark.django_db
def test_sweep_removes_only_windows_that_are_over() -> None:
    hit("old")
    hit("new", at=NOON + HOUR)
    assert throttling.sweep(at=NOON + HOUR + timedelta(seconds=1)) == 1
    assert ThrottleCounter.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_simultaneous_hits_never_pass_the_limit() -> None:
    allowed: list[bool] = []
    start = threading.Barrier(8)

    def send() -> None:
        start.wait()
        try:
            allowed.extend(hit(limit=10).allowed for _ in range(5))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert allowed.count(True) == 10
    assert len(allowed) == 40
