"""Who is let in by the provider's word, and what people read when they are not."""

from __future__ import annotations

from typing import Any

import requests  # noqa: TID251 - signing in through a provider is that call
import structlog
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, _build_apps_from_settings
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import User

log = structlog.get_logger(__name__)
# Seconds to connect, and to wait for a byte.
TIMEOUT = (3, 5)

AWAY, CANCELLED, BROKEN_OFF = "away", "cancelled", "broken_off"
UNCONFIRMED, UNCONFIRMED_HERE, SWITCHED_OFF = "unconfirmed", "unconfirmed_here", "switched_off"
STATUSES = {
    AWAY: 502,
    CANCELLED: 200,
    BROKEN_OFF: 400,
    UNCONFIRMED: 403,
    UNCONFIRMED_HERE: 403,
    SWITCHED_OFF: 403,
}


def refusal(request: HttpRequest, reason: str) -> HttpResponse:
    """Return the page that says why nobody is signed in and what to do instead."""
    log.warning("oidc_refused", reason=reason)
    values = {"reason": reason}
    return render(
        request, "socialaccount/authentication_error.html", values, status=STATUSES[reason]
    )


class _Session(requests.Session):
    """Waits for no dead provider, follows it nowhere else and takes no proxy of the environment."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False

    def request(self, *args: Any, **values: Any) -> requests.Response:
        """Ask once."""
        return super().request(*args, **{**values, "timeout": TIMEOUT, "allow_redirects": False})


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """
    An account is joined only by an address that is confirmed on both sides.

    An address the provider does not vouch for could be anybody's; one that nobody confirmed here
    may have been typed into a stranger's account. Nobody becomes staff by the provider's word, and
    staff show their second factor after it as after a code.
    """

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[Any]:
        """Return what the environment names: no row of the database adds a provider."""
        found = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for apps in found.values() for app in apps]

    def get_requests_session(self) -> requests.Session:
        """Return what the provider is asked with."""
        return _Session()

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """A new account asks for the agreement first."""
        return False

    def populate_user(
        self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]
    ) -> User:
        """Return the new account with its address and name."""
        user = sociallogin.user
        assert isinstance(user, User)
        user.email = str(data.get("email") or "").lower()
        user.name = str(data.get("name") or "").replace("\x00", "")[:150]
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Join an account that is known by its address; raise ImmediateHttpResponse if not."""
        if sociallogin.is_existing:
            return
        email = next((one.email for one in sociallogin.email_addresses if one.verified), "")
        if not email:
            raise ImmediateHttpResponse(refusal(request, UNCONFIRMED))
        confirmed = EmailAddress.objects.filter(email__iexact=email, verified=True)
        address = confirmed.select_related("user").order_by("pk").first()
        if address is None:
            if User.objects.filter(email=email).exists():
                raise ImmediateHttpResponse(refusal(request, UNCONFIRMED_HERE))
            return
        if not address.user.is_active:
            raise ImmediateHttpResponse(refusal(request, SWITCHED_OFF))
        sociallogin.connect(request, address.user)

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Raise ImmediateHttpResponse with a page in the portal's own words."""
        if exception is not None:
            log.warning("oidc_failed", error=type(exception).__name__)
            raise ImmediateHttpResponse(refusal(request, AWAY))
        reason = CANCELLED if error == AuthError.CANCELLED else BROKEN_OFF
        raise ImmediateHttpResponse(refusal(request, reason))
