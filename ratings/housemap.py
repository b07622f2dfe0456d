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
from disclosure.models import Building, ManagementPeriod
from ratings import showing
from ratings.models import RatingResult, RatingSnapshot

# More dots than this say nothing; the map asks again when somebody looks closer.
MOST = 1500


@require_safe
def page(http: ActorRequest) -> HttpResponse:
    """Show the map of the newest rating and, beside it, its first companies as a list."""
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
    """Return houses in view as GeoJSON with their company's colour and name; three queries."""
    snapshot = RatingSnapshot.objects.newest()
    if snapshot is None:
        return _answer([], complete=True)
    houses = ManagementPeriod.objects.filter(
        during__contains=localdate(),
        company__ratings__snapshot=snapshot,
        building__lat__isnull=False,
    )
    if box := viewport.box_of(http.GET.get("bbox", "")):
        houses = houses.filter(viewport.within(box))
    found = list(houses.select_related("building").order_by("building_id")[: MOST + 1])
    seen = found[:MOST]
    # Only of companies in view: a region has thousands, a street a few.
    results = RatingResult.objects.filter(
        snapshot=snapshot, company_id__in={one.company_id for one in seen}
    ).defer("indicators", "signs")
    method = showing.method_of(snapshot)
    shown = {row.result.company_id: row for row in showing.rows(results, method)}
    return _answer(
        [_point(shown[one.company_id], snapshot, one.building) for one in seen],
        complete=len(found) <= MOST,
    )


def _answer(features: list[dict[str, Any]], *, complete: bool) -> JsonResponse:
    return JsonResponse(
        {"type": "FeatureCollection", "features": features, "complete": complete},
        content_type="application/geo+json",
    )


def _point(row: showing.Row, snapshot: RatingSnapshot, house: Building) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [house.lon, house.lat]},
        "properties": {
            "id": house.pk,
            "title": house.address,
            "status": f"{row.result.name}: {row.band}",
            "tone": row.tone,
            "href": reverse("ratings:company", args=[snapshot.period, row.result.reference]),
        },
    }
