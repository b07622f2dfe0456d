"""The feed of published ratings and their corrections."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import feeds
from ratings.models import RatingSnapshot


def ratings(_asked: dict[str, Any]) -> feeds.Feed:
    """Return the newest published ratings; one query."""
    rows = RatingSnapshot.objects.published().light().defer("manifest", "inputs", "rows")
    return feeds.Feed(
        mark="ratings",
        title=_("Ratings of management companies"),
        path=reverse("ratings:current"),
        entries=[_entry(item) for item in rows.order_by("-published_at", "-pk")[: feeds.MOST]],
    )


def _entry(item: RatingSnapshot) -> feeds.Entry:
    month = date_format(item.period, "F Y").lower()
    title = _("Rating of %(month)s") % {"month": month}
    edition = _("edition %(number)s") % {"number": item.edition} if item.edition > 1 else ""
    at = item.published_at or item.frozen_at
    return feeds.Entry(
        mark=f"rating/{item.period:%Y-%m}/{item.edition}",
        title=f"{title}, {edition}" if edition else title,
        text=feeds.in_one_line((edition, item.erratum)) or title,
        path=reverse("ratings:period", args=[item.period]),
        published_at=at,
        updated_at=at,
    )


view = feeds.view(ratings, readers={})
