"""Keys of programs: made once, shown once, kept as a hash."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from accounts import scopes as scope_list
from accounts.models import ApiToken, User

# Marks a leaked key for secret scanners and keeps tokens apart from tracking codes.
PREFIX = "hcc_"
# A request a second must not become a write a second.
USE_NOTED_EVERY = timedelta(minutes=10)
# Live tokens of one account: a page of them is read whole.
MOST = 50


class Refused(Exception):
    """The key opens nothing; `code` is stable and says why."""

    code = ""


class Unknown(Refused):
    """No such key, or a revoked one, or its holder's account is switched off."""

    code = "token_unknown"


class Expired(Refused):
    """The key's time is over."""

    code = "token_expired"


@dataclass(frozen=True, slots=True)
class Held:
    """A token at work: what a call of the API finds as `request.auth`."""

    id: int
    user: User
    scopes: frozenset[str]


def digest(key: str) -> str:
    """Return what is stored of a key; it has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(key.encode()).hexdigest()


def issue(
    user: User,
    *,
    name: str,
    scopes: Iterable[str] = scope_list.ALL,
    expires_at: datetime | None = None,
    at: datetime | None = None,
) -> str:
    """
    Store a new token of `user` and return its key, which nobody can read again.

    Who may give which scope is asked by the caller: `accounts.scopes.grantable`.
    """
    key = PREFIX + secrets.token_urlsafe(32)
    ApiToken.objects.create(
        user=user,
        key_hash=digest(key),
        name=name,
        scopes=sorted(scopes),
        created_at=at or timezone.now(),
        expires_at=expires_at,
    )
    return key


def opened_by(key: str, *, at: datetime) -> Held:
    """Return what `key` opens; raise Unknown or Expired; one query, rarely two."""
    held = ApiToken.objects.select_related("user").order_by()
    # Unique: `first` would only sort, by twenty columns' names.
    token = next(
        iter(held.filter(key_hash=digest(key), revoked_at=None, user__is_active=True)[:1]), None
    )
    if token is None:
        raise Unknown
    if token.expires_at is not None and token.expires_at <= at:
        raise Expired
    if token.last_used_at is None or at - token.last_used_at > USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)
    return Held(id=token.pk, user=token.user, scopes=frozenset(token.scopes))


def holder(key: str, *, at: datetime) -> User | None:
    """Return the active account that `key` opens, or None."""
    try:
        return opened_by(key, at=at).user
    except Refused:
        return None


def revoke(token: ApiToken, *, at: datetime) -> None:
    """End a token; a second time changes nothing."""
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at)
