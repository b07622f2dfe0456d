"""Counters that need no write-ahead log, and the table of Django's cache (allauth's limits)."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    """Raw SQL that models cannot say."""

    dependencies: ClassVar = [("accounts", "0001_initial")]

    operations: ClassVar = [
        # A crash of the server forgives every counter, which is a fair price for cheap hits.
        migrations.RunSQL(
            sql="ALTER TABLE accounts_throttlecounter SET UNLOGGED",
            reverse_sql="ALTER TABLE accounts_throttlecounter SET LOGGED",
        ),
        migrations.RunSQL(
            sql="""
            CREATE UNLOGGED TABLE accounts_cache (
                cache_key varchar(255) PRIMARY KEY,
                value text NOT NULL,
                expires timestamptz NOT NULL
            );
            CREATE INDEX accounts_cache_expires ON accounts_cache (expires);
            """,
            reverse_sql="DROP TABLE accounts_cache",
        ),
    ]
