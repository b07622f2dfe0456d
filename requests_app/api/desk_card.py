"""One request at the desk for programs: everything known, its surroundings, and its contact."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.actors import Operator
from accounts.models import User
from accounts.rest import asked, etags
from accounts.rest.refusals import not_found
from disclosure.models import Building
from requests_app.api import door
from requests_app.api.answers import executor_of
from requests_app.api.cabinet import CabinetCardShape, card_of
from requests_app.api.door import DeskCall
from requests_app.api.shapes import ExecutorShape
from requests_app.clocks import LegalKind
from requests_app.desk import attention, dossier, house, organisations, presence, queue, ties
from requests_app.models import Incident, Request, Tie
from requests_app.statuses import Channel, Outcome, Status
from requests_app.suggestion import suggesting
from requests_app.suggestion.suggesting import Suggested


class OtherShape(serializers.Serializer[Any]):
    """Another request, in short."""

    number = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    outcome = serializers.ChoiceField(choices=[("", ""), *Outcome.choices])
    category = serializers.CharField()
    registered_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()


class TiedShape(OtherShape):
    """A request that hangs together with this one."""

    tie = serializers.ChoiceField(
        choices=["duplicate", *Tie.values], help_text="`duplicate`: it was joined to this one"
    )


class BriefIncidentShape(serializers.Serializer[Any]):
    """An incident, in short."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    started_at = serializers.DateTimeField()
    expected_end_at = serializers.DateTimeField(allow_null=True)


class FlagShape(serializers.Serializer[Any]):
    """What in the text asks for attention, with the words that raised it."""

    flag = serializers.ChoiceField(choices=[str(one) for one in attention.Attention])
    danger = serializers.BooleanField(help_text="Whether minutes count")
    words = serializers.ListField(child=serializers.CharField())


class SuggestedShape(serializers.Serializer[Any]):
    """A matter that the words are likely about."""

    category = serializers.CharField()
    name = serializers.CharField()
    share = serializers.FloatField(help_text="How sure, from 0 to 1")


class QueuePlaceShape(serializers.Serializer[Any]):
    """Where the request stands in today's queue."""

    lane = serializers.IntegerField(help_text="0 emergencies, 1 others, 2 waits for the resident")
    due_hour = serializers.DateTimeField()
    unread = serializers.BooleanField()
    unanswered = serializers.BooleanField()
    set_aside_until = serializers.DateTimeField(allow_null=True)


class ReachableShape(serializers.Serializer[Any]):
    """Whether the person can be reached, without saying how."""

    email = serializers.BooleanField()
    phone = serializers.BooleanField()


class DeskCardShape(CabinetCardShape):
    """A request as staff see it; the contact is a call of its own."""

    may_see_contact = serializers.BooleanField(help_text="Whether this account may")
    executor = ExecutorShape(allow_null=True)
    channel = serializers.ChoiceField(choices=Channel.choices)
    legal_kind = serializers.ChoiceField(choices=LegalKind.choices)
    public = serializers.BooleanField()
    reopened = serializers.IntegerField(help_text="How often")
    duplicate_of = serializers.CharField(help_text="Number of the earlier request, or empty")
    operator = serializers.IntegerField(allow_null=True, help_text="Account of who answers for it")
    looking = serializers.ListField(
        child=serializers.CharField(), help_text="Colleagues who have it open now"
    )
    reach = ReachableShape()
    place = QueuePlaceShape(allow_null=True, help_text="null once it is over")
    tied = TiedShape(many=True)
    likely_duplicates = OtherShape(many=True)
    open_here = OtherShape(many=True, help_text="Open ones of the house, the most pressing first")
    incidents_here = BriefIncidentShape(many=True)
    flags = FlagShape(many=True)
    suggested = SuggestedShape(many=True)


class RevealedShape(serializers.Serializer[Any]):
    """How to reach the person; all empty once the contact is erased."""

    name = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()


class DeskRequest(DeskCall):
    """GET /api/v1/desk/requests/<number>/: everything known of a request but its contact."""

    @extend_schema(operation_id="desk_request", responses={200: DeskCardShape}, tags=["desk"])
    def get(self, http: HttpRequest, number: str) -> Response:
        item = door.find(http, number, Request.objects.for_the_desk())
        by, at = door.operator_of(http), timezone.now()
        return etags.versioned(Response(_card(item, by=by, at=at)), item.version)


def _card(item: Request, *, by: Operator, at: datetime) -> dict[str, Any]:
    reach, place = dossier.reach_of(item), queue.place_of(item, by=by) if item.is_open else None
    alike = (
        house.likely_duplicates(item.building_id, item.category, by=by, apart_from=item.pk)
        if item.is_open
        else []
    )
    return {
        **card_of(item, by, at=at),
        "may_see_contact": by.sees_contacts,
        "executor": executor_of(item),
        "channel": item.channel,
        "legal_kind": item.legal_kind,
        "public": item.public,
        "reopened": item.reopened_count,
        "duplicate_of": item.duplicate_of.number if item.duplicate_of else "",
        "operator": item.assigned_to_id,
        "looking": presence.others(item, by=by, at=at),
        "reach": {"email": reach.by_email, "phone": reach.by_phone},
        "place": {
            "lane": place.lane,
            "due_hour": place.due_hour,
            "unread": place.is_unread,
            "unanswered": place.is_unanswered,
            "set_aside_until": place.set_aside_until,
        }
        if place
        else None,
        "tied": [
            {**other(one.item), "tie": one.kind or "duplicate"} for one in ties.tied_to(item, by=by)
        ],
        "likely_duplicates": [other(one) for one in alike],
        "open_here": [
            other(one) for one in house.open_here(item.building_id, by=by, apart_from=item.pk)
        ],
        "incidents_here": [brief(one) for one in house.incidents_here(item.building_id, at=at)],
        "flags": flags_of(item.description),
        "suggested": suggested_of(
            suggesting.suggest(item.description, at=at) if item.is_open else []
        ),
    }


def other(item: Request) -> dict[str, Any]:
    """Return another request as OtherShape says; it comes with its matter."""
    return {
        "number": item.number,
        "status": item.status,
        "outcome": item.outcome,
        "category": item.category.slug,
        "registered_at": item.registered_at,
        "due_at": item.due_at,
    }


def brief(incident: Incident) -> dict[str, Any]:
    """Return an incident as BriefIncidentShape says."""
    return {
        "id": incident.pk,
        "title": incident.title,
        "started_at": incident.started_at,
        "expected_end_at": incident.expected_end_at,
    }


def flags_of(text: str) -> list[dict[str, Any]]:
    """Return what in the text asks for attention, as FlagShape says."""
    return [
        {"flag": str(one.flag), "danger": one.is_danger, "words": list(one.words)}
        for one in attention.raised(text)
    ]


def suggested_of(found: Iterable[Suggested]) -> list[dict[str, Any]]:
    """Return suggested matters as SuggestedShape says."""
    return [{"category": one.slug, "name": one.name, "share": one.share} for one in found]


class DeskContact(DeskCall):
    """POST /api/v1/desk/requests/<number>/contact/: how to reach the person."""

    needs_write = door.SEE_CONTACT

    @extend_schema(
        operation_id="desk_contact",
        description="A right of its own. Each call is noted as a look at the contact, which the "
        "resident can read.",
        request=None,
        responses={200: RevealedShape},
        tags=["desk"],
    )
    def post(self, http: HttpRequest, number: str) -> Response:
        item = door.find(http, number)
        by = door.operator_of(http)
        found = dossier.look_at_contact(item, by=by, at=timezone.now())
        body = {name: getattr(found, name) if found else "" for name in ("name", "email", "phone")}
        answer = Response(body)
        answer["Cache-Control"] = "private, no-store"
        return answer


class PresenceShape(serializers.Serializer[Any]):
    """Who else has the request open."""

    looking = serializers.ListField(child=serializers.CharField(), help_text="Colleagues' names")


class DeskPresence(DeskCall):
    """POST /api/v1/desk/requests/<number>/presence/: I have it open; who else has?"""

    needs_write = door.VIEW

    @extend_schema(
        operation_id="desk_presence",
        description="To be said every 20 seconds while it is open. The first time it also ends "
        "«unread», for who may change requests.",
        request=None,
        responses={200: PresenceShape},
        tags=["desk"],
    )
    def post(self, http: HttpRequest, number: str) -> Response:
        item, by = door.find(http, number), door.operator_of(http)
        if by.may_change:
            queue.mark_read(item)
        return Response({"looking": presence.ping(item, by=by, at=timezone.now())})


class OperatorShape(serializers.Serializer[Any]):
    """A member of the staff who may answer for requests."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class OperatorsShape(serializers.Serializer[Any]):
    """The staff by name."""

    results = OperatorShape(many=True)


class DeskOperators(DeskCall):
    """GET /api/v1/desk/operators/: whom a request may be given to."""

    @extend_schema(operation_id="desk_operators", responses={200: OperatorsShape}, tags=["desk"])
    def get(self, http: HttpRequest) -> Response:
        staff = User.objects.filter(is_staff=True, is_active=True).order_by("name", "id")
        rows = [
            {"id": user.pk, "name": user.get_full_name()} for user in staff.only("name", "email")
        ]
        return Response({"results": rows})


class AnswerableShape(serializers.Serializer[Any]):
    """An organisation that a request may be passed to: goes into `executor` as it is."""

    company = serializers.IntegerField(allow_null=True)
    supplier = serializers.IntegerField(allow_null=True)
    name = serializers.CharField()
    note = serializers.CharField(help_text="What it is, or does at the house")


class AnswerablesShape(serializers.Serializer[Any]):
    """Those of the house first."""

    results = AnswerableShape(many=True)


class DeskOrganisations(DeskCall):
    """GET /api/v1/desk/organisations/: who may answer, by house and by name or ИНН."""

    @extend_schema(
        operation_id="desk_organisations",
        parameters=[
            OpenApiParameter("building", int, description="Id of the house"),
            OpenApiParameter("q", str, description="ИНН or words of the name"),
        ],
        responses={200: AnswerablesShape},
        tags=["desk"],
    )
    def get(self, http: HttpRequest) -> Response:
        building = asked.number(http, "building")
        found = (
            organisations.of_house(building, on=timezone.localdate())
            if building is not None
            else []
        )
        known = {one.code for one in found}
        found += [
            one for one in organisations.named(asked.words(http, "q")) if one.code not in known
        ]
        return Response({"results": [_organisation(one) for one in found]})


def _organisation(choice: organisations.Choice) -> dict[str, Any]:
    named = organisations.read(choice.code)
    assert named is not None  # a code of ours
    return {
        "company": named.company,
        "supplier": named.supplier,
        "name": choice.name,
        "note": choice.note,
    }


class HouseShape(serializers.Serializer[Any]):
    """What goes on at a house."""

    id = serializers.IntegerField()
    address = serializers.CharField()
    open = OtherShape(many=True)
    recent = OtherShape(many=True, help_text="Over by now, of the last month")
    incidents = BriefIncidentShape(many=True)


class DeskHouse(DeskCall):
    """GET /api/v1/desk/buildings/<id>/: what goes on at a house, before another request of it."""

    @extend_schema(operation_id="desk_building", responses={200: HouseShape}, tags=["desk"])
    def get(self, http: HttpRequest, pk: int) -> Response:
        building = Building.objects.only("address").filter(pk=min(pk, 2**62)).first()
        if building is None:
            raise not_found()
        by, at = door.operator_of(http), timezone.now()
        return Response(
            {
                "id": building.pk,
                "address": building.address,
                "open": [other(one) for one in house.open_here(pk, by=by)],
                "recent": [other(one) for one in house.recent_here(pk, by=by, at=at)],
                "incidents": [brief(one) for one in house.incidents_here(pk, at=at)],
            }
        )
