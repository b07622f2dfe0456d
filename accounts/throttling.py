"""
Rate limits in Postgres: they hold over all processes and with Redis gone.

A window begins with a key's first hit and ends after its length. Call `hit` outside the
operation's transaction: inside, a roll-back would forgive the hit, and the counter's row would
stay locked until the commit.
"""

from __future__ import annotations

import hmac
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from math import ceil

from django.conf import settings
from django.db import connection
from django.utils.encoding import force_bytes

# One statement: a hit within the limit is counted and returned; past the limit nothing is
# written, so a flood makes no dead rows, and the second arm reads when the window ends.
_HIT = """
WITH hit AS (
    INSERT INTO accounts_throttlecounter AS counter (id, hits, ends_at)
    VALUES (%(id)s, %(weight)s, %(ends_at)s)
    ON CONFLICT (id) DO UPDATE SET
        hits = CASE
            WHEN counter.ends_at <= %(at)s THEN %(weight)s ELSE counter.hits + %(weight)s
        END,
        ends_at = CASE WHEN counter.ends_at <= %(at)s THEN %(ends_at)s ELSE counter.ends_at END
    WHERE counter.ends_at <= %(at)s OR counter.hits + %(weight)s <= %(limit)s
    RETURNING hits, ends_at
)
SELECT true, hits, ends_at FROM hit
UNION ALL
SELECT false, hits, ends_at FROM accounts_throttlecounter
WHERE id = %(id)s AND NOT EXISTS (SELECT FROM hit)
"""
_LOOK = "SELECT hits, ends_at FROM accounts_throttlecounter WHERE id = %s AND ends_at > %s"
_SWEEP = """
DELETE FROM accounts_throttlecounter WHERE id = ANY (ARRAY (
    SELECT id FROM accounts_throttlecounter WHERE ends_at < %s LIMIT %s FOR UPDATE SKIP LOCKED
))
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether to go on, and when the window is over; `retry_after_seconds` is 0 when allowed."""

    allowed: bool
    retry_after_seconds: int
    remaining: int
    ends_at: datetime


def hit(
    *, bucket: str, key: str, limit: int, window: timedelta, at: datetime, weight: int = 1
) -> Verdict:
    """
    Count one attempt of `key` and return whether it is within `limit` per `window`.

    An attempt of more `weight` counts for so many, and is refused whole where not all fit.
    """
    values: dict[str, uuid.UUID | datetime | int] = {
        "id": _counter_id(bucket, key),
        "at": at,
        "ends_at": at + window,
        "limit": limit,
        "weight": weight,
    }
    with connection.cursor() as cursor:
        cursor.execute(_HIT, values)
        row = cursor.fetchone()
    if row is None:
        # Somebody else opened the window and filled it between our two arms.
        return Verdict(
            allowed=False,
            retry_after_seconds=ceil(window.total_seconds()),
            remaining=0,
            ends_at=at + window,
        )
    allowed, hits, ends_at = row
    return _verdict(allowed=allowed, hits=hits, ends_at=ends_at, limit=limit, at=at)


def look(*, bucket: str, key: str, limit: int, at: datetime) -> Verdict:
    """Return what one more attempt would get, counting nothing: for limits on failures only."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, [_counter_id(bucket, key), at])
        row = cursor.fetchone()
    if row is None:
        return Verdict(allowed=True, retry_after_seconds=0, remaining=limit, ends_at=at)
    hits, ends_at = row
    return _verdict(allowed=hits < limit, hits=hits, ends_at=ends_at, limit=limit, at=at)


def sweep(*, at: datetime, batch: int = 5000) -> int:
    """Delete up to `batch` counters whose window is over and return how many went."""
    with connection.cursor() as cursor:
        cursor.execute(_SWEEP, [at, batch])
        return cursor.rowcount


def _verdict(*, allowed: bool, hits: int, ends_at: datetime, limit: int, at: datetime) -> Verdict:
    wait = 0 if allowed else max(1, ceil((ends_at - at).total_seconds()))
    return Verdict(
        allowed=allowed,
        retry_after_seconds=wait,
        remaining=max(0, limit - hits) if allowed else 0,
        ends_at=ends_at,
    )


def _counter_id(bucket: str, key: str) -> uuid.UUID:
    # Keyed, so that a copy of the table tells no addresses.
    text = f"{bucket}\x00{key}".encode()
    return uuid.UUID(bytes=hmac.digest(force_bytes(settings.SECRET_KEY), text, sha256)[:16])
