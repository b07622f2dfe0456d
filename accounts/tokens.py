"""Keys of programs: made once, shown once, kept as a hash."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import ApiToken, User

# Marks a leaked key for secret scanners and keeps tokens apart from tracking codes.
PREFIX = "hcc_"
# A request a second must not become a write a second.
USE_NOTED_EVERY = timedelta(minutes=10)


def digest(key: str) -> str:
    """Return what is stored of a key; it has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(key.encode()).hexdigest()


def issue(
    user: User, *, name: str, expires_at: datetime | None = None, at: datetime | None = None
) -> str:
    """Store a new token of `user` and return its key, which nobody can read again."""
    key = PREFIX + secrets.token_urlsafe(32)
    ApiToken.objects.create(
        user=user,
        key_hash=digest(key),
        name=name,
        created_at=at or timezone.now(),
        expires_at=expires_at,
    )
    return key


def holder(key: str, *, at: datetime) -> User | None:
    """Return the active account that `key` opens, or None; one query, rarely two."""
    held = ApiToken.objects.select_related("user").order_by()
    # Unique: `first` would only sort, by twenty columns' names.
    token = next(iter(held.filter(key_hash=digest(key), user__is_active=True)[:1]), None)
    if token is None or (token.expires_at is not None and token.expires_at <= at):
        return None
    if token.last_used_at is None or at - token.last_used_at > USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)
    return token.user
