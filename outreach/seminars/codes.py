"""Codes for cameras, as SVG."""

from __future__ import annotations

import io

import segno
from django.conf import settings
from django.urls import reverse

from outreach.models import SignUp


def svg(text: str, *, scale: int = 4) -> str:
    """Return the code of a text as SVG; a quarter of it may be soiled."""
    out = io.BytesIO()
    segno.make(text, error="q", micro=False).save(
        out, kind="svg", scale=scale, border=4, xmldecl=False, light="#fff", omitsize=True
    )
    return out.getvalue().decode()


def check_in_address(sign_up: SignUp) -> str:
    """Return what the code at the door says: the check-in of the seminar with this person."""
    path = reverse("outreach:check_in", args=[sign_up.seminar_id])
    return f"{settings.PUBLIC_URL}{path}?code={sign_up.code}"
