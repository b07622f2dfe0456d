"""The doors of the provider's sign-in: there, and back again."""

from __future__ import annotations

from typing import Any

import requests  # noqa: TID251 - signing in through a provider is that call
from allauth.account import views as account_views
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from contact_center.signing_in.provider import StrictAdapter, origin


def _letting_through(response: HttpResponse) -> HttpResponse:
    """Let a form of this page end at the provider, and nowhere else."""
    if settings.OIDC_SERVER_URL:
        response._csp_update = {  # type: ignore[attr-defined]
            "form-action": [origin(settings.OIDC_SERVER_URL)]
        }
    return response


@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show allauth's page, whose button leads to the provider."""
    return _letting_through(account_views.login(request))


@never_cache
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send the browser to the provider by a POST; a GET asks for that button first."""
    return _letting_through(_guarded(OAuth2LoginView, request, provider_id))


@never_cache
@require_GET
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take in whom the provider sends back."""
    return _guarded(OAuth2CallbackView, request, provider_id)


@require_GET
def back_to_the_door(http: HttpRequest) -> HttpResponse:
    """Lead to the sign-in page."""
    return redirect("account_login")


def _guarded(view: Any, request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        adapter = StrictAdapter(request, provider_id)
        provider = adapter.get_provider()
    except SocialApp.DoesNotExist:
        raise Http404 from None
    try:
        response: HttpResponse = view.adapter_view(adapter)(request)
    except (requests.RequestException, OAuth2Error, KeyError, ValueError) as failed:
        # What allauth does not catch itself: discovery, and answers that are not what they claim.
        response = render_authentication_error(request, provider, exception=failed)
    return response
