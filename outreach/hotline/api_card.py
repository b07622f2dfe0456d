"""A card of the hotline for programs: written half-way, ended, passed on, turned into a request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.problems import Problem
from accounts.rest import repeats
from accounts.rest.refusals import problems, wrong
from outreach.hotline import cards
from outreach.hotline.api import CallRowShape, find, refusal, row
from outreach.models import Call, Outcome
from requests_app import intake, tracking_code
from requests_app.api import door
from requests_app.api.answers import filed_of
from requests_app.api.desk_intake import ADD as ADD_REQUEST
from requests_app.api.desk_intake import SpokenShape
from requests_app.api.door import ID_MAX, DeskCall
from requests_app.api.requests import invalid
from requests_app.api.shapes import ContactShape, FiledShape
from requests_app.api.work import words
from requests_app.models import Request
from requests_app.statuses import Channel


class CardShape(serializers.Serializer[Any]):
    """What is written on a card, all of it: what is left out is empty."""

    phone = serializers.CharField(required=False, allow_blank=True, default="", max_length=60)
    name = serializers.CharField(required=False, allow_blank=True, default="", max_length=400)
    topic = serializers.CharField(required=False, allow_blank=True, default="", max_length=20)
    asked = serializers.CharField(required=False, allow_blank=True, default="", max_length=1_000)
    answer = serializers.CharField(required=False, allow_blank=True, default="", max_length=100_000)
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=100_000)
    guides = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=ID_MAX),
        required=False,
        default=list,
        max_length=20,
    )
    request = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=40,
        help_text="Number of what it is about; empty leaves what the card says",
    )
    follow_up = serializers.CharField(required=False, allow_blank=True, default="", max_length=600)
    follow_up_days = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=5
    )


class EndCallShape(CardShape):
    """What was asked and answered, and how the call ended."""

    outcome = serializers.CharField(max_length=20, help_text="As `ended_as` of a card")


class ToExpertsShape(CardShape):
    """The question, and where the experts answer it."""

    email = serializers.CharField(max_length=400)
    consent = serializers.BooleanField(help_text="The caller agreed aloud that we keep the contact")


class TurnShape(SpokenShape):
    """The request of a call; the words and the contact are the card's where they are left out."""

    turn_into = serializers.ChoiceField(
        choices=[Outcome.REQUEST.value, Outcome.CLAIM.value],
        required=False,
        default=Outcome.REQUEST.value,
        help_text="`claim`: about money, a claim follows",
    )
    description = words(help_text="In the caller's words")
    contact = ContactShape(required=False, allow_null=True, default=None)
    card = CardShape(
        required=False, allow_null=True, default=None, help_text="Is kept with it, if given"
    )


class TurnedShape(FiledShape):
    """The request as taken in, and the card that has ended with it."""

    call = CallRowShape()


class OneCall(DeskCall):
    """GET, PUT /api/v1/desk/calls/<id>/: a card; its operator writes on it until it ends."""

    needs_read = "outreach.view_call"
    needs_write = "outreach.change_call"

    @extend_schema(operation_id="desk_call", responses={200: CallRowShape}, tags=["desk"])
    def get(self, http: HttpRequest, pk: int) -> Response:
        """Return it; contact/ tells who called and what was said."""
        return Response(row(find(http, pk)))

    @extend_schema(
        operation_id="desk_call_write",
        request=CardShape,
        parameters=[repeats.KEY],
        responses={200: CallRowShape, **problems(409)},
        examples=[
            OpenApiExample(
                "request",
                value={"phone": "+79000000001", "topic": "utilities", "asked": "Когда включат?"},
                request_only=True,
            )
        ],
        tags=["desk"],
    )
    def put(self, http: HttpRequest, pk: int) -> Response:
        """Keep the card as it is written by now; the call goes on."""
        said, by, call = door.read(CardShape, http), door.operator_of(http), find(http, pk)
        written = _written(http, said)
        return _once(http, call, "write", lambda _at: cards.write(call, written, by=by))


class EndCall(DeskCall):
    """POST /api/v1/desk/calls/<id>/end/: write the card and end the call with its outcome."""

    needs_write = "outreach.change_call"

    @extend_schema(
        operation_id="desk_calls_end",
        description="Only the operator who opened the card. Its request is filed by request/, "
        "its question passed on by experts/.",
        request=EndCallShape,
        parameters=[repeats.KEY],
        responses={200: CallRowShape},
        examples=[
            OpenApiExample(
                "request",
                value={"topic": "utilities", "asked": "Когда включат?", "outcome": "answered"},
                request_only=True,
            )
        ],
        tags=["desk"],
    )
    def post(self, http: HttpRequest, pk: int) -> Response:
        """End it; the time it took is the server's."""
        said, by, call = door.read(EndCallShape, http), door.operator_of(http), find(http, pk)
        written = _written(http, said)
        return _once(http, call, "end", lambda at: cards.finish(call, written, by=by, at=at))


class ToExperts(DeskCall):
    """POST /api/v1/desk/calls/<id>/experts/: ask the experts in the caller's name, and end it."""

    needs_write = "outreach.change_call"

    @extend_schema(
        operation_id="desk_calls_experts",
        description="Only the operator who opened the card. The experts answer by letter.",
        request=ToExpertsShape,
        parameters=[repeats.KEY],
        responses={200: CallRowShape},
        examples=[
            OpenApiExample(
                "request",
                value={
                    "topic": "utilities",
                    "asked": "Кто платит за поверку общего счётчика?",
                    "name": "Анна Петрова",
                    "email": "anna@example.org",
                    "consent": True,
                },
                request_only=True,
            )
        ],
        tags=["desk"],
    )
    def post(self, http: HttpRequest, pk: int) -> Response:
        """Pass it on."""
        said, by, call = door.read(ToExpertsShape, http), door.operator_of(http), find(http, pk)
        where = {name: said.pop(name) for name in ("email", "consent")}
        written = _written(http, said)
        return _once(
            http,
            call,
            "experts",
            lambda at: cards.to_experts(call, written, **where, by=by, at=at),
        )


class TurnCall(DeskCall):
    """POST /api/v1/desk/calls/<id>/request/: file the request of the call, which ends with it."""

    needs_write = "outreach.add_call"

    @extend_schema(
        operation_id="desk_calls_request",
        description="All or nothing: the request, the card and the end of the call. Only the "
        "operator who opened the card. The tracking code is for the caller.",
        request=TurnShape,
        parameters=[repeats.KEY],
        responses={201: TurnedShape},
        examples=[
            OpenApiExample(
                "request",
                value={
                    "category": "ht_riser",
                    "building": 1,
                    "flat": "12",
                    "consent": True,
                    "card": {"phone": "+79000000001", "asked": "Батарея холодная"},
                },
                request_only=True,
            )
        ],
        tags=["desk"],
    )
    def post(self, http: HttpRequest, pk: int) -> Response:
        """File it."""
        door.demand(http, ADD_REQUEST)
        said, by, at = door.read(TurnShape, http), door.operator_of(http), timezone.now()
        call, typed = find(http, pk), said.pop("card")
        written = _written(http, typed, before="card.") if typed is not None else None
        outcome, new = Outcome(said.pop("turn_into")), _new_request(said, written or call)

        def turn() -> dict[str, Any]:
            # The key of the whole call, card and all, keeps it from being done twice.
            filed = cards.file_request(
                call, new, outcome=outcome, by=by, at=at, key="", written=written
            )
            return {"request": filed.request.pk}

        try:
            made = repeats.once(http, name=f"call.request:{call.pk}", at=at, do=turn)
        except intake.Invalid as problem:
            raise invalid(problem) from None
        except cards.Refused as refused:
            raise refusal(refused, before="card.") from None
        item = Request.objects.defer("search").get(pk=made["request"])
        # Nothing that is kept holds the code: a repeat derives it anew.
        filed = intake.Filed(item, tracking_code.of(item) or "")
        body = {**filed_of(filed), "call": row(find(http, pk))}
        return Response(body, status=status.HTTP_201_CREATED)


def _written(http: HttpRequest, said: dict[str, Any], *, before: str = "") -> cards.Written:
    """Return what the body says as cards take it; raise Problem for an unknown request."""
    number = said.pop("request")
    if not number:
        return cards.Written(**said)
    try:
        return cards.Written(**said, about=door.find(http, number).pk)
    except Problem:
        if not before:
            raise
        raise wrong(f"{before}request", _("There is no such request.")) from None


def _new_request(said: dict[str, Any], card: Call | cards.Written) -> intake.NewRequest:
    """Return the request that is filed: what the card knows stands where nothing is said."""
    known = cards.known_of(card)
    contact = said.pop("contact") or {"name": known["name"], "phone": known["phone"]}
    return intake.NewRequest(
        **{
            **said,
            "description": said["description"].strip() or known["description"],
            "contact": intake.Contact(**contact),
            "uploads": tuple(said["uploads"]),
            "channel": Channel.PHONE,
        }
    )


def _once(http: HttpRequest, call: Call, deed: str, do: Callable[[datetime], Any]) -> Response:
    """Do something with the card once and say how it stands."""
    at = timezone.now()

    def make() -> dict[str, Any]:
        do(at)
        return {}

    try:
        repeats.once(http, name=f"call.{deed}:{call.pk}", at=at, do=make)
    except cards.Refused as refused:
        raise refusal(refused) from None
    return Response(row(find(http, call.pk)))
