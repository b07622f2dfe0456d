"""Migrations wait for no lock, and take up what was broken off."""

from __future__ import annotations

import psycopg2
import pytest
from django.core.management import call_command
from django.db import OperationalError, connection

from deploy import migrating

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def somebody_writes():
    """Hold the lock that any INSERT takes, in another session."""
    here = connection.settings_dict
    writer = psycopg2.connect(
        host=here["HOST"],
        port=here["PORT"],
        user=here["USER"],
        password=here["PASSWORD"],
        dbname=here["NAME"],
    )
    with writer.cursor() as cursor:
        cursor.execute("LOCK TABLE notifications_message IN ROW EXCLUSIVE MODE")
    yield writer
    writer.close()


@pytest.fixture
def one_step_back():
    """Take the last indexes of the outbox back for the test, with what leans on them."""
    call_command("migrate", "notifications", "0016", verbosity=0)
    yield
    # An index that waited for the lock in vain is left invalid: plain `migrate` would meet it.
    migrating.migrate()


def test_a_table_in_use_is_given_up_soon(one_step_back, somebody_writes, monkeypatch):
    monkeypatch.setattr(migrating, "LOCK_SECONDS", 1)
    with pytest.raises(OperationalError, match="lock timeout"):
        migrating.migrate(attempts=2, pause_seconds=0)


def test_it_goes_on_when_the_table_is_free(one_step_back):
    migrating.migrate()
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)
    call_command("migrate", "--check", verbosity=0)


def test_index_left_invalid_is_dropped(django_db_blocker):
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX broken_off ON accounts_user (name)")
        cursor.execute(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'broken_off'::regclass"
        )
    migrating.migrate()
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('broken_off')")
        assert cursor.fetchone() == (None,)
