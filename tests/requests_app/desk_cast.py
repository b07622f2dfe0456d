"""Who sits at the desk in tests, and the addresses of its pages."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from accounts.models import User

LIST = "/admin/requests_app/request/"


def as_user(user: User) -> Client:
    """Return a browser in which the user is signed in."""
    client = Client()
    client.force_login(user)
    return client


def at(name: str, *args: object) -> str:
    """Return the address of a desk page."""
    return reverse(f"admin:requests_app_request_{name}", args=args)
