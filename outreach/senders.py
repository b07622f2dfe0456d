"""What forms for strangers share in this room: refusals in words, and a limit for each sender."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts import throttling
from accounts.client_address import limit_key

_WINDOW = timedelta(hours=1)


class Invalid(Exception):
    """What was typed cannot be used: `errors` by field, in words."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


class TooMany(Exception):
    """One sender sends too much; the text says of what."""

    def __init__(self, words: str, retry_after_seconds: int) -> None:
        super().__init__(words)
        self.retry_after_seconds = retry_after_seconds


def count_attempt(bucket: str, *, limit: int, address: str, words: str, at: datetime) -> None:
    """
    Count an attempt of the sender at `address`; raise TooMany with `words` after `limit` an hour.

    Call outside the transaction: an attempt that fails counts too.
    """
    verdict = throttling.hit(
        bucket=bucket, key=limit_key(address), limit=limit, window=_WINDOW, at=at
    )
    if not verdict.allowed:
        raise TooMany(words, verdict.retry_after_seconds)
