"""
The provider of the environment, stricter than allauth's own.

The id_token's signature, issuer, audience, time and nonce are checked whichever way it came; every
endpoint lies at the origin that the environment names; nothing a visitor adds to the address goes
to the provider; of the claims only the e-mail and the name are read, and none is kept.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any
from urllib.parse import urlsplit

import jwt
from allauth.account.models import EmailAddress
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
# A clock that is off by so many seconds is forgiven.
LEEWAY_SECONDS = 60
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
CLAIMS = ("email", "email_verified", "name")


def origin(url: str) -> str:
    """Return scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def nonce_of(state: str) -> str:
    """Return what the id_token must repeat; the state lives once, in one session."""
    mark = hmac.digest(settings.SECRET_KEY.encode(), f"oidc nonce {state}".encode(), "sha256")
    return mark.hex()


class NonceClient(OAuth2Client):
    """Sends the nonce along."""

    def get_redirect_url(self, authorization_url: str, scope: Any, extra_params: Any) -> str:
        """Return where the browser is sent; raise OAuth2Error without a state."""
        if not self.state:
            raise OAuth2Error("no state")
        values = {**extra_params, "nonce": nonce_of(self.state)}
        return str(super().get_redirect_url(authorization_url, scope, values))


class StrictAdapter(OpenIDConnectOAuth2Adapter):
    """How the portal talks to the provider."""

    client_class = NonceClient

    @property
    def openid_config(self) -> dict[str, Any]:
        """Return the discovery document; raise OAuth2Error for one that leads elsewhere."""
        if not hasattr(self, "_openid_config"):
            server = self.get_provider().server_url
            with get_adapter().get_requests_session() as session:
                answer = session.get(server)
                answer.raise_for_status()
                found = answer.json()
            if not isinstance(found, dict) or not isinstance(found.get("issuer"), str):
                raise OAuth2Error("not a discovery document")
            for name in ENDPOINTS:
                if origin(str(found.get(name, ""))) != origin(server):
                    raise OAuth2Error(f"{name} is at another origin")
            self._openid_config = found
        config: dict[str, Any] = self._openid_config
        return config

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        """Return the address registered with the provider, whatever host was asked for."""
        return settings.PUBLIC_URL + reverse(
            "openid_connect_callback", kwargs={"provider_id": self.provider_id}
        )

    def complete_login(
        self, request: HttpRequest, app: Any, token: SocialToken, **rest: Any
    ) -> Any:
        """Return whom the provider names; raise OAuth2Error for anything that does not fit."""
        written = rest["response"].get("id_token")
        if not isinstance(written, str):
            raise OAuth2Error("no id_token")
        claims = self._checked(app, written, nonce_of(request.GET["state"]))
        if "email" not in claims and "userinfo_endpoint" in self.openid_config:
            if origin(self.profile_url) != origin(self.get_provider().server_url):
                raise OAuth2Error("userinfo_endpoint is at another origin")
            more = self._fetch_user_info(token.token)
            if more.get("sub") != claims["sub"]:
                raise OAuth2Error("userinfo speaks of another person")
            claims |= {name: more[name] for name in CLAIMS if name in more}
        return self.get_provider().sociallogin_from_response(request, {"id_token": claims})

    def _checked(self, app: Any, written: str, nonce: str) -> dict[str, Any]:
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            published = answer.json()
        try:
            wanted = jwt.get_unverified_header(written).get("kid")
            keys = [
                key
                for key in jwt.PyJWKSet.from_dict(published).keys
                if key.public_key_use in (None, "sig") and (wanted is None or key.key_id == wanted)
            ]
            if len(keys) != 1:
                raise OAuth2Error("no such key")
            claims: dict[str, Any] = jwt.decode(
                written,
                key=keys[0],
                algorithms=ALGORITHMS,
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        except (jwt.PyJWTError, KeyError, TypeError, ValueError, AttributeError) as wrong:
            raise OAuth2Error("the id_token does not hold") from wrong
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise OAuth2Error("the id_token answers another question")
        if not claims["sub"]:
            raise OAuth2Error("the id_token names nobody")
        return claims


class CityProvider(OpenIDConnectProvider):
    """What the portal asks of the provider and takes from it."""

    oauth2_adapter_class = StrictAdapter
    pkce_enabled_default = True

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """Return where to come back to; scopes, parameters and ends are not a visitor's choice."""
        asked = super().get_redirect_from_request_kwargs(request)
        kept = {"process": "login", "scope": self.get_scope(), "auth_params": {}}
        return {**kept, **{name: asked[name] for name in ("next_url",) if name in asked}}

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Return the person's mark: of this issuer, so that another one's namesake is not them."""
        claims = data["id_token"]
        return hashlib.sha256(f"{claims['iss']}\n{claims['sub']}".encode()).hexdigest()

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return nothing: what the provider knows of a person stays with it."""
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[EmailAddress]:
        """Return the address; only a plain `true` makes it a verified one."""
        claims = data["id_token"]
        email = claims.get("email")
        if not isinstance(email, str) or not email:
            return []
        sure = claims.get("email_verified") is True
        return [EmailAddress(email=email.lower(), verified=sure, primary=True)]


provider_classes = [CityProvider]
