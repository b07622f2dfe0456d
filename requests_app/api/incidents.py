"""Faults and planned outages for programs: what everybody may see of them, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Max
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
from disclosure.api.shapes import ID_MAX
from disclosure.models import Building, ManagementCompany
from disclosure.utilities import Utility
from requests_app.incidents import showing
from requests_app.incidents.choice import Choice
from requests_app.incidents.showing import Shown
from requests_app.incidents.words import words_of
from requests_app.models import (
    Incident,
    IncidentBuilding,
    IncidentKind,
    IncidentUpdate,
    UpdateKind,
)
from requests_app.querysets import IncidentQuerySet

NEWS = 100
HOUSES = showing.HOUSES
FRESH_SECONDS = 60
_WHEN = {"open": "now", "planned": "planned", "past": "past", "all": "all"}
# Named in the document by settings.ENUM_NAME_OVERRIDES.
STATES = ("now", "planned", "over", "cancelled", "merged")


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
    updated_at = serializers.DateTimeField(help_text="When there was news of it last")


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
            OpenApiParameter("kind", str, enum=IncidentKind.values),
            OpenApiParameter("utility", str, enum=Utility.values),
            OpenApiParameter("building", int, description="Id of a house that it touches"),
            OpenApiParameter("district", str, description="Name of a district that it touches"),
            OpenApiParameter(
                "company", str, description="ИНН (or r-<id>) of who manages a touched house today"
            ),
            OpenApiParameter("executor", str, description="ИНН of who mends it"),
            OpenApiParameter(
                "since", datetime, description="Going on at that moment or later, by what is known"
            ),
            OpenApiParameter("until", datetime, description="Begun before that moment"),
            OpenApiParameter(
                "updated_since",
                datetime,
                description="With news at that moment or later; with `state=all` for a mirror",
            ),
            pages.CURSOR,
        ],
        responses={200: IncidentPageShape},
        tags=["incidents"],
    )
    def get(self, http: HttpRequest) -> Response:
        """Return incidents: those going on, planned, past, or all; newest or soonest first."""
        at = timezone.now()
        state = asked.one_of(http, "state", _WHEN, "open")
        choice = Choice(
            when=_WHEN[state],
            utility=asked.one_of(http, "utility", Utility.values),
            building=asked.number(http, "building"),
        )
        rows = _narrowed(choice.rows(at), http, on=timezone.localtime(at).date())
        page = pages.page(http, rows.select_related("category"), choice.order)
        return Response(pages.body(page, rows_of(page, at=at)))


def _narrowed(rows: IncidentQuerySet, http: HttpRequest, *, on: date) -> IncidentQuerySet:
    if kind := asked.one_of(http, "kind", IncidentKind.values):
        rows = rows.filter(kind=kind)
    if district := asked.words(http, "district"):
        rows = rows.touching(building__district=district)
    if reference := asked.words(http, "company"):
        company = ManagementCompany.objects.by_reference(reference).first()
        managed = (
            Building.objects.managed_by(company, on=on) if company else Building.objects.none()
        )
        rows = rows.touching(building__in=managed.values("pk"))
    if executor := asked.words(http, "executor"):
        rows = rows.filter(executor_inn=executor)
    since, until = asked.moment(http, "since"), asked.moment(http, "until")
    if since is not None:
        rows = rows.going_on_since(since)
    if until is not None:
        rows = rows.filter(started_at__lt=until)
    if (changed := asked.moment(http, "updated_since")) is not None:
        rows = rows.with_news_since(changed)
    return rows


class OneIncident(PublicRead):
    """GET /api/v1/incidents/<id>/: one incident with its news and houses."""

    fresh_seconds = FRESH_SECONDS

    @extend_schema(
        operation_id="incidents_read", responses={200: WholeIncidentShape}, tags=["incidents"]
    )
    def get(self, http: HttpRequest, pk: int) -> Response:
        """Return an incident whole."""
        rows = Incident.objects.select_related("category").filter(pk=min(pk, ID_MAX))
        incident = rows.first()
        if incident is None:
            raise not_found(_("There is no such incident."))
        (row,) = rows_of([incident], at=timezone.now())
        news = list(incident.updates.order_by("-at", "-id")[:NEWS])
        return Response(
            {
                **row,
                "text": incident.text,
                "reason": incident.ending_reason,
                "act_signed_on": incident.act_signed_on,
                "into": next((line.into_id for line in news if line.into_id), None),
                "took_in": list(incident.took_in.order_by("at").values_list("incident", flat=True)),
                "news": [
                    {
                        "at": line.at,
                        "kind": line.kind,
                        "text": words_of(line.kind, line.told, line.text),
                        "expected_end_at": line.expected_end_at,
                    }
                    for line in news
                ],
                "buildings": list(_buildings(incident)),
                "buildings_complete": row["houses"] <= HOUSES,
            }
        )


def _buildings(incident: Incident) -> Iterable[dict[str, Any]]:
    rows = IncidentBuilding.objects.filter(incident=incident).order_by("building_id")
    columns = ("building_id", "building__address", "building__lat", "building__lon")
    for pk, address, lat, lon in rows.values_list(*columns)[:HOUSES]:
        yield {"id": pk, "address": address, "lat": lat, "lon": lon}


def rows_of(incidents: Iterable[Incident], *, at: datetime) -> list[dict[str, Any]]:
    """Return incidents as IncidentShape says; two queries for all of them."""
    listed = list(incidents)
    changed = dict(
        IncidentUpdate.objects.filter(incident__in=listed)
        .order_by()
        .values_list("incident")
        .annotate(Max("at"))
    )
    return [_row(one, changed.get(one.incident.pk)) for one in showing.shown(listed, at=at)]


def _row(shown: Shown, changed_at: datetime | None) -> dict[str, Any]:
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
        "updated_at": changed_at or incident.started_at,
    }
