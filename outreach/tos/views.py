"""Pages of the directory: the list with its map, a ТОС, and what stands behind an address."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts import keyset, uploads
from accounts.middleware import ActorRequest
from accounts.revalidation import revalidated
from disclosure import address_search
from disclosure.models import Building
from outreach.guides import markdown
from outreach.meetings.views import house_of
from outreach.models import OfficeHolder, Tos, TosHouse
from outreach.querysets import TosQuerySet
from outreach.tos import mine as behind
from requests_app.typed_text import one_line

SIZE = 20
FOUND = 8
# More outlines than this cover each other; the list has them all.
MOST_AREAS = 400
HOUSES = 300
NEWS = 10
_ID_MAX = 2**31 - 1


def _standing(http: ActorRequest) -> TosQuerySet:
    rows = Tos.objects.visible_to(http.actor).standing(localdate())
    if district := one_line(http.GET.get("district", ""))[:120]:
        rows = rows.filter(district=district)
    return rows


def map_values() -> dict[str, Any]:
    """Return what components/map.html needs of the city."""
    city = settings.CITY
    return {
        "outline": static(city.outline) if city.outline else "",
        "tiles": getattr(settings, "MAP_TILES_URL", ""),
    }


@require_safe
@revalidated
def index(http: ActorRequest) -> HttpResponse:
    """Show the directory by name, with the boundaries on a map."""
    address = reverse("outreach:tos_list")
    district = one_line(http.GET.get("district", ""))[:120]
    rows = _standing(http).with_houses().defer("boundary", "about")
    try:
        page = keyset.page(
            rows, ["name", "id"], size=SIZE, cursor=http.GET.get("cursor", "")[:2000]
        )
    except keyset.BadCursor:
        return redirect(address)
    narrowed = {"district": district} if district else {}
    districts = (
        Tos.objects.visible_to(http.actor).exclude(district="").order_by("district")
    ).values_list("district", flat=True)
    return render(
        http,
        "outreach/tos/index.html",
        {
            "rows": page.rows,
            "district": district,
            "districts": list(districts.distinct()),
            "areas": reverse("outreach:tos_areas")
            + (f"?{urlencode(narrowed)}" if narrowed else ""),
            "before": _turn(address, narrowed, page.previous),
            "after": _turn(address, narrowed, page.next),
            **map_values(),
        },
    )


def _turn(address: str, narrowed: dict[str, str], cursor: str) -> str:
    return f"{address}?{urlencode({**narrowed, 'cursor': cursor})}" if cursor else ""


@require_safe
@cache_control(private=True, no_cache=True)
def areas(http: ActorRequest) -> JsonResponse:
    """Return the boundaries as GeoJSON, of one ТОС with ?id=. One query."""
    rows = _standing(http).exclude(boundary=None).order_by("name", "id")
    asked = http.GET.get("id", "")
    if asked.isascii() and asked.isdecimal() and len(asked) < 10:
        rows = rows.filter(pk=int(asked))
    features = [
        {
            "type": "Feature",
            "geometry": tos.boundary,
            "properties": {"id": tos.pk, "title": tos.name, "href": tos.get_absolute_url()},
        }
        for tos in rows.only("name", "boundary")[:MOST_AREAS]
    ]
    return JsonResponse(
        {"type": "FeatureCollection", "features": features}, content_type="application/geo+json"
    )


@require_safe
@revalidated
def page(http: ActorRequest, pk: int) -> HttpResponse:
    """Show a ТОС: territory, people who agreed to it, charter, houses, projects, news."""
    tos = _tos(http, pk)
    today = localdate()
    people = list(OfficeHolder.objects.shown(today).filter(tos=tos))
    houses = TosHouse.objects.filter(tos=tos).select_related("building")
    return render(
        http,
        "outreach/tos/page.html",
        {
            "tos": tos,
            "about_html": markdown.to_html(tos.about) if tos.about else "",
            "is_over": tos.ended_on is not None and tos.ended_on <= today,
            "chair": next((one for one in people if one.role == "chair"), None),
            "members": [one for one in people if one.role == "member"],
            "houses": list(houses.order_by("building__address", "pk")[:HOUSES]),
            "house_count": houses.count(),
            "projects": list(tos.projects.all()),
            "news": [
                {"one": one, "html": markdown.to_html(one.text)}
                for one in tos.news.filter(published_on__lte=today)[:NEWS]
            ],
            "areas": f"{reverse('outreach:tos_areas')}?id={tos.pk}" if tos.boundary else "",
            **map_values(),
        },
    )


@require_safe
def charter(http: ActorRequest, pk: int) -> HttpResponseBase:
    """Return the charter as a PDF, or 404."""
    tos = _tos(http, pk)
    if tos.charter is None:
        raise Http404
    return uploads.serve(tos.charter, as_attachment=True)


@require_safe
@revalidated
def mine(http: ActorRequest) -> HttpResponse:
    """Find a house, then show its ТОС, council, company and suppliers."""
    house = house_of(http.GET)
    if house is None and http.GET.get("house"):
        raise Http404
    asked = one_line(http.GET.get("q", ""))[: address_search.LONGEST]
    today = localdate()
    values: dict[str, Any] = {"q": asked, "house": house}
    if house is not None:
        values["mine"] = behind.of(house, http.actor, on=today)
    elif asked:
        values["found"] = address_search.find(asked, on=today, limit=FOUND)
    return render(http, "outreach/tos/mine.html", values)


@require_safe
def how_to(http: ActorRequest) -> HttpResponse:
    """Show the steps: a ТОС, a council of the house, an owners' meeting."""
    return render(http, "outreach/tos/how_to.html")


def _tos(http: ActorRequest, pk: int) -> Tos:
    rows = Tos.objects.visible_to(http.actor).select_related("charter")
    return get_object_or_404(rows, pk=min(pk, _ID_MAX))


def house_page(house: Building) -> str:
    """Return the address of «what is mine» for a house."""
    return f"{reverse('outreach:mine')}?house={house.pk}"
