"""What the owner of a token is told: that it was made, and that it soon stops working."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts import scopes, tokens
from accounts.models import ApiToken, User

REMINDED_BEFORE = timedelta(days=7)
# A token of a few days needs no reminder: its owner has just chosen its end.
SHORTEST = timedelta(days=14)
BATCH = 200


@transaction.atomic
def make(
    user: User,
    *,
    name: str,
    scopes: frozenset[str],
    expires_at: datetime | None,
    ip: str,
    at: datetime,
) -> str:
    """Store a token and the letter that tells its owner, in one transaction; return its key."""
    key = tokens.issue(user, name=name, scopes=scopes, expires_at=expires_at, at=at)
    token = ApiToken.objects.select_related("user").get(key_hash=tokens.digest(key))
    _send("token_made", token, {"timestamp": at, "ip": ip})
    return key


def remind(*, at: datetime) -> int:
    """Tell owners of tokens that expire within a week; return how many letters were written."""
    told = 0
    while batch := _remind_some(at=at):
        told += batch
    return told


@transaction.atomic
def _remind_some(*, at: datetime) -> int:
    due = list(
        ApiToken.objects.live(at=at)
        .filter(
            expires_at__lte=at + REMINDED_BEFORE,
            reminded_at=None,
            user__is_active=True,
        )
        .select_related("user")
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("pk")[:BATCH]
    )
    for token in due:
        if token.expires_at is not None and token.expires_at - token.created_at >= SHORTEST:
            _send("token_expires", token, {})
    ApiToken.objects.filter(pk__in=[token.pk for token in due]).update(reminded_at=at)
    return len(due)


def _send(letter: str, token: ApiToken, values: dict[str, object]) -> None:
    # allauth's adapter is where letters about an account leave from; it stands above this room.
    get_adapter().send_mail(
        f"account/email/{letter}",
        token.user.email,
        {
            "user": token.user,
            "name": token.name,
            "may": [scopes.SCOPES[name].label for name in scopes.SCOPES if name in token.scopes],
            "expires_at": token.expires_at,
            "tokens_url": settings.PUBLIC_URL + reverse("accounts:api_tokens"),
            **values,
        },
    )
