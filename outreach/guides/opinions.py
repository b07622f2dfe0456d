"""«Did it help»: one answer a reader and guide; the last one counts."""

from __future__ import annotations

import secrets
from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from outreach.models import Guide, Opinion

COOKIE = "guide_reader"
_YEAR_SECONDS = 365 * 24 * 3600
_LONGEST = 64


def reader(http: HttpRequest) -> str:
    """Return what the browser says it is, "" for one that never answered."""
    return http.COOKIES.get(COOKIE, "")[:_LONGEST]


def new_reader() -> str:
    """Return a name for a browser: chance, nothing of the person."""
    return secrets.token_urlsafe(16)


def keep(answer: HttpResponse, name: str) -> None:
    """Let the browser remember its name, so that it answers once."""
    answer.set_cookie(
        COOKIE,
        name,
        max_age=_YEAR_SECONDS,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )


def said(guide: Guide, name: str) -> bool | None:
    """Return what this reader said of the guide, None for nothing yet."""
    if not name:
        return None
    rows = Opinion.objects.filter(guide=guide, reader_hash=_hash(name))
    return rows.values_list("helped", flat=True).first()


def say(guide: Guide, name: str, *, helped: bool, at: datetime) -> None:
    """Write down what the reader says; said again, the newer word stands."""
    Opinion.objects.update_or_create(
        guide=guide, reader_hash=_hash(name), defaults={"helped": helped, "at": at}
    )


def _hash(name: str) -> str:
    return salted_hmac("outreach.opinions", name, algorithm=sha256().name).hexdigest()
