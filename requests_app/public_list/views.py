"""Pages of the public list; they show a matter, a place, who answers and dates, never a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts import keyset
from disclosure import viewport
from notifications import following
from requests_app import places
from requests_app.models import Category, Request
from requests_app.public_list.choice import STATES, Choice
from requests_app.statuses import public_words
from requests_app.topics import same_topic

PAGE = 20
POINTS = 1_000
_ORDER = ["-registered_at", "-id"]


@dataclass(frozen=True)
class Row:
    """A public request as a stranger may read it."""

    id: int
    title: str
    place: str
    meta: tuple[str, ...]
    status: str
    outcome: str
    word: Promise
    href: str
    follow: str = ""
    # How many say «so with me too».
    too: int = 0


def row(item: Request, *, too: int = 0) -> Row:
    """Return what a stranger may read; `item` comes with category and building__street."""
    dates = [_("Filed %(day)s") % {"day": _day(item.registered_at)}]
    if item.closed_at is not None:
        dates.append(_("closed %(day)s") % {"day": _day(item.closed_at)})
    return Row(
        id=item.pk,
        title=item.category.name,
        place=places.public_place(item.building),
        meta=tuple(part for part in (", ".join(dates), item.executor_name) if part),
        status=item.status,
        outcome=item.outcome,
        word=public_words(item.status, item.outcome),
        # Its house, not its page: that one belongs to whoever asked.
        href=item.building.get_absolute_url() if places.names_nobody(item.building) else "",
        follow=reverse("requests_app:follow", args=[item.pk]) if item.is_open else "",
        too=too,
    )


def _day(moment: datetime) -> str:
    return _day_in_words(timezone.localtime(moment).date(), get_language())


# A page names the same few days forty times.
@lru_cache(maxsize=512)
def _day_in_words(day: date, _language: str | None) -> str:
    return date_format(day, "j E Y")


@require_safe
def index(http: HttpRequest) -> HttpResponse:
    """Show the list, newest first, beside its map."""
    choice = Choice.of(http.GET)
    try:
        page = keyset.page(
            choice.rows().for_strangers(),
            _ORDER,
            size=PAGE,
            cursor=http.GET.get("cursor", ""),
        )
    except keyset.BadCursor:
        return redirect(_address(choice))
    too = following.counts(same_topic(item.pk) for item in page)
    values: dict[str, Any] = {
        "rows": [row(item, too=too.get(same_topic(item.pk), 0)) for item in page],
        "newer": _address(choice, page.previous) if page.previous else "",
        "older": _address(choice, page.next) if page.next else "",
        "choice": choice,
        "services": Category.objects.filter(parent=None).values_list("slug", "name"),
        "states": STATES,
        "districts": settings.CITY.districts,
        "points": f"{reverse('requests_app:points')}?{choice.query}",
        "outline": static(settings.CITY.outline) if settings.CITY.outline else "",
        "streets": _streets(),
        "tiles": getattr(settings, "MAP_TILES_URL", ""),
    }
    return render(http, "requests_app/public_list/index.html", values)


def _streets() -> str:
    # The invented city draws its streets; a real one may have none but the outline.
    return static("geo/demo-streets.geojson") if settings.DEMO else ""


def _address(choice: Choice, cursor: str = "") -> str:
    parts = [part for part in (choice.query, f"cursor={cursor}" if cursor else "") if part]
    return reverse("requests_app:list") + (f"?{'&'.join(parts)}" if parts else "")


@require_safe
@cache_control(public=True, max_age=60)
def points(http: HttpRequest) -> HttpResponse:
    """Return the newest chosen requests as points: at most 1,000, within ?bbox= if given."""
    found = Choice.of(http.GET).rows().at_named_houses().filter(building__lat__isnull=False)
    if "bbox" in http.GET:
        box = viewport.box_of(http.GET["bbox"])
        if box is None:
            return HttpResponseBadRequest(_("bbox is: west, south, east, north, in degrees."))
        found = found.filter(viewport.within(box))
    rows = found.for_strangers().order_by(*_ORDER)[: POINTS + 1]
    features = [_point(item) for item in rows]
    return JsonResponse(
        # Not complete: older ones were left out, so ask again for a smaller box.
        {
            "type": "FeatureCollection",
            "features": features[:POINTS],
            "complete": len(features) <= POINTS,
        },
        content_type="application/geo+json",
    )


def _point(item: Request) -> dict[str, Any]:
    shown = row(item)
    return {
        "type": "Feature",
        "geometry": {
            "type": "Point",
            "coordinates": [item.building.lon, item.building.lat],
        },
        "properties": {
            "id": item.pk,
            "title": f"{shown.title}, {shown.place}",
            "status": str(shown.word),
            "tone": TONES.get(item.outcome or item.status, "info"),
            "href": shown.href,
        },
    }


# Tones of the map's dots; the words beside them say the same.
TONES = {
    "new": "info",
    "accepted": "info",
    "in_progress": "work",
    "needs_info": "wait",
    "redirected": "work",
    "done": "work",
    "reopened": "bad",
    "fixed": "good",
    "refused": "quiet",
    "not_confirmed": "quiet",
    "duplicate": "quiet",
    "withdrawn": "quiet",
}
