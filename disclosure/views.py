"""Public pages of the registry: finding a house or a company, and what is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.timezone import now
from django.views import View
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts import keyset
from accounts.middleware import ActorRequest
from accounts.revalidation import revalidated
from disclosure import address_search, facts, linked_data, poster
from disclosure.models import Building, ManagementCompany
from disclosure.panels import Maker, make
from disclosure.publications.hours import Hours, hours_of

PAGE = 20
FOUND = 10
_BY_ADDRESS = ["address", "id"]


def _asked(http: HttpRequest) -> str:
    text = http.GET.get("q", "").replace("\x00", " ")
    return " ".join(text.split())[: address_search.LONGEST]


def _today(at: datetime) -> date:
    return timezone.localtime(at).date()


def _found(http: HttpRequest) -> dict[str, Any]:
    asked = _asked(http)
    found = address_search.find(asked, on=_today(now()), limit=FOUND) if asked else []
    return {"q": asked, "found": found, "full": len(found) == FOUND}


@require_safe
@revalidated
def buildings(http: HttpRequest) -> HttpResponse:
    """Find a house by its address; a plain form."""
    values = _found(http) | {"linked_data": linked_data.of_search()}
    return render(http, "disclosure/buildings.html", values)


@require_safe
def address_suggest(http: HttpRequest) -> HttpResponse:
    """Answer with the list alone, for a field that asks while a person types."""
    return render(http, "disclosure/buildings.html#found", _found(http))


@require_safe
@cache_control(public=True, max_age=3600)
def point(http: HttpRequest, pk: int) -> HttpResponse:
    """Return the house as a point of a map."""
    house = get_object_or_404(Building.objects.exclude(lat=None), pk=pk)
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [house.lon, house.lat]},
        "properties": {"id": house.pk, "title": house.address, "tone": "info"},
    }
    return JsonResponse(
        {"type": "FeatureCollection", "features": [feature]}, content_type="application/geo+json"
    )


@require_safe
@cache_control(public=True, max_age=3600)
def entrance_poster(http: HttpRequest, pk: int) -> HttpResponse:
    """Return the poster of a house about which requests are taken."""
    house = get_object_or_404(Building.objects.taking_requests(), pk=pk)
    day = _today(now())
    term = next((term for term in facts.terms_of(house, on=day) if term.is_current), None)
    answer = HttpResponse(
        poster.pdf(house, term.company if term and term.company.is_active else None, on=day),
        content_type="application/pdf",
    )
    answer["Content-Disposition"] = f'inline; filename="poster-{house.pk}.pdf"'
    return answer


@method_decorator(revalidated, name="dispatch")
class HousePage(View):
    """A house: who runs and supplies it, its passport, and the panels of higher rooms."""

    panels: Sequence[Maker] = ()

    def get(self, http: ActorRequest, pk: int) -> HttpResponse:
        """Show the house, or 404."""
        at = now()
        house = get_object_or_404(Building.objects.select_related("street"), pk=pk)
        day = _today(at)
        terms = facts.terms_of(house, on=day)
        city = settings.CITY
        current = next((term for term in terms if term.is_current), None)
        return render(
            http,
            "disclosure/building.html",
            {
                "house": house,
                "current": current,
                "linked_data": linked_data.of_house(house, current.company if current else None),
                "hours": hours_of(current.company) if current else Hours(),
                "terms": terms,
                "supplies": facts.supplies_of(house, on=day),
                "passport": facts.passport(house),
                "point": reverse("disclosure:building_point", args=[house.pk]),
                "outline": static(city.outline) if city.outline else "",
                "tiles": getattr(settings, "MAP_TILES_URL", ""),
                "new_url": f"/requests/new/?building={house.pk}",
                "panels": make(self.panels, house, actor=http.actor, at=at),
            },
        )


@method_decorator(revalidated, name="dispatch")
class CompanyPage(View):
    """A company: how to reach it, the houses it manages today, and the panels of higher rooms."""

    panels: Sequence[Maker] = ()

    def get(self, http: ActorRequest, reference: str) -> HttpResponse:
        """Show the company, or 404; an old address without ИНН leads to the new one."""
        at = now()
        company = ManagementCompany.objects.by_reference(reference).first()
        if company is None:
            moved = ManagementCompany.objects.once_referred_as(reference).first()
            if moved is None:
                raise Http404
            return redirect(moved, permanent=True)
        houses = Building.objects.managed_by(company, on=_today(at))
        address = company.get_absolute_url()
        try:
            page = keyset.page(
                houses, _BY_ADDRESS, size=PAGE, cursor=http.GET.get("cursor", "")[:2000]
            )
        except keyset.BadCursor:
            return redirect(address)
        return render(
            http,
            "disclosure/company.html",
            {
                "company": company,
                "linked_data": linked_data.of_company(company),
                "facts": facts.company_facts(company, houses),
                "hours": hours_of(company),
                "houses": page.rows,
                "before": f"{address}?cursor={page.previous}" if page.previous else "",
                "after": f"{address}?cursor={page.next}" if page.next else "",
                "panels": make(self.panels, company, actor=http.actor, at=at),
            },
        )
