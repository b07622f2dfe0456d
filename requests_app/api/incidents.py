"""Faults and planned outages for programs: what everybody may see of them, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.rest import asked, pages
from accounts.rest.call import PublicRead
from accounts.rest.refusals import not_found
from disclosure.utilities import Utility
from requests_app.incidents import showing
from requests_app.incidents.choice import Choice
from requests_app.incidents.showing import Shown
from requests_app.models import Incident, IncidentBuilding, IncidentKind, UpdateKind
from requests_app.querysets import IncidentQuerySet

NEWS = 100
HOUSES = showing.HOUSES
FRESH_SECONDS = 60
_WHEN = {"open": "now", "planned": "planned", "past": "past"}
STATES = ("now", "planned", "over", "cancelled", "merged")
# No number of a row is longer.
_DIGITS = 18


class PlaceShape(serializers.Serializer[Any]):
    """A street and how many of its houses are touched."""

    street = serializers.CharField()
    houses = serializers.IntegerField()


class MenderShape(serializers.Serializer[Any]):
    """The organisation that mends it."""

    name = serializers.CharField()
    inn = serializers.CharField()
    phone = serializers.CharField()


class IncidentShape(serializers.Serializer[Any]):
    """A fault or a planned outage."""

    id = serializers.IntegerField()
    url = serializers.URLField(help_text="Its page for people")
    kind = serializers.ChoiceField(choices=IncidentKind.choices)
    state = serializers.ChoiceField(choices=STATES)
    utility = serializers.ChoiceField(choices=[("", ""), *Utility.choices])
    category = serializers.CharField(help_text="Slug of its matter")
    title = serializers.CharField()
    cause = serializers.CharField()
    executor = MenderShape(allow_null=True)
    started_at = serializers.DateTimeField()
    expected_end_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    houses = serializers.IntegerField(help_text="How many it touches")
    places = PlaceShape(many=True, help_text=f"The {showing.STREETS} streets with most houses")
    more_streets = serializers.IntegerField(help_text="Streets besides those in `places`")


class IncidentPageShape(pages.PageShape):
    """A page of incidents."""

    results = IncidentShape(many=True)


class NewsShape(serializers.Serializer[Any]):
    """A line of news."""

    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(choices=UpdateKind.choices)
    text = serializers.CharField()
    expected_end_at = serializers.DateTimeField(allow_null=True)


class TouchedShape(serializers.Serializer[Any]):
    """A house of the register."""

    id = serializers.IntegerField()
    address = serializers.CharField()
    lat = serializers.FloatField(allow_null=True)
    lon = serializers.FloatField(allow_null=True)


class WholeIncidentShape(IncidentShape):
    """An incident with its news and houses."""

    text = serializers.CharField(help_text="What is being done")
    reason = serializers.CharField(help_text="Why it was cancelled or went into another")
    act_signed_on = serializers.DateField(allow_null=True)
    into = serializers.IntegerField(allow_null=True, help_text="The incident it went into")
    took_in = serializers.ListField(child=serializers.IntegerField())
    news = NewsShape(many=True, help_text=f"Newest first, at most {NEWS}")
    buildings = TouchedShape(many=True, help_text=f"By id, at most {HOUSES}")
    buildings_complete = serializers.BooleanField()


class Incidents(PublicRead):
    """GET /api/v1/incidents/: faults and planned outages, a page at a time."""

    fresh_seconds = FRESH_SECONDS

    @extend_schema(
        operation_id="incidents_list",
        parameters=[
            OpenApiParameter("state", str, enum=list(_WHEN), description="`open` by default"),
            OpenApiParameter("utility", str, enum=Utility.values),
            OpenApiParameter("building", int, description="Id of a house that it touches"),
            OpenApiParameter("district", str, description="Name of a district that it touches"),
            pages.CURSOR,
        ],
        responses={200: IncidentPageShape},
        tags=["incidents"],
    )
    def get(self, http: HttpRequest) -> Response:
        at = timezone.now()
        choice, district = _asked(http)
        rows = choice.rows(at)
        if district:
            rows = _in_district(rows, district)
        page = pages.page(http, rows.select_related("category"), choice.order)
        return Response(pages.body(page, (_row(one) for one in showing.shown(page, at=at))))


class OneIncident(PublicRead):
    """GET /api/v1/incidents/<id>/: one incident with its news and houses."""

    fresh_seconds = FRESH_SECONDS

    @extend_schema(
        operation_id="incidents_read",
        responses={200: WholeIncidentShape},
        tags=["incidents"],
    )
    def get(self, http: HttpRequest, pk: int) -> Response:
        rows = Incident.objects.select_related("category").filter(pk=pk)
        incident = rows.first() if pk < 10**_DIGITS else None
        if incident is None:
            raise not_found(_("There is no such incident."))
        (shown,) = showing.shown([incident], at=timezone.now())
        news = list(incident.updates.order_by("-at", "-id")[:NEWS])
        return Response(
            {
                **_row(shown),
                "text": incident.text,
                "reason": incident.ending_reason,
                "act_signed_on": incident.act_signed_on,
                "into": next((line.into_id for line in news if line.into_id), None),
                "took_in": list(incident.took_in.order_by("at").values_list("incident", flat=True)),
                "news": [
                    {
                        "at": line.at,
                        "kind": line.kind,
                        "text": line.text,
                        "expected_end_at": line.expected_end_at,
                    }
                    for line in news
                ],
                "buildings": list(_buildings(incident)),
                "buildings_complete": shown.houses <= HOUSES,
            }
        )


def _asked(http: HttpRequest) -> tuple[Choice, str]:
    choice = Choice(
        when=_WHEN[asked.one_of(http, "state", _WHEN, "open")],
        utility=asked.one_of(http, "utility", Utility.values),
        building=asked.number(http, "building"),
    )
    return choice, asked.words(http, "district", most=120)


def _in_district(rows: IncidentQuerySet, district: str) -> IncidentQuerySet:
    touched = IncidentBuilding.objects.filter(incident=OuterRef("pk"), building__district=district)
    return rows.filter(Exists(touched))


def _buildings(incident: Incident) -> Iterable[dict[str, Any]]:
    rows = IncidentBuilding.objects.filter(incident=incident).order_by("building_id")
    columns = ("building_id", "building__address", "building__lat", "building__lon")
    for pk, address, lat, lon in rows.values_list(*columns)[:HOUSES]:
        yield {"id": pk, "address": address, "lat": lat, "lon": lon}


def _row(shown: Shown) -> dict[str, Any]:
    incident = shown.incident
    executor = None
    if incident.executor_name:
        executor = {
            "name": incident.executor_name,
            "inn": incident.executor_inn,
            "phone": incident.executor_phone,
        }
    return {
        "id": incident.pk,
        "url": settings.PUBLIC_URL + reverse("outages:outage", args=[incident.pk]),
        "kind": incident.kind,
        "state": shown.state,
        "utility": incident.utility,
        "category": incident.category.slug,
        "title": incident.title,
        "cause": incident.cause,
        "executor": executor,
        "started_at": incident.started_at,
        "expected_end_at": incident.expected_end_at,
        "ended_at": incident.ended_at,
        "houses": shown.houses,
        "places": [{"street": place.street, "houses": place.houses} for place in shown.places],
        "more_streets": shown.more_streets,
    }
