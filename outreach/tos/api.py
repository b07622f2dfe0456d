"""The directory of ТОС for programs, and what stands behind a house. Public, without a token."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Nobody
from accounts.rest import asked, pages
from accounts.rest.call import PublicRead
from accounts.rest.refusals import not_found, problems
from disclosure.models import Building
from disclosure.utilities import Utility
from outreach.models import OfficeHolder, Tos, TosHouse, TosKind
from outreach.tos import mine

HOUSES = 1000
_ID_MAX = 2**31 - 1


class PersonShape(serializers.Serializer[Any]):
    """Who agreed to be shown; whoever did not is not named."""

    name = serializers.CharField()
    role = serializers.ChoiceField(choices=["chair", "member"])
    phone = serializers.CharField()
    email = serializers.CharField()


class TosShape(serializers.Serializer[Any]):
    """A ТОС as the list shows it."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=TosKind.choices)
    district = serializers.CharField()
    houses = serializers.IntegerField()
    url = serializers.CharField()


class TosListShape(pages.PageShape):
    """A page of them, by name."""

    results = TosShape(many=True)


class TosHouseShape(serializers.Serializer[Any]):
    """A house of a ТОС."""

    id = serializers.IntegerField()
    address = serializers.CharField()


class TosDetailShape(serializers.Serializer[Any]):
    """A ТОС with its boundary as a GeoJSON geometry, people who agreed, and houses."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=TosKind.choices)
    district = serializers.CharField()
    url = serializers.CharField()
    inn = serializers.CharField()
    charter_number = serializers.CharField()
    charter_on = serializers.DateField(allow_null=True)
    founded_on = serializers.DateField(allow_null=True)
    ended_on = serializers.DateField(allow_null=True)
    office = serializers.CharField()
    hours = serializers.CharField()
    # Any JSON, so null too: said once more, it would fit two shapes and so none.
    boundary = serializers.JSONField()
    people = PersonShape(many=True)
    houses = TosHouseShape(many=True)


class CouncilShape(serializers.Serializer[Any]):
    """The council of a house."""

    elected_on = serializers.DateField()
    term_until = serializers.DateField(allow_null=True)
    is_over = serializers.BooleanField()
    people = PersonShape(many=True)


class NamedShape(serializers.Serializer[Any]):
    """An organisation."""

    name = serializers.CharField()
    inn = serializers.CharField()
    phone = serializers.CharField()


class SuppliedShape(NamedShape):
    """Who brings a utility."""

    utility = serializers.ChoiceField(choices=Utility.choices)


class TosNamedShape(serializers.Serializer[Any]):
    """A ТОС by name."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    url = serializers.CharField()


class MineShape(serializers.Serializer[Any]):
    """What stands behind a house today."""

    building = TosHouseShape()
    tos = TosNamedShape(many=True)
    council = CouncilShape(allow_null=True)
    company = NamedShape(allow_null=True)
    suppliers = SuppliedShape(many=True)


class AllTos(PublicRead):
    """GET /api/v1/tos/: those that stand, by name."""

    @extend_schema(
        operation_id="tos_list",
        parameters=[
            OpenApiParameter("district", str, description="Name of its district"),
            pages.CURSOR,
        ],
        responses={200: TosListShape},
        tags=["tos"],
    )
    def get(self, http: Request) -> Response:
        rows = Tos.objects.visible_to(Nobody()).standing(localdate()).with_houses()
        if district := asked.words(http, "district", most=120):
            rows = rows.filter(district=district)
        page = pages.page(http, rows.defer("boundary", "about"), ["name", "id"])
        return Response(pages.body(page, (_listed(tos) for tos in page)))


class OneTos(PublicRead):
    """GET /api/v1/tos/<id>/: one of them."""

    @extend_schema(
        operation_id="tos_read",
        responses={200: TosDetailShape},
        tags=["tos"],
    )
    def get(self, http: Request, pk: int) -> Response:
        tos = get_object_or_404(Tos.objects.visible_to(Nobody()), pk=min(pk, _ID_MAX))
        people = OfficeHolder.objects.shown(localdate()).filter(tos=tos)
        houses = TosHouse.objects.filter(tos=tos).order_by("building__address", "pk")
        return Response(
            {
                **_named(tos),
                "kind": tos.kind,
                "district": tos.district,
                "inn": tos.inn,
                "charter_number": tos.charter_number,
                "charter_on": tos.charter_on,
                "founded_on": tos.founded_on,
                "ended_on": tos.ended_on,
                "office": tos.office,
                "hours": tos.hours,
                "boundary": tos.boundary,
                "people": [_person(one) for one in people],
                "houses": [
                    {"id": pk, "address": address}
                    for pk, address in houses.values_list("building_id", "building__address")[
                        :HOUSES
                    ]
                ],
            }
        )


class WhatIsMine(PublicRead):
    """GET /api/v1/tos/mine/?building=: the ТОС, council, company and suppliers of a house."""

    @extend_schema(
        operation_id="tos_mine",
        parameters=[OpenApiParameter("building", int, required=True, description="Id of a house")],
        responses={200: MineShape, **problems(404)},
        tags=["tos"],
    )
    def get(self, http: Request) -> Response:
        house = Building.objects.filter(pk=asked.needed_number(http, "building")).first()
        if house is None:
            raise not_found()
        found = mine.of(house, Nobody(), on=localdate())
        return Response(
            {
                "building": {"id": house.pk, "address": house.address},
                "tos": [_named(tos) for tos in found.tos],
                "council": _council(found.council),
                "company": _organisation(found.company) if found.company else None,
                "suppliers": [
                    {"utility": one.utility, **_organisation(one.supplier)}
                    for one in found.supplies
                ],
            }
        )


def _named(tos: Tos) -> dict[str, Any]:
    url = f"{settings.PUBLIC_URL}{tos.get_absolute_url()}"
    return {"id": tos.pk, "name": tos.name, "url": url}


def _listed(tos: Tos) -> dict[str, Any]:
    return {
        **_named(tos),
        "kind": tos.kind,
        "district": tos.district,
        "houses": tos.house_count,  # type: ignore[attr-defined]
    }


def _person(one: OfficeHolder) -> dict[str, str]:
    return {"name": one.name, "role": one.role, "phone": one.phone, "email": one.email}


def _council(found: mine.Council | None) -> dict[str, Any] | None:
    if found is None:
        return None
    people = [*([found.chair] if found.chair else []), *found.members]
    return {
        "elected_on": found.council.elected_on,
        "term_until": found.council.term_until,
        "is_over": found.is_over,
        "people": [_person(one) for one in people],
    }


def _organisation(one: Any) -> dict[str, str]:
    phone = (one.dispatcher_phone or one.phone) if one.is_active else ""
    return {"name": str(one), "inn": one.inn or "", "phone": phone}
