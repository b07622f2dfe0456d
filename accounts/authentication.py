"""How a program says whose token it holds: `Authorization: Token <key>`, or `Bearer <key>`."""

from __future__ import annotations

from django.utils import timezone
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from drf_spectacular.authentication import SessionScheme as SpectacularSessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, status
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from accounts import scopes, tokens
from accounts.actors import actor_of
from accounts.models import User
from accounts.problems import Problem

KEYWORD = "Token"
KEYWORDS = {b"token": KEYWORD, b"bearer": "Bearer"}
MALFORMED = "token_malformed"
REFUSALS: dict[str, Promise] = {
    MALFORMED: _("Write the header as: Authorization: Token <key>"),
    tokens.Unknown.code: _("This token does not open the portal."),
    tokens.Expired.code: _("This token has expired: make another one."),
}


class TokenAuthentication(BaseAuthentication):
    """Reads the token; an absent one is a visitor, a wrong one is refused with 401."""

    def authenticate(self, request: Request) -> tuple[User, tokens.Held] | None:
        """Return whose token it is and the token, None without; raise AuthenticationFailed."""
        words = get_authorization_header(request).split()
        if not words or words[0].lower() not in KEYWORDS:
            return None
        if len(words) != 2:
            raise _refusal(MALFORMED)
        try:
            held = tokens.opened_by(words[1].decode("ascii"), at=timezone.now())
        except UnicodeDecodeError:
            raise _refusal(tokens.Unknown.code) from None
        except tokens.Refused as refused:
            raise _refusal(refused.code) from None
        # The middleware's actor may already be worked out from the session; staff make a token
        # behind the second factor, so its holder acts as far as its scopes go.
        request._request.actor = SimpleLazyObject(  # type: ignore[attr-defined]
            lambda: scopes.narrowed(actor_of(held.user), held.scopes)
        )
        return held.user, held

    def authenticate_header(self, request: Request) -> str:
        """Return what a 401 asks for, in the word that the program used."""
        words = get_authorization_header(request).split()
        return KEYWORDS.get(words[0].lower(), KEYWORD) if words else KEYWORD


def _refusal(code: str) -> AuthenticationFailed:
    return AuthenticationFailed(str(REFUSALS[code]), code=code)


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser's session; whoever writes with it sends the form's token, too."""

    def enforce_csrf(self, request: Request) -> None:
        """Raise Problem 403 for a write that another site's page could have sent."""
        try:
            super().enforce_csrf(request)
        except PermissionDenied:
            raise Problem(
                str(_("A write with a session needs the X-CSRFToken of this site's own page.")),
                code="csrf_failed",
                status_code=status.HTTP_403_FORBIDDEN,
            ) from None


class SessionScheme(SpectacularSessionScheme):  # type: ignore[no-untyped-call]
    """Describes the session in the API's schema."""

    target_class = "accounts.authentication.SessionAuthentication"
    name = "session"


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes both writings of the header in the API's schema."""

    target_class = "accounts.authentication.TokenAuthentication"
    name = ["token", "bearer"]  # noqa: RUF012 - drf-spectacular's own attribute

    def get_security_requirement(self, auto_schema: object) -> list[dict[str, list[str]]]:
        """Return that either writing is enough."""
        return [{name: []} for name in self.name]

    def get_security_definition(self, auto_schema: object) -> list[dict[str, str]]:
        """Return the OpenAPI security schemes, in the order of `name`."""
        about = (
            "A token made on the page «Access for programs» of one's account. It works as far as "
            "its scopes: without the one a call needs the answer is 403 `scope_missing`; a wrong "
            "or revoked one is 401 `token_unknown`, one whose time is over 401 `token_expired`."
        )
        header = {"type": "apiKey", "in": "header", "name": "Authorization"}
        return [
            {**header, "description": f"`Token <key>`. {about}"},
            {"type": "http", "scheme": "bearer", "description": f"The same key. {about}"},
        ]
