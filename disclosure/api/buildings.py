"""Houses for programs: search by address or place, lists by filters, one house whole."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rest import asked, pages
from accounts.rest.call import PublicRead
from accounts.rest.refusals import not_found, wrong
from disclosure import address_search, facts, nearest, viewport
from disclosure.api import parts as joining
from disclosure.api.shapes import (
    BBOX,
    ID_MAX,
    CompletenessShape,
    FoundBuildingShape,
    HoursShape,
    ManagedShape,
    PassportShape,
    SuppliedHereShape,
    box_of,
    completeness,
    managed,
    organisation,
    page_url,
)
from disclosure.models import Building, ManagementCompany
from disclosure.publications import scoring
from disclosure.publications.hours import Hours, hours_of

SIZE = 100
_BY_ADDRESS = ["address", "id"]
# A house is fresh for as long as its registers are: they come once a night.
FRESH_SECONDS = 300


class FoundBuildingsShape(pages.PageShape):
    """Of a search at most ten, best first, without cursors; of a list a page by address."""

    results = FoundBuildingShape(many=True)


class Buildings(PublicRead):
    """GET /api/v1/buildings/: the houses that the words fit best, the nearest, or a list."""

    @extend_schema(
        operation_id="buildings_search",
        parameters=[
            OpenApiParameter(
                "q",
                str,
                description="An address in any spelling: «гончарова 5»; the ten best, best first. "
                "Not together with other parameters.",
            ),
            OpenApiParameter(
                "near",
                str,
                description="Instead of q: «lat,lon»; ten houses within 300 m, nearest first",
            ),
            OpenApiParameter(
                "company", str, description="ИНН (or r-<id>) of who manages the houses today"
            ),
            OpenApiParameter("district", str, description="Name of a district of the city"),
            BBOX,
            pages.CURSOR,
        ],
        responses={200: FoundBuildingsShape},
        tags=["buildings"],
    )
    def get(self, http: Request) -> Response:
        """Find houses: ten by words or by place; else all of the filters, page by page."""
        day = timezone.localdate()
        if "near" in http.query_params:
            place = nearest.place_of(http.query_params["near"])
            if place is None:
                raise wrong("near", _("Latitude and longitude with a comma between."))
            return _found(nearest.find(lat=place[0], lon=place[1], on=day))
        if "q" in http.query_params:
            return _found(address_search.find(http.query_params["q"], on=day))
        rows = Building.objects.all()
        if reference := asked.words(http, "company"):
            company = ManagementCompany.objects.by_reference(reference).first()
            rows = rows.managed_by(company, on=day) if company else rows.none()
        if district := asked.words(http, "district"):
            rows = rows.filter(district=district)
        if box := box_of(http):
            rows = rows.filter(viewport.within(box, ""))
        page = pages.page(http, rows.managed_on(day), _BY_ADDRESS, size=SIZE)
        return Response(pages.body(page, map(_listed, page)))


def _found(houses: list[address_search.FoundBuilding]) -> Response:
    return Response({"results": [_shown(house) for house in houses], "next": "", "previous": ""})


def _shown(house: address_search.FoundBuilding) -> dict[str, Any]:
    company = None
    if house.company_id is not None:
        company = {"inn": house.company_inn or None, "name": house.company_name}
    return {
        "id": house.id,
        "address": house.address,
        "company": company,
        "lat": house.lat,
        "lon": house.lon,
        "guess": house.is_guess,
    }


def _listed(house: Building) -> dict[str, Any]:
    company = None
    for period in house.managers:  # type: ignore[attr-defined]
        company = {"inn": period.company.inn, "name": str(period.company)}
    return {
        "id": house.pk,
        "address": house.address,
        "company": company,
        "lat": house.lat,
        "lon": house.lon,
        "guess": False,
    }


class BuildingLinksShape(serializers.Serializer[Any]):
    """Where more of the house is told."""

    page = serializers.URLField(help_text="Its page for people")
    disclosure = serializers.URLField(help_text="What its company disclosed about it")
    requests = serializers.URLField(help_text="Public requests about it")
    poster = serializers.URLField(
        allow_null=True, help_text="A poster for the entrance (PDF); null where none is made"
    )


class BuildingShape(serializers.Serializer[Any]):
    """A house: what it is, who runs and supplies it."""

    id = serializers.IntegerField()
    address = serializers.CharField()
    settlement = serializers.CharField()
    street = serializers.CharField()
    house = serializers.CharField()
    district = serializers.CharField()
    lat = serializers.FloatField(allow_null=True)
    lon = serializers.FloatField(allow_null=True)
    takes_requests = serializers.BooleanField()
    passport = PassportShape()
    managed_by = ManagedShape(allow_null=True, help_text="Who runs it today")
    hours = HoursShape(help_text="When that company can be reached")
    management = ManagedShape(many=True, help_text="All who ever ran it, the latest first")
    suppliers = SuppliedHereShape(many=True)
    completeness = CompletenessShape(
        allow_null=True, help_text="Of what its company disclosed about the house"
    )
    links = BuildingLinksShape()


class OneBuilding(PublicRead):
    """GET /api/v1/buildings/<id>/: one house whole."""

    shape = BuildingShape
    fresh_seconds = FRESH_SECONDS
    parts: joining.Parts = ()

    @extend_schema(
        operation_id="buildings_read",
        responses={200: BuildingShape},
        tags=["buildings"],
    )
    def get(self, http: Request, pk: int) -> Response:
        """Return what the register knows of a house, who serves it, and what is off there."""
        at = timezone.now()
        day = timezone.localtime(at).date()
        house = Building.objects.select_related("street").filter(pk=min(pk, ID_MAX)).first()
        if house is None:
            raise not_found(_("There is no such house."))
        terms = facts.terms_of(house, on=day)
        current = next((term for term in terms if term.is_current), None)
        hours = hours_of(current.company) if current else Hours()
        score = scoring.latest(current.company, house) if current else None
        return Response(
            {
                "id": house.pk,
                "address": house.address,
                "settlement": house.street.settlement,
                "street": house.street.name,
                "house": house.house,
                "district": house.district,
                "lat": house.lat,
                "lon": house.lon,
                "takes_requests": house.is_open,
                "passport": {
                    "kind": house.kind,
                    "built_year": house.built_year,
                    "floors": house.floors,
                    "entrances": house.entrances,
                    "flats": house.flats,
                    "area_m2": house.area_m2,
                    "fias_guid": house.fias_guid,
                },
                "managed_by": managed(current) if current else None,
                "hours": {"dispatcher": hours.dispatcher, "office": hours.office},
                "management": [managed(term) for term in terms],
                "suppliers": [
                    {
                        "utility": supply.utility,
                        "supplier": organisation(supply.supplier),
                        "since": supply.during.lower,
                    }
                    for supply in facts.supplies_of(house, on=day)
                ],
                "completeness": completeness(score),
                "links": _links(house),
                **joining.make(self.parts, house, at=at),
            }
        )


def _links(house: Building) -> dict[str, str | None]:
    poster = reverse("disclosure:poster", args=[house.pk]) if house.is_open else None
    return {
        "page": page_url(house.get_absolute_url()),
        "disclosure": page_url(reverse("api-building-disclosure", args=[house.pk])),
        "requests": page_url(f"{reverse('api-requests')}?building={house.pk}"),
        "poster": page_url(poster) if poster else None,
    }
