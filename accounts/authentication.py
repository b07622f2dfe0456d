"""How a program says whose token it holds: `Authorization: Token <key>`."""

from __future__ import annotations

from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts import tokens
from accounts.actors import actor_of
from accounts.models import User

KEYWORD = "Token"


class TokenAuthentication(BaseAuthentication):
    """Reads the token; an absent one is a visitor, a wrong one is refused with 401."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        """Return the token's account, None without a token; raise AuthenticationFailed."""
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != KEYWORD.lower().encode():
            return None
        if len(words) != 2:
            raise AuthenticationFailed(_("Write the header as: Authorization: Token <key>"))
        try:
            key = words[1].decode("ascii")
        except UnicodeDecodeError:
            raise AuthenticationFailed(_("This token does not open the portal.")) from None
        user = tokens.holder(key, at=timezone.now())
        if user is None:
            raise AuthenticationFailed(_("This token does not open the portal."))
        # The middleware's actor may already be worked out from the session; a token was made
        # behind the second factor, so its holder acts in full.
        request._request.actor = SimpleLazyObject(lambda: actor_of(user))  # type: ignore[attr-defined]
        return user, None

    def authenticate_header(self, request: Request) -> str:
        """Return what a 401 asks for."""
        return KEYWORD


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes the header in the API's schema."""

    target_class = "accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """Return the OpenAPI security scheme."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "Token <key>",
        }
