"""
The desk's search box: one field, four meanings.

A number, a phone, an address or words of the description; what was typed decides, and the page
says how it was understood.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.contrib.postgres.search import SearchRank
from django.db.models import F
from django.utils import timezone

from accounts import phones
from disclosure import address_search, addresses
from requests_app import text_query
from requests_app.models import Request
from requests_app.querysets import RequestQuerySet
from requests_app.typed_text import one_line

LONGEST = 200
# Only so many of the newest matches are ranked: half a million rows are never sorted for a page.
RANKED = 300

_NUMBER = re.compile(r"^(\d{2})\s?-\s?(\d{1,6})$")
_SHORT_NUMBER = re.compile(r"^№?\s*(\d{1,6})$")


class Kind(StrEnum):
    """How the words were understood."""

    NUMBER = "number"
    PHONE = "phone"
    ADDRESS = "address"
    TEXT = "text"


@dataclass(frozen=True)
class Words:
    """What was typed, and how it is read."""

    text: str
    kind: Kind
    phone: str = ""


def read(typed: str, *, meant: str = "") -> Words | None:
    """Return how `typed` is understood, None when it is empty; `meant` forces a kind."""
    text = one_line(typed)[:LONGEST]
    if not text:
        return None
    if meant in {Kind.TEXT, Kind.ADDRESS}:
        return Words(text, Kind(meant))
    if _NUMBER.match(text) or _SHORT_NUMBER.match(text):
        return Words(text, Kind.NUMBER)
    try:
        return Words(text, Kind.PHONE, phones.normalise(text))
    except ValueError:
        pass
    # A house has a number: «Гончарова 5»; words without digits are looked for in descriptions.
    has_both = any(map(str.isdigit, text)) and any(map(str.isalpha, text))
    return Words(text, Kind.ADDRESS if has_both else Kind.TEXT)


def narrow(rows: RequestQuerySet, words: Words, *, at: datetime) -> RequestQuerySet:
    """Return the rows that the words mean; an address that no house bears is read as text."""
    match words.kind:
        case Kind.NUMBER:
            return rows.filter(number__startswith=_number(words.text, at))
        case Kind.PHONE:
            return rows.from_phone(words.phone)
        case Kind.ADDRESS:
            houses = _houses(words.text)
            if houses:
                return rows.filter(building__in=houses)
    return rows.with_text(words.text)


def best(rows: RequestQuerySet, words: Words) -> RequestQuerySet:
    """Return the newest matches, the closest first; each row gains `rank`."""
    query = text_query.of(words.text)
    if query is None:
        return Request.objects.none()
    newest = rows.filter(search=query).order_by("-registered_at", "-id").values("pk")[:RANKED]
    ranked = Request.objects.filter(pk__in=newest).annotate(rank=SearchRank(F("search"), query))
    return ranked.order_by("-rank", "-registered_at", "-id")


def _houses(text: str) -> list[int]:
    """Return the houses meant; where the typed house exists, its neighbours are left out."""
    found = address_search.find(text, limit=10)
    typed = addresses.split_house(text)[1]
    exact = [house.id for house in found if addresses.split_house(house.address)[1] == typed]
    return exact or [house.id for house in found]


def _number(text: str, at: datetime) -> str:
    """Return «26-000123» for «26-123» and, in 2026, for «123»."""
    full = _NUMBER.match(text)
    if full:
        year, digits = full.groups()
        # Whole numbers are typed as often as their beginnings: leading zeros mean a beginning.
        return f"{year}-{digits}" if digits.startswith("0") else f"{year}-{int(digits):06d}"
    short = _SHORT_NUMBER.match(text)
    digits = short.group(1) if short else "0"
    return f"{timezone.localtime(at).year % 100:02d}-{int(digits):06d}"
