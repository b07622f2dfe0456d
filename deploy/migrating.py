"""
Migrations of a living city: no lock is waited for long, and what was broken off is taken up again.

A statement that waits for a lock holds up everybody who comes after it. So each gives up after two
seconds, the whole is tried again, and an index that a broken off attempt left invalid is dropped
first.
"""

from __future__ import annotations

import time

from django.core.management import call_command
from django.db import OperationalError, connection
from psycopg2.errors import LockNotAvailable

LOCK_SECONDS = 2
ATTEMPTS = 10
PAUSE_SECONDS = 3.0

_INVALID = """
SELECT format('%I.%I', n.nspname, c.relname)
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT i.indisvalid AND n.nspname = current_schema()
"""


def migrate(*, attempts: int = ATTEMPTS, pause_seconds: float = PAUSE_SECONDS) -> None:
    """Apply all migrations; raise OperationalError when a lock was never to be had."""
    for left in range(attempts - 1, -1, -1):
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
            _drop_invalid_indexes()
            call_command("migrate", interactive=False, verbosity=0)
            return
        except OperationalError as error:
            if not (isinstance(error.__cause__, LockNotAvailable) and left):
                raise
            print(f"  a table is in use; again in {pause_seconds:.0f} s", flush=True)
            time.sleep(pause_seconds)
        finally:
            # The setting is the session's: whoever uses the connection next gets a fresh one.
            connection.close()


def _drop_invalid_indexes() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_INVALID)
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
