"""Whether somebody has signed in just now: a browser left open hands nothing over."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

WITHIN = timedelta(minutes=15)


def is_recent(request: HttpRequest, *, at: datetime) -> bool:
    """Return whether this session's account proved itself within the last minutes."""
    records = get_authentication_records(request, request.user)
    since = (at - WITHIN).timestamp()
    return any(record.get("at", 0) >= since for record in records)


def way_to_prove(request: HttpRequest, *, back: str) -> str:
    """
    Return the page that asks for password or second factor, and leads back to `back`.

    Whoever signs in by code has neither: they sign out and in again.
    """
    methods = get_adapter().get_reauthentication_methods(request.user)
    page = methods[0]["url"] if methods else reverse("own_data:again")
    return f"{page}?{urlencode({'next': back})}"
