"""Addresses of one's own account, beside allauth's."""

from __future__ import annotations

app_name = "accounts"
urlpatterns = []
