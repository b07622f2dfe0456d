"""
How many calls a minute one sender may make: the account, or without one the address.

Postgres holds the count (`accounts.throttling`), and a process buys from it in blocks: one
statement for up to 25 calls, so that a cached public answer stays as fast as it was. A sender never
gets more than the limit; with several processes the last blocks may lie unspent, so the limit may
be felt up to a block a process early.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.conf import settings
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from accounts import throttling
from accounts.problems import Problem
from accounts.rest.refusals import too_many

WINDOW = timedelta(minutes=1)
_BLOCK = 25
_SENDERS = 10_000


@dataclass(slots=True)
class _Bought:
    """What this process may still give of a sender's window."""

    left: int
    elsewhere: int
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What a sender has left."""

    limit: int
    remaining: int
    reset_seconds: int
    allowed: bool


_bought: dict[str, _Bought] = {}
_lock = threading.Lock()


def count(sender: str, *, at: datetime) -> Standing | None:
    """Count one call of `sender` (`caller.sender_of`); None where the limit is switched off."""
    limit = settings.API_LIMIT
    if not limit:
        return None
    if sender.startswith("account:"):
        limit *= settings.API_LIMIT_ACCOUNT_TIMES
    with _lock:
        bought = _bought.get(sender)
        if bought is not None and bought.ends_at > at and (bought.left or not bought.elsewhere):
            return _spent(bought, limit, at)
    block = max(1, min(_BLOCK, limit // 20))
    # Outside the lock: a slow database must not hold up other senders.
    verdict = throttling.hit(
        bucket="api", key=sender, limit=limit, window=WINDOW, at=at, weight=block
    )
    with _lock:
        held = _bought.get(sender)
        left = block if verdict.allowed else 0
        if held is not None and held.ends_at == verdict.ends_at:
            left += held.left
        if len(_bought) >= _SENDERS:
            _forget_old(at)
        bought = _bought[sender] = _Bought(
            left=left,
            elsewhere=verdict.remaining if verdict.remaining >= block else 0,
            ends_at=verdict.ends_at,
        )
        return _spent(bought, limit, at)


def refusal(standing: Standing) -> Problem:
    """Return the refusal of a call beyond the limit."""
    return too_many(
        _("Too many calls. Wait a little and go on."),
        code="throttled",
        retry_after_seconds=standing.reset_seconds,
    )


def say(response: HttpResponseBase, standing: Standing) -> None:
    """Put what is left on the answer."""
    response["RateLimit-Limit"] = str(standing.limit)
    response["RateLimit-Remaining"] = str(standing.remaining)
    response["RateLimit-Reset"] = str(standing.reset_seconds)


def _spent(bought: _Bought, limit: int, at: datetime) -> Standing:
    allowed = bought.left > 0
    if allowed:
        bought.left -= 1
    return Standing(
        limit=limit,
        remaining=bought.left + bought.elsewhere,
        reset_seconds=max(1, ceil((bought.ends_at - at).total_seconds())),
        allowed=allowed,
    )


def _forget_old(at: datetime) -> None:
    for sender in [sender for sender, bought in _bought.items() if bought.ends_at <= at]:
        del _bought[sender]
    if len(_bought) >= _SENDERS:
        # What a flood of addresses had bought is lost to them, not given twice.
        _bought.clear()
