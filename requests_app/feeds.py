"""Feeds of the public list of requests: a matter, a place and a state, never a person or a word."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import feeds
from disclosure.feeds import company, house
from disclosure.models import Building
from requests_app import places
from requests_app.models import Category, Request
from requests_app.public_list.views import row


def _category(text: str) -> list[int]:
    """Return the ids of a matter and of those below it."""
    found = Category.objects.filter(Q(slug=text[:64]) | Q(parent__slug=text[:64]))
    ids = list(found.values_list("pk", flat=True))
    if not ids:
        raise ValueError(text)
    return ids


def _named_house(text: str) -> Building:
    """Return a house that may be named; a small one is as if it were not there."""
    found = house(text)
    if not places.names_nobody(found):
        raise ValueError(text)
    return found


READERS = {
    "district": feeds.district,
    "category": _category,
    "company": company,
    "building": _named_house,
}
_COLUMNS = {
    "district": "building__district",
    "category": "category_id__in",
    "company": "executor_inn",
    "building": "building",
}


def requests(asked: dict[str, Any]) -> feeds.Feed:
    """Return the newest public requests of the choice; one query."""
    chosen = Request.objects.public().filter(
        **{_COLUMNS[name]: value for name, value in asked.items()}
    )
    rows = chosen.for_strangers().only(
        *("status", "outcome", "registered_at", "closed_at", "changed_at", "executor_name"),
        *("category__name", "building__address", "building__flats", "building__district"),
        *("building__street__name", "building__street__settlement"),
    )
    entries = [_entry(item) for item in rows.order_by("-registered_at", "-id")[: feeds.MOST]]
    return feeds.Feed(
        mark="requests",
        title=_("Requests of residents"),
        path=reverse("requests_app:list"),
        entries=entries,
    )


def _entry(item: Request) -> feeds.Entry:
    shown = row(item)
    word = str(shown.word)
    district = item.building.district
    return feeds.Entry(
        mark=f"request/{item.pk}",
        title=f"{shown.title}, {shown.place}: {word.lower()}",
        text=feeds.in_one_line((word, *shown.meta)),
        path=shown.href or f"{reverse('requests_app:list')}?{urlencode({'district': district})}",
        published_at=item.registered_at,
        updated_at=item.changed_at,
        tags=tuple(tag for tag in (shown.title, district) if tag),
    )


view = feeds.view(requests, readers=READERS)
