"""Who sends: the holder of an `api_key`, what it lets do, and how much of it in an hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import scopes, throttling, tokens
from accounts.actors import Actor, Executor, Operator, actor_of
from accounts.models import User
from requests_app.open311.errors import Wrong

# A city's front files for a whole city, so its account is counted, not its address.
AN_HOUR = {"file": 1_000, "tell": 5_000}
_HOUR = timedelta(hours=1)
# Who holds it vouches for the people whose contact is sent: see docs/open311.md.
VOUCHES = "open311:write"
_FILES = frozenset({VOUCHES, "requests:write"})
_LONGEST = 200


@dataclass(frozen=True)
class Holder:
    """Whose key came in, and as whom it acts."""

    user: User
    actor: Actor
    scopes: frozenset[str]

    @property
    def vouches(self) -> bool:
        """Whether consent and publicity are answered for by the holder, for all it sends."""
        return VOUCHES in self.scopes


def who_files(http: HttpRequest, *, at: datetime) -> Holder:
    """Return whose key may file requests; raise Wrong 403 or 429."""
    return _opened(http, "file", at=at)


def who_tells(http: HttpRequest, *, at: datetime) -> Holder:
    """Return whose key may bring news of requests; raise Wrong 403 or 429."""
    return _opened(http, "tell", at=at)


def _opened(http: HttpRequest, verb: str, *, at: datetime) -> Holder:
    # In the body only: addresses end up in logs.
    key = http.POST.get("api_key", "").strip()[:_LONGEST]
    try:
        held = tokens.opened_by(key, at=at) if key else None
    except tokens.Refused:
        held = None
    if held is None:
        raise Wrong(403, "api_key: " + _("This key does not open the portal."))
    actor = scopes.narrowed(actor_of(held.user), held.scopes)
    if not held.scopes & _needed(actor, verb):
        raise Wrong(403, "api_key: " + _("This key was not made for this."))
    verdict = throttling.hit(
        bucket=f"open311-{verb}", key=str(held.user.pk), limit=AN_HOUR[verb], window=_HOUR, at=at
    )
    if not verdict.allowed:
        raise Wrong(429, _("Too many attempts"), retry_after_seconds=verdict.retry_after_seconds)
    return Holder(held.user, actor, held.scopes)


def _needed(actor: Actor, verb: str) -> frozenset[str]:
    """Return the scopes of which one is enough."""
    if verb == "file":
        return _FILES
    match actor:
        case Operator():
            return frozenset({"desk:write", "bulk:write"})
        case Executor():
            return frozenset({"cabinet:write", "bulk:write"})
    return _FILES
