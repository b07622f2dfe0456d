"""The houses of the chosen companies on the map, in the colour of how much each discloses."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.middleware import ActorRequest
from accounts.revalidation import revalidated
from disclosure import viewport
from disclosure.directory import listing
from disclosure.directory.bands import BANDS
from disclosure.directory.choice import SORTS, Choice
from disclosure.models import Building, ManagementCompany, ManagementPeriod

# More dots than this say nothing; the map asks again when somebody looks closer.
MOST = 1500
BESIDE = 100


def _today() -> date:
    return timezone.localtime(now()).date()


@require_safe
@revalidated
def page(http: ActorRequest) -> HttpResponse:
    """Show the map and, beside it, the first of the chosen companies. One query."""
    choice = Choice.of(http.GET)
    found = list(choice.rows(on=_today()).order_by(*SORTS[choice.sort])[: BESIDE + 1])
    city = settings.CITY
    return render(
        http,
        "disclosure/companies_map.html",
        {
            "choice": choice,
            "rows": listing.shown(found[:BESIDE]),
            "more": len(found) > BESIDE,
            "bands": BANDS,
            "list_url": listing.address(choice),
            "all_url": reverse("disclosure:companies_map"),
            "points": reverse("disclosure:companies_points") + choice.query(sort=""),
            "outline": static(city.outline) if city.outline else "",
            "tiles": getattr(settings, "MAP_TILES_URL", ""),
        },
    )


@require_safe
@cache_control(public=True, max_age=300)
def points(http: ActorRequest) -> JsonResponse:
    """Return houses of the chosen companies, within ?bbox= if given, as GeoJSON; two queries."""
    choice = Choice.of(http.GET)
    today = _today()
    periods = ManagementPeriod.objects.filter(
        during__contains=today,
        building__lat__isnull=False,
        company__in=choice.rows(on=today).values("pk"),
    )
    if choice.district:
        # Who asks for a district asks for its houses.
        periods = periods.filter(building__district=choice.district)
    if box := viewport.box_of(http.GET.get("bbox", "")):
        periods = periods.filter(viewport.within(box))
    found = list(periods.select_related("building").order_by("building_id")[: MOST + 1])
    seen = found[:MOST]
    # Only of companies in view: a region has thousands, a street a few.
    managing = ManagementCompany.objects.filter(pk__in={each.company_id for each in seen})
    rows = listing.shown(managing.with_houses(today).with_disclosed().with_in_time())
    by_company = {row.company.pk: row for row in rows}
    features = [_point(by_company[each.company_id], each.building) for each in seen]
    return JsonResponse(
        {"type": "FeatureCollection", "features": features, "complete": len(found) <= MOST},
        content_type="application/geo+json",
    )


def _point(row: listing.Row, house: Building) -> dict[str, Any]:
    said = row.disclosed or _("nothing is known yet")
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [house.lon, house.lat]},
        "properties": {
            "id": house.pk,
            "title": house.address,
            "status": f"{row.company}: {said}",
            "tone": row.band.tone if row.band else "quiet",
            "href": house.get_absolute_url(),
        },
    }
