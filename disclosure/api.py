"""The register of houses for programs: search by address or place."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rest import asked
from accounts.rest.call import PublicRead
from accounts.rest.refusals import wrong
from disclosure import address_search, nearest


class FoundCompanyShape(serializers.Serializer[Any]):
    """Who manages the house today."""

    inn = serializers.CharField(allow_null=True, help_text="Null where the register has none")
    name = serializers.CharField()


class FoundBuildingShape(serializers.Serializer[Any]):
    """A house; `company` is null while the register names nobody."""

    id = serializers.IntegerField()
    address = serializers.CharField()
    company = FoundCompanyShape(allow_null=True)
    lat = serializers.FloatField(allow_null=True)
    lon = serializers.FloatField(allow_null=True)
    guess = serializers.BooleanField(
        help_text="True when the words name no street of the register: ask before taking it"
    )


class FoundBuildingsShape(serializers.Serializer[Any]):
    """At most ten, best first."""

    results = FoundBuildingShape(many=True)


class Buildings(PublicRead):
    """GET /api/v1/buildings/?q=…: the ten houses that the words fit best, or the nearest."""

    @extend_schema(
        operation_id="buildings_search",
        parameters=[
            OpenApiParameter("q", str, description="An address in any spelling: «гончарова 5»"),
            OpenApiParameter(
                "near",
                str,
                description="Instead of q: «lat,lon»; the houses within 300 m, nearest first",
            ),
        ],
        responses={200: FoundBuildingsShape},
        tags=["buildings"],
    )
    def get(self, http: Request) -> Response:
        day = timezone.localdate()
        if near := asked.words(http, "near"):
            place = nearest.place_of(near)
            if place is None:
                raise wrong("near", _("Latitude and longitude with a comma between."))
            found = nearest.find(lat=place[0], lon=place[1], on=day)
        else:
            found = address_search.find(http.query_params.get("q", ""), on=day)
        return Response({"results": [_shown(house) for house in found]})


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
