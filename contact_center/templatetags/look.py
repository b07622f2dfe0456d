"""The look's template tags: icons, phones, tones of statuses; all cheap enough for long lists."""

from __future__ import annotations

from functools import lru_cache

import phonenumbers
from django import template
from django.conf import settings
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# One icon and one tone for each status and, once closed, each outcome. A colour never speaks
# alone: the chip always carries the word too. Tones: quiet, info, work, wait, good, bad.
CHIPS: dict[str, tuple[str, str]] = {
    "new": ("inbox", "info"),
    "accepted": ("check", "info"),
    "in_progress": ("tools", "work"),
    "needs_info": ("question", "wait"),
    "redirected": ("forward", "work"),
    "done": ("document", "work"),
    "reopened": ("again", "bad"),
    "closed": ("archive", "quiet"),
    "fixed": ("check-circle", "good"),
    "refused": ("minus-circle", "quiet"),
    "not_confirmed": ("search", "quiet"),
    "duplicate": ("copy", "quiet"),
    "withdrawn": ("back", "quiet"),
}


@lru_cache(maxsize=256)
def _drawing(name: str, extra: str, sprite: str) -> SafeString:
    return format_html(
        '<svg class="icon{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        f" {extra}" if extra else "",
        sprite,
        name,
    )


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """Return the drawing `name` of static/img/icons.svg, hidden from screen readers."""
    return _drawing(name, extra, _sprite())


@lru_cache(maxsize=1)
def _sprite() -> str:
    """Return the sprite's address; looking it up forty times a page would cost 3 ms of it."""
    return static("img/icons.svg")


def _chip_key(status: str, outcome: str) -> str:
    return outcome if status == "closed" and outcome in CHIPS else status


@register.simple_tag
def chip_icon(status: str, outcome: str = "") -> SafeString:
    """Return the icon of a status or, once closed, of how it ended."""
    name, _tone = CHIPS.get(_chip_key(str(status), str(outcome or "")), ("info", "quiet"))
    return icon(name)


@register.simple_tag
def chip_tone(status: str, outcome: str = "") -> str:
    """Return the tone (a CSS modifier) of a status or, once closed, of how it ended."""
    return CHIPS.get(_chip_key(str(status), str(outcome or "")), ("info", "quiet"))[1]


@lru_cache(maxsize=128)
def _chip_opening(status: str, outcome: str, size: str) -> str:
    return format_html(
        '<span class="chip chip--{}{}">{}',
        chip_tone(status, outcome),
        f" chip--{size}" if size else "",
        chip_icon(status, outcome),
    )


@register.simple_tag
def chip(status: str, outcome: str, word: object, size: str = "") -> SafeString:
    """Return components/status_chip.html; in a list the tag is a tenth of the include's cost."""
    opening = _chip_opening(str(status), str(outcome or ""), str(size or ""))
    return mark_safe(f"{opening}{escape(word)}</span>")  # noqa: S308 - both parts are escaped


@lru_cache(maxsize=1024)
def phone_in_words(number: str) -> str:
    """Return «8 800 555-00-12» for an E.164 number; short and foreign ones stay as they are."""
    try:
        parsed = phonenumbers.parse(number, "RU")
    except phonenumbers.NumberParseException:
        return number
    if len(str(parsed.national_number)) < 7:
        return number
    style = (
        phonenumbers.PhoneNumberFormat.NATIONAL
        if parsed.country_code == 7
        else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    return phonenumbers.format_number(parsed, style)


@register.filter
def phone(number: str) -> str:
    """Show a phone the way people read it out."""
    return phone_in_words(str(number or ""))


@register.filter
def tel(number: str) -> str:
    """Return the `tel:` address of a phone."""
    kept = "".join(sign for sign in str(number or "") if sign.isdigit() or sign == "+")
    return f"tel:{kept}"


@register.simple_tag(takes_context=True)
def canonical(context: Context) -> SafeString:
    """Return the link that names the page's one address: without search, filters and cursors."""
    request = context.get("request")
    if request is None:
        return SafeString("")
    return format_html('<link rel="canonical" href="{}{}">', settings.PUBLIC_URL, request.path)
