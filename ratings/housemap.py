"""Houses on the map in the colour of whoever manages them; the list of companies says the same."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.middleware import ActorRequest
from disclosure import viewport
from disclosure.models import ManagementPeriod
from ratings import showing
from ratings.models import RatingResult, RatingSnapshot

# More dots than this say nothing; the map asks again when somebody looks closer.
MOST = 1500


@require_safe
def page(http: ActorRequest) -> HttpResponse:
    """Show the map of the newest rating and, beside it, how many houses each colour has."""
    snapshot = RatingSnapshot.objects.newest()
    if snapshot is None:
        return render(http, "ratings/none.html")
    method = showing.method_of(snapshot)
    city = settings.CITY
    results = list(
        RatingResult.objects.filter(snapshot=snapshot, is_rated=True)
        .defer("indicators")
        .order_by("position")[:100]
    )
    return render(
        http,
        "ratings/map.html",
        {
            "snapshot": snapshot,
            "bands": showing.legend(method),
            "rows": showing.rows(results, method),
            "points": reverse("ratings:map_points"),
            "outline": static(city.outline) if city.outline else "",
            "tiles": getattr(settings, "MAP_TILES_URL", ""),
            "city": city,
        },
    )


@require_safe
@cache_control(public=True, max_age=300)
def points(http: ActorRequest) -> JsonResponse:
    """Return houses in view as GeoJSON, with the colour and name of their company; four queries."""
    snapshot = RatingSnapshot.objects.newest()
    features: list[dict[str, Any]] = []
    complete = True
    if snapshot is not None:
        method = showing.method_of(snapshot)
        shown = {
            row.result.company_id: row
            for row in showing.rows(
                RatingResult.objects.filter(snapshot=snapshot).defer("indicators"), method
            )
        }
        houses = ManagementPeriod.objects.filter(
            during__contains=localdate(), company_id__in=list(shown), building__lat__isnull=False
        )
        if box := viewport.box_of(http.GET.get("bbox", "")):
            west, south, east, north = box
            houses = houses.filter(
                building__lon__gte=west,
                building__lon__lte=east,
                building__lat__gte=south,
                building__lat__lte=north,
            )
        found = list(
            houses.order_by("building_id").values_list(
                "company_id",
                "building_id",
                "building__address",
                "building__lat",
                "building__lon",
            )[: MOST + 1]
        )
        complete = len(found) <= MOST
        features = [
            _point(shown[company], snapshot, pk, address, lat or 0, lon or 0)
            for company, pk, address, lat, lon in found[:MOST]
        ]
    return JsonResponse(
        {"type": "FeatureCollection", "features": features, "complete": complete},
        content_type="application/geo+json",
    )


def _point(
    row: showing.Row, snapshot: RatingSnapshot, pk: int, address: str, lat: float, lon: float
) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
        "properties": {
            "id": pk,
            "title": address,
            "status": f"{row.result.name}: {row.band}",
            "tone": row.tone,
            "href": reverse("ratings:company", args=[snapshot.period, row.result.reference]),
        },
    }
