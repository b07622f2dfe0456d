"""Who calls, and the refusal of those a call is not for."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.request import Request

from accounts.actors import Actor, Executor, Lawyer, Nobody, Operator, Resident
from accounts.client_address import client_address, limit_key
from accounts.problems import Problem

# Whoever has an account.
ACCOUNTS: tuple[type[Actor], ...] = (Resident, Operator, Executor, Lawyer)


def actor_of(http: Request) -> Actor:
    """Return who calls; the token's owner when a token was sent."""
    http.user  # noqa: B018 - authenticates, which may change the actor
    actor: Actor = http._request.actor  # type: ignore[attr-defined]
    return actor


def require(http: Request, *kinds: type[Actor]) -> Actor:
    """Return the caller if it is one of `kinds`; raise Problem 401 for nobody, 403 for others."""
    actor = actor_of(http)
    if isinstance(actor, kinds):
        return actor
    if isinstance(actor, Nobody):
        raise Problem(
            _("Say who you are: send a token."),
            code="not_authenticated",
            status_code=status.HTTP_401_UNAUTHORIZED,
        )
    raise Problem(
        _("This call is not for your account."),
        code="permission_denied",
        status_code=status.HTTP_403_FORBIDDEN,
    )


def demand_scope(auth: Any, name: str | None) -> None:
    """
    Raise Problem 403 `scope_missing` unless the token holds the scope `name`.

    `auth` is `request.auth`: without `scopes` (a session) nothing is held back. None as a name is
    a call that anybody may make.
    """
    held = getattr(auth, "scopes", None)
    if name is None or held is None or name in held:
        return
    raise Problem(
        _("This token lacks the scope %(scope)s.") % {"scope": name},
        code="scope_missing",
        status_code=status.HTTP_403_FORBIDDEN,
    )


def sender_of(http: Request) -> str:
    """Return whom limits and keys of repeats count: the account, else the trusted address."""
    user = http.user
    if user is not None and user.is_authenticated:
        return f"account:{user.pk}"
    return f"address:{limit_key(client_address(http._request))}"
