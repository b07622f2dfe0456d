"""Requests in the cabinet for programs: those directed to the caller's organisations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.actors import Actor
from accounts.rest import asked, etags, pages
from requests_app import lifecycle
from requests_app.api import door, lines
from requests_app.api.door import CabinetCall
from requests_app.api.shapes import NormShape
from requests_app.cabinet import choice, contact
from requests_app.desk.tabs import BY_DUE
from requests_app.models import Request
from requests_app.querysets import RequestQuerySet
from requests_app.statuses import OPEN, Outcome, Status
from requests_app.steps import Need, Step

BY_CHANGE = ["changed_at", "id"]
_COLUMNS = (
    *("id", "number", "status", "outcome", "category__slug", "building_id", "building__address"),
    *("entrance", "flat", "executor_inn", "registered_at", "changed_at", "due_at", "planned_at"),
    *("visit_at", "paused_at", "is_emergency", "version"),
)


_LIMITS = (
    *("react_by", "inspect_by", "fix_by", "answer_by"),
    *("reacted_at", "inspected_at", "answered_at", "paused_at"),
)


class CabinetRowShape(serializers.Serializer[Any]):
    """A request as its executor's list shows it; no person."""

    number = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    outcome = serializers.ChoiceField(choices=[("", ""), *Outcome.choices])
    category = serializers.CharField(help_text="Slug of the matter")
    building = serializers.IntegerField()
    address = serializers.CharField()
    entrance = serializers.CharField()
    flat = serializers.CharField()
    executor_inn = serializers.CharField()
    registered_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    overdue = serializers.BooleanField()
    planned_at = serializers.DateTimeField(allow_null=True)
    visit_at = serializers.DateTimeField(allow_null=True)
    emergency = serializers.BooleanField()
    version = serializers.IntegerField()


class CabinetPageShape(pages.PageShape):
    """A page of requests."""

    results = CabinetRowShape(many=True)


class StepShape(serializers.Serializer[Any]):
    """A step of the table that the caller may make now, through transitions/."""

    name = serializers.CharField()
    to = serializers.ChoiceField(choices=Status.choices)
    needs = serializers.ListField(child=serializers.ChoiceField(choices=[str(n) for n in Need]))
    outcomes = serializers.ListField(child=serializers.ChoiceField(choices=Outcome.choices))


class RequestClockShape(serializers.Serializer[Any]):
    """By when what must be done; null for what the norm does not ask."""

    react_by = serializers.DateTimeField(allow_null=True)
    inspect_by = serializers.DateTimeField(allow_null=True)
    fix_by = serializers.DateTimeField(allow_null=True)
    answer_by = serializers.DateTimeField(allow_null=True)
    reacted_at = serializers.DateTimeField(allow_null=True)
    inspected_at = serializers.DateTimeField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    paused_at = serializers.DateTimeField(allow_null=True)


class CabinetCardShape(CabinetRowShape):
    """A request with what is asked, its limits, timeline and the steps open now."""

    description = serializers.CharField()
    norm = NormShape()
    limits = RequestClockShape()
    incident = serializers.IntegerField(allow_null=True)
    timeline = lines.TimelineLineShape(many=True)
    steps = StepShape(many=True)
    may_see_contact = serializers.BooleanField(help_text="Whether contact/ would show it now")


class ReachShape(serializers.Serializer[Any]):
    """Whom to call before coming; both may be empty."""

    name = serializers.CharField()
    phone = serializers.CharField()


class CabinetRequests(CabinetCall):
    """GET /api/v1/cabinet/requests/: the nearest limit first; with `updated_since` by change."""

    @extend_schema(
        operation_id="cabinet_requests",
        parameters=[
            OpenApiParameter(
                "status",
                {"type": "array", "items": {"enum": ["open", "all", *Status.values]}},
                explode=False,
                description="One status or several, by commas; `open` (without `q` and "
                "`updated_since` the default) or `all`",
            ),
            OpenApiParameter("overdue", bool, description="Only those whose promise is broken"),
            OpenApiParameter("building", int, description="Id of a house"),
            OpenApiParameter("inn", str, description="ИНН of one of the caller's organisations"),
            OpenApiParameter("q", str, description="Number, or words of the address"),
            OpenApiParameter(
                "updated_since",
                datetime,
                description="Only what changed at this moment or later, in the order of changes: "
                "ask again from the last `changed_at`",
            ),
            pages.CURSOR,
        ],
        responses={200: CabinetPageShape},
        tags=["cabinet"],
    )
    def get(self, http: HttpRequest) -> Response:
        actor, at = door.executor_of(http), timezone.now()
        since = asked.moment(http, "updated_since")
        rows = _wanted(Request.objects.visible_to(actor), http, since, at)
        order = BY_DUE if since is None else BY_CHANGE
        page = pages.page(http, rows.values_list(*_COLUMNS, named=True), order)
        return Response(pages.body(page, (_row(item, at) for item in page)))


def _wanted(
    rows: RequestQuerySet, http: HttpRequest, since: datetime | None, at: datetime
) -> RequestQuerySet:
    if since is not None:
        rows = rows.filter(changed_at__gte=since)
    if asked.flag(http, "overdue"):
        rows = rows.overdue(at)
    words = asked.words(http, "q")
    statuses = asked.some_of(http, "status", ["open", "all", *Status.values])
    if not statuses:
        statuses = ["all" if words or since is not None else "open"]
    if "all" not in statuses:
        codes = {code for code in statuses if code != "open"}
        if "open" in statuses:
            codes |= {str(code) for code in OPEN}
        # By its own name, so that the index of open requests serves it.
        rows = rows.still_open() if statuses == ["open"] else rows.filter(status__in=sorted(codes))
    if (building := asked.number(http, "building")) is not None:
        rows = rows.filter(building_id=building)
    if inn := asked.words(http, "inn"):
        rows = rows.filter(executor_inn=inn)
    return choice.named(rows, words, at=at) if words else rows


def _row(item: Any, at: datetime) -> dict[str, Any]:
    return {
        "number": item.number,
        "status": item.status,
        "outcome": item.outcome,
        "category": item.category__slug,
        "building": item.building_id,
        "address": item.building__address,
        **_plain(item, at),
    }


def _plain(item: Any, at: datetime) -> dict[str, Any]:
    return {
        "entrance": item.entrance,
        "flat": item.flat,
        "executor_inn": item.executor_inn,
        "registered_at": item.registered_at,
        "changed_at": item.changed_at,
        "due_at": item.due_at,
        "overdue": item.status in OPEN and item.paused_at is None and item.due_at < at,
        "planned_at": item.planned_at,
        "visit_at": item.visit_at,
        "emergency": item.is_emergency,
        "version": item.version,
    }


class CabinetRequest(CabinetCall):
    """GET /api/v1/cabinet/requests/<number>/: what is asked, where, by when, and what happened."""

    @extend_schema(
        operation_id="cabinet_request",
        responses={200: CabinetCardShape},
        tags=["cabinet"],
    )
    def get(self, http: HttpRequest, number: str) -> Response:
        rows = Request.objects.select_related("category", "building").defer("search")
        item, at = door.find(http, number, rows), timezone.now()
        actor = door.executor_of(http)
        body = {
            **card_of(item, actor, at=at),
            "may_see_contact": contact.is_needed(item),
        }
        return etags.versioned(Response(body), item.version)


def card_of(item: Request, actor: Actor, *, at: datetime) -> dict[str, Any]:
    """Return what the cards of cabinet and desk have alike, with the lines the actor may read."""
    return {
        "number": item.number,
        "status": item.status,
        "outcome": item.outcome,
        "category": item.category.slug,
        "building": item.building_id,
        "address": item.building.address,
        **_plain(item, at),
        "description": item.description,
        "norm": {"clause": item.norm_clause, "text": item.norm_text},
        "limits": {name: getattr(item, name) for name in _LIMITS},
        "incident": item.incident_id,
        "timeline": lines.of(item, actor),
        "steps": [_step(step) for step in lifecycle.steps_open_to(item, actor, at=at)],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "name": step.name,
        "to": step.target,
        "needs": sorted(step.needs),
        "outcomes": sorted(step.outcomes),
    }


class CabinetContact(CabinetCall):
    """POST /api/v1/cabinet/requests/<number>/contact/: name and phone while the work needs them."""

    @extend_schema(
        operation_id="cabinet_contact",
        description="Each call is noted as a look at the contact, which the resident can read. "
        "Before the request is taken on, and after the work is proved done: 404.",
        request=None,
        responses={200: ReachShape},
        tags=["cabinet"],
    )
    def post(self, http: HttpRequest, number: str) -> Response:
        item = door.find(http, number)
        if not contact.is_needed(item):
            raise door.unknown()
        reach = contact.look(item, by=door.executor_of(http), at=timezone.now())
        answer = Response({"name": reach.name, "phone": reach.phone})
        answer["Cache-Control"] = "private, no-store"
        return answer
