"""`/outages/`: what is off now, what is planned, what was; and one incident with its news."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts import keyset
from accounts.middleware import ActorRequest
from disclosure.panels import Maker, make
from disclosure.utilities import Utility
from requests_app.incidents import following, showing
from requests_app.incidents.choice import WHEN, Choice
from requests_app.models import Incident, IncidentBuilding

PAGE = 20
POINTS = 2_000


@require_safe
def index(http: HttpRequest) -> HttpResponse:
    """Show the list beside its map."""
    at = now()
    choice = Choice.of(http.GET)
    address = reverse("outages:list")
    try:
        page = keyset.page(
            choice.rows(at), choice.order, size=PAGE, cursor=http.GET.get("cursor", "")
        )
    except keyset.BadCursor:
        return redirect(f"{address}?{choice.query()}")
    values: dict[str, Any] = {
        "rows": showing.shown(page, at=at),
        "choice": choice,
        "house": choice.house,
        "utilities": Utility.choices,
        "tabs": [
            {
                "href": f"{address}?{choice.query(when=code)}",
                "word": word,
                "now": code == choice.when,
            }
            for code, word in WHEN.items()
        ],
        "newer": f"{address}?{choice.query(cursor=page.previous)}" if page.previous else "",
        "older": f"{address}?{choice.query(cursor=page.next)}" if page.next else "",
        "points": f"{reverse('outages:points')}?{choice.query()}",
        **map_layers(),
    }
    return render(http, "requests_app/outages/index.html", values)


def map_layers() -> dict[str, str]:
    """Return the addresses of what every map of the city is drawn on."""
    return {
        "outline": static(settings.CITY.outline) if settings.CITY.outline else "",
        "streets": static("geo/demo-streets.geojson") if settings.DEMO else "",
        "tiles": getattr(settings, "MAP_TILES_URL", ""),
    }


@require_safe
@cache_control(public=True, max_age=60)
def points(http: HttpRequest) -> HttpResponse:
    """Return the touched houses of the chosen incidents as points: at most 2,000."""
    at = now()
    chosen = Choice.of(http.GET).rows(at)
    return _points(IncidentBuilding.objects.filter(incident__in=chosen.values("pk")))


@require_safe
@cache_control(public=True, max_age=60)
def points_of(http: HttpRequest, pk: int) -> HttpResponse:
    """Return the touched houses of one incident as points."""
    return _points(IncidentBuilding.objects.filter(incident_id=pk))


def _points(rows: Any) -> HttpResponse:
    found = (
        rows.filter(building__lat__isnull=False)
        .order_by("-incident__started_at", "id")
        .values_list(
            "incident_id",
            "incident__title",
            "incident__started_at",
            "building__address",
            "building__lat",
            "building__lon",
        )[: POINTS + 1]
    )
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
            "properties": {
                "id": incident,
                "title": f"{title}, {address}",
                "status": "",
                "tone": "bad",
                "href": reverse("outages:outage", args=[incident]),
            },
        }
        for incident, title, _started, address, lat, lon in found
    ]
    return JsonResponse(
        {
            "type": "FeatureCollection",
            "features": features[:POINTS],
            "complete": len(features) <= POINTS,
        },
        content_type="application/geo+json",
    )


@require_safe
def outage(http: ActorRequest, pk: int, panels: Sequence[Maker] = ()) -> HttpResponse:
    """Show one incident: what, where, until when, its news; and how to be told of more."""
    if pk > 2**62:
        raise Http404
    return outage_page(http, get_object_or_404(Incident, pk=pk), panels)


def outage_page(
    http: ActorRequest, incident: Incident, panels: Sequence[Maker] = (), **more: Any
) -> HttpResponse:
    """Answer with the page of the incident; `more` are what its form says."""
    at = now()
    updates = list(incident.updates.select_related("into").order_by("-at", "-id")[:100])
    (row,) = showing.shown([incident], at=at)
    values = {
        "row": row,
        "incident": incident,
        "updates": updates,
        "into": next((line.into for line in updates if line.into_id), None),
        "took_in": list(incident.took_in.select_related("incident").order_by("at")[:20]),
        "streets_touched": showing.houses_of(incident),
        "houses_shown": showing.HOUSES,
        "with_me_too": following.followers_of(incident),
        "points": reverse("outages:points_of", args=[incident.pk]),
        "panels": make(panels, incident, actor=http.actor, at=at),
        **map_layers(),
        **more,
    }
    return render(http, "requests_app/outages/outage.html", values, status=more.get("status", 200))
