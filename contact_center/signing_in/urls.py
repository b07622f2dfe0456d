"""Addresses of the provider's sign-in, below /accounts/; allauth finds them by the provider."""

from __future__ import annotations

from django.urls import path

from contact_center.signing_in import views

urlpatterns = [
    path("oidc/<slug:provider_id>/login/", views.login, name="openid_connect_login"),
    path("oidc/<slug:provider_id>/login/callback/", views.callback, name="openid_connect_callback"),
]
