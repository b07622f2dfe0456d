"""Incidents at the desk for programs: opened, told of, ended, merged, with houses and progress."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.problems import Problem
from accounts.rest import etags, repeats
from accounts.rest.refusals import not_found, wrong
from disclosure.models import Building
from disclosure.utilities import Utility
from notifications import background
from notifications.models import Deed, WorkState
from requests_app.api import door
from requests_app.api.door import ID_MAX, DeskCall
from requests_app.api.requests import refused
from requests_app.api.work import words
from requests_app.desk import many_houses
from requests_app.incidents import opening, reach
from requests_app.incidents.recording import HOUSES_MAX
from requests_app.lifecycle import Refused
from requests_app.models import (
    Category,
    Incident,
    IncidentBuilding,
    IncidentJob,
    IncidentKind,
    IncidentUpdate,
    JobKind,
    JobStage,
    Request,
)
from requests_app.statuses import OPEN

VIEW = "requests_app.view_incident"
ADD = "requests_app.add_incident"
CHANGE = "requests_app.change_incident"
JOBS = 20
_NOTHING: Collection[int] = ()


class DecisionShape(serializers.Serializer[Any]):
    """What somebody decided about background work, and why."""

    deed = serializers.ChoiceField(choices=Deed.choices)
    reason = serializers.CharField()
    by = serializers.IntegerField(allow_null=True)
    at = serializers.DateTimeField()


class JobShape(serializers.Serializer[Any]):
    """Work for many people in the background, and how far it is."""

    id = serializers.IntegerField()
    job = serializers.ChoiceField(choices=JobKind.choices)
    progress = serializers.ChoiceField(choices=WorkState.choices)
    stage = serializers.ChoiceField(choices=JobStage.choices)
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    left_out = serializers.IntegerField(help_text="Requests left to a person")
    finished_at = serializers.DateTimeField(allow_null=True)
    decided = DecisionShape(many=True)


class DeskIncidentShape(serializers.Serializer[Any]):
    """An incident as staff see it; incidents/<id>/ has its news and houses."""

    id = serializers.IntegerField()
    version = serializers.IntegerField(help_text="For If-Match; each line of news makes a new one")
    kind = serializers.ChoiceField(choices=IncidentKind.choices)
    category = serializers.CharField()
    utility = serializers.ChoiceField(choices=[("", ""), *Utility.choices])
    title = serializers.CharField()
    text = serializers.CharField()
    cause = serializers.CharField()
    started_at = serializers.DateTimeField()
    expected_end_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    ending = serializers.CharField(help_text="`over`, `cancelled`, `merged`, or empty")
    houses = serializers.IntegerField()
    waiting = serializers.IntegerField(help_text="Open requests that hang on it")
    jobs = JobShape(many=True, help_text=f"Newest first, at most {JOBS}")


class HousesShape(serializers.Serializer[Any]):
    """Which houses: ids, or lines as dispatchers name them, or both."""

    buildings = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=ID_MAX),
        required=False,
        default=list,
        max_length=HOUSES_MAX,
    )
    houses = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=200_000,
        help_text="A line each: «Садовая 5», «Садовая», «Садовая 1–25 (нечёт.), кроме 7»",
    )


class NewIncidentShape(HousesShape):
    """A fault, or planned work."""

    kind = serializers.ChoiceField(choices=IncidentKind.choices)
    category = serializers.CharField(max_length=64, help_text="Slug of a matter")
    utility = serializers.ChoiceField(
        choices=[("", ""), *Utility.choices], required=False, default=""
    )
    title = serializers.CharField(max_length=400)
    text = words(help_text="What people read")
    cause = serializers.CharField(required=False, allow_blank=True, default="", max_length=600)
    started_at = serializers.DateTimeField()
    expected_end_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class OpenIncidents(DeskCall):
    """POST /api/v1/desk/incidents/: open an incident; open requests of its matter hang on it."""

    needs_read = VIEW
    needs_write = ADD

    @extend_schema(
        operation_id="desk_incidents_open",
        request=NewIncidentShape,
        parameters=[repeats.KEY],
        responses={201: DeskIncidentShape},
        examples=[
            OpenApiExample(
                "request",
                value={
                    "kind": "fault",
                    "category": "cw_none",
                    "utility": "cold_water",
                    "title": "Порыв на Садовой",
                    "started_at": "2026-11-30T08:00:00+04:00",
                    "expected_end_at": "2026-11-30T18:00:00+04:00",
                    "houses": "Садовая 1–25 (нечёт.)\nЛесная 4",
                },
                request_only=True,
            )
        ],
        tags=["desk"],
    )
    def post(self, http: HttpRequest) -> Response:
        """Open it; who follows the houses is told in the background."""
        said, by, at = door.read(NewIncidentShape, http), door.operator_of(http), timezone.now()
        ids = houses_of(said, needed=True)
        category = category_of(said["category"])
        names = ("kind", "utility", "title", "text", "cause", "started_at", "expected_end_at")

        def make() -> dict[str, Any]:
            made = opening.open_incident(
                **{name: said[name] for name in names},
                category=category.pk,
                buildings=ids,
                attach_open=True,
                by=by,
                at=at,
            )
            return {"id": made.pk}

        try:
            made = repeats.once(http, name="incident.open", at=at, do=make)
        except Refused as problem:
            raise refused(problem, http) from None
        answer = standing(made["id"])
        answer.status_code = status.HTTP_201_CREATED
        return answer


class TouchesShape(serializers.Serializer[Any]):
    """What an incident over these houses would touch."""

    houses = serializers.IntegerField()
    flats = serializers.IntegerField()
    houses_without_flats = serializers.IntegerField(help_text="Whose flats the register lacks")
    requests = serializers.IntegerField(help_text="Open ones that would hang on it")
    followers = serializers.IntegerField()
    letters = serializers.IntegerField(help_text="Of one piece of news")
    unknown = serializers.ListField(
        child=serializers.CharField(), help_text="Lines that name no house"
    )


class PreviewShape(HousesShape):
    """Which houses, and about what."""

    category = serializers.CharField(max_length=64)


class PreviewIncident(DeskCall):
    """POST /api/v1/desk/incidents/preview/: whom it would touch; nothing is written."""

    needs_write = ADD

    @extend_schema(
        operation_id="desk_incidents_preview",
        request=PreviewShape,
        responses={200: TouchesShape},
        examples=[
            OpenApiExample(
                "request", value={"category": "cw_none", "houses": "Садовая"}, request_only=True
            )
        ],
        tags=["desk"],
    )
    def post(self, http: HttpRequest) -> Response:
        """Count it."""
        said = door.read(PreviewShape, http)
        found = many_houses.read(said["houses"])
        ids = _known([*said["buildings"], *found.ids])
        touched = reach.of(ids, category=category_of(said["category"]), at=timezone.now())
        return Response({**vars(touched), "unknown": found.unknown})


def version_of(pk: int) -> int:
    """Return the version of an incident: every operation on it writes a line of news."""
    found = IncidentUpdate.objects.filter(incident=pk).aggregate(newest=Max("pk"))
    return found["newest"] or 0


def standing(pk: int) -> Response:
    rows = Incident.objects.select_related("category").filter(pk=min(pk, ID_MAX))
    incident = rows.first()
    if incident is None:
        raise unknown()
    jobs = list(incident.jobs.order_by("-id")[:JOBS])
    decided = background.decisions_on(jobs)
    version = version_of(incident.pk)
    body = {
        "id": incident.pk,
        "version": version,
        "kind": incident.kind,
        "category": incident.category.slug,
        "utility": incident.utility,
        "title": incident.title,
        "text": incident.text,
        "cause": incident.cause,
        "started_at": incident.started_at,
        "expected_end_at": incident.expected_end_at,
        "ended_at": incident.ended_at,
        "ending": incident.ending,
        "houses": IncidentBuilding.objects.filter(incident=incident).count(),
        "waiting": Request.objects.filter(incident=incident, status__in=sorted(OPEN)).count(),
        "jobs": [_job(job, decided[job.pk]) for job in jobs],
    }
    return etags.versioned(Response(body), version)


def _job(job: IncidentJob, decided: Collection[Any]) -> dict[str, Any]:
    return {
        "id": job.pk,
        "job": job.kind,
        "progress": job.state,
        "stage": job.stage,
        "done": job.done,
        "total": job.total,
        "left_out": job.left_out,
        "finished_at": job.finished_at,
        "decided": [
            {"deed": one.deed, "reason": one.reason, "by": one.by_id, "at": one.at}
            for one in decided
        ],
    }


def unknown() -> Problem:
    return not_found(_("There is no such incident."))


def category_of(slug: str) -> Category:
    """Return the open matter of the slug; raise Problem naming the field."""
    found = Category.objects.filter(slug=slug.replace("\x00", ""), is_open=True).first()
    if found is None:
        raise wrong("category", _("Choose an exact matter from the list."), code="unknown_category")
    return found


def houses_of(said: dict[str, Any], *, field: str = "", needed: bool = False) -> list[int]:
    """Return the ids of the houses that are named; raise Problem for a line that names none."""
    found = many_houses.read(said["houses"])
    if found.unknown:
        shown = _("No house or street like this: %(line)s") % {"line": found.unknown[0]}
        raise wrong(f"{field}houses", shown, code="unknown_house")
    ids = _known([*said["buildings"], *found.ids])
    if len(ids) < len({*said["buildings"], *found.ids}):
        raise wrong(f"{field}buildings", _("There is no such house."), code="unknown_house")
    if needed and not ids:
        raise wrong(f"{field}houses", _("Name at least one house."), code="houses_needed")
    if len(ids) > HOUSES_MAX:
        raise wrong(f"{field}houses", _("These are too many houses."), code="too_many_houses")
    return ids


def _known(ids: Collection[int]) -> list[int]:
    return list(Building.objects.filter(pk__in=set(ids)).values_list("pk", flat=True))
