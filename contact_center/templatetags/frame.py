"""
The frame of a page, rendered once for all who see the same of it.

Head, header, footer and tab bar would be half of what a small page costs. They depend on little:
language, colours, which of the portal's fixed addresses is open, and whether the reader is signed
in or of the staff. Each combination is rendered once in a process and kept. Nothing of a person is
among them, and a value that is must stay out of these templates: they are given none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django import template
from django.conf import settings
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from contact_center.city import City
from contact_center.context import NAVIGATION, TAB_BAR, emergency_phones
from notifications import inbox

register = template.Library()

PROFILE, SIGN_IN, INBOX = "/accounts/profile/", "/accounts/login/", "/accounts/inbox/"
# The parts that show how much is unread.
_COUNTING = frozenset({"header"})
_MARKED = frozenset({PROFILE, SIGN_IN, INBOX, *(place.path for place in (*NAVIGATION, *TAB_BAR))})


@dataclass(frozen=True)
class Standing:
    """All that a frame may depend on; `here` is "" for an address that no link of it names."""

    language: str
    theme: str
    here: str
    reader: str  # "", "account" or "staff"
    # How much a reader with an account has not read: "", "1"… "9+". A number names nobody.
    unread: str
    city: City
    demo: bool


@register.simple_tag(takes_context=True)
def frame(context: Context, part: str) -> SafeString:
    """Return components/`part`.html as it looks from where the reader stands."""
    standing = Standing(
        language=get_language() or settings.LANGUAGE_CODE,
        theme=str(context.get("theme") or "auto"),
        here=_here(context),
        reader=_reader(context),
        unread=_unread(context) if part in _COUNTING else "",
        city=settings.CITY,
        demo=settings.DEMO,
    )
    # Whoever works on the templates wants to see the change.
    render = _rendered.__wrapped__ if settings.DEBUG else _rendered
    return render(part, standing)


@lru_cache(maxsize=1024)
def _rendered(part: str, standing: Standing) -> SafeString:
    return render_to_string(
        f"components/{part}.html",
        {
            "theme": standing.theme,
            "here": standing.here,
            "reader": standing.reader,
            "unread": standing.unread,
            "city": standing.city,
            "demo": standing.demo,
            "emergency_phones": emergency_phones(),
            "navigation": NAVIGATION,
            "tab_bar": TAB_BAR,
        },
    )


def _here(context: Context) -> str:
    request = context.get("request")
    return request.path if request and request.path in _MARKED else ""


def _reader(context: Context) -> str:
    user = context.get("user")
    if user is None or not user.is_authenticated:
        return ""
    return "staff" if user.is_staff else "account"


def _unread(context: Context) -> str:
    """Return how much the reader has not read; one query a page, none for a visitor."""
    user = context.get("user")
    if user is None or not user.is_authenticated:
        return ""
    count = inbox.unread(user.pk)
    if count >= inbox.MOST_COUNTED:
        return f"{inbox.MOST_COUNTED - 1}+"
    return str(count) if count else ""
