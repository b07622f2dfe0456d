"""The register of houses for programs: search by address."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from disclosure import address_search


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


class Buildings(APIView):
    """GET /api/v1/buildings/?q=…: the ten houses that the words fit best."""

    authentication_classes = ()

    @extend_schema(
        operation_id="buildings_search",
        parameters=[
            OpenApiParameter("q", str, description="An address in any spelling: «гончарова 5»")
        ],
        responses=FoundBuildingsShape,
        tags=["buildings"],
    )
    def get(self, http: Request) -> Response:
        asked = http.query_params.get("q", "")
        found = address_search.find(asked, on=timezone.localdate())
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
