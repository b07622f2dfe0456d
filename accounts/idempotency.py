"""
A call with a key is done once, however often it is sent.

Call `claim` first in the operation's transaction: its INSERT waits for a twin that is still
running, then either replays the twin's result or, if the twin rolled back, goes on.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from accounts.models import IdempotentCall

KEPT_FOR = timedelta(days=7)

_CLAIM = """
INSERT INTO accounts_idempotentcall (scope, key_hash, fingerprint, created_at)
VALUES (%s, %s, %s, %s)
ON CONFLICT (scope, key_hash) DO NOTHING
RETURNING id
"""


class KeyReused(Exception):
    """The same key came with another body."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """The call is new; `remember` its result before the transaction ends."""

    id: int

    def remember(self, result: dict[str, Any]) -> None:
        """Store what a repeat of the call is answered with."""
        IdempotentCall.objects.filter(pk=self.id).update(result=result)


@dataclass(frozen=True, slots=True)
class Replay:
    """The call was done before, with this result."""

    result: dict[str, Any]


def claim(*, scope: str, key: str, fingerprint: str, at: datetime) -> Fresh | Replay:
    """
    Return whether the call is new; raise KeyReused when its key came with another body.

    `scope` keeps senders and operations apart; `fingerprint` is `fingerprint_of(body)`.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("claim belongs inside the operation's transaction")
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [scope, _hash(key), fingerprint, at])
        row = cursor.fetchone()
    if row is not None:
        return Fresh(id=row[0])
    replay = earlier(scope=scope, key=key, fingerprint=fingerprint)
    # The twin that held the place has committed, or the INSERT had taken it.
    assert replay is not None
    return replay


def earlier(*, scope: str, key: str, fingerprint: str) -> Replay | None:
    """
    Return what the call made when it was done before, None if it was not; claim nothing.

    Spares a repeat the work that comes before the transaction. Raise KeyReused as `claim` does.
    """
    call = IdempotentCall.objects.filter(scope=scope, key_hash=_hash(key)).first()
    if call is None:
        return None
    if call.fingerprint != fingerprint:
        raise KeyReused
    # Committed without a result: the operation had nothing to tell twice.
    return Replay(result=call.result or {})


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def is_known(*, scope: str, key: str) -> bool:
    """Whether a call with this key was done before; only a look, nothing is claimed."""
    key_hash = hashlib.sha256(key.encode()).hexdigest()
    return IdempotentCall.objects.filter(scope=scope, key_hash=key_hash).exists()


def fingerprint_of(body: Any) -> str:
    """Return a hash of a JSON-like value that ignores the order of keys."""
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def sweep(*, at: datetime, batch: int = 5000) -> int:
    """Delete up to `batch` calls too old to be repeated and return how many went."""
    old = IdempotentCall.objects.filter(created_at__lt=at - KEPT_FOR).order_by("created_at")
    count, _ = IdempotentCall.objects.filter(pk__in=old.values("pk")[:batch]).delete()
    return count
