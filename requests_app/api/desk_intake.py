"""Taking in a call for programs: what to say at once, who calls, and filing for the caller."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.rest import asked, repeats
from requests_app import intake
from requests_app.api import door
from requests_app.api.answers import filed_of
from requests_app.api.desk_card import (
    BriefIncidentShape,
    FlagShape,
    OtherShape,
    SuggestedShape,
    brief,
    flags_of,
    other,
    suggested_of,
)
from requests_app.api.door import SEE_CONTACT, DeskCall
from requests_app.api.requests import invalid
from requests_app.api.shapes import ContactShape, ExecutorShape, FiledShape, NormShape
from requests_app.api.work import uploads, words
from requests_app.desk import intake_form
from requests_app.models.categories import StopKind
from requests_app.statuses import Channel

ADD = "requests_app.add_request"


class SpokenShape(serializers.Serializer[Any]):
    """A request as an operator writes it down for somebody."""

    category = serializers.CharField(max_length=64, help_text="Slug of a leaf")
    building = serializers.IntegerField(min_value=0, max_value=2**62)
    entrance = serializers.CharField(required=False, allow_blank=True, default="", max_length=40)
    flat = serializers.CharField(required=False, allow_blank=True, default="", max_length=40)
    description = words(needed=True, help_text="In the caller's words")
    contact = ContactShape()
    consent = serializers.BooleanField(help_text="The caller agreed aloud that we keep the contact")
    incident = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=0, max_value=2**62
    )
    uploads = uploads()


class DeskFile(DeskCall):
    """POST /api/v1/desk/requests/file/: take a request in by phone."""

    needs_write = ADD

    @extend_schema(
        operation_id="desk_file",
        description="The tracking code is for the caller, who may be told it aloud.",
        request=SpokenShape,
        parameters=[repeats.KEY],
        responses={201: FiledShape},
        examples=[
            OpenApiExample(
                "request",
                value={
                    "category": "ht_riser",
                    "building": 1,
                    "flat": "12",
                    "description": "Батарея холодная",
                    "contact": {"name": "Анна Петрова", "phone": "+7 900 000-00-01"},
                    "consent": True,
                },
                request_only=True,
            )
        ],
        tags=["desk"],
    )
    def post(self, http: HttpRequest) -> Response:
        """File it."""
        said = door.read(SpokenShape, http)
        new = intake.NewRequest(
            **{
                **said,
                "contact": intake.Contact(**said["contact"]),
                "uploads": tuple(said["uploads"]),
                "channel": Channel.PHONE,
            }
        )
        by, at, key = door.operator_of(http), timezone.now(), repeats.key_of(http)
        try:
            filed = intake.file(new, by=by, at=at, idempotency_key=key)
        except intake.Invalid as problem:
            raise invalid(problem) from None
        return Response(filed_of(filed), status=status.HTTP_201_CREATED)


class AnswerShape(serializers.Serializer[Any]):
    """What the operator can say at once; null for what is not known yet."""

    address = serializers.CharField(allow_null=True)
    executor = ExecutorShape(allow_null=True)
    norm = NormShape(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    emergency = serializers.BooleanField()
    stop_kind = serializers.ChoiceField(choices=[("", ""), *StopKind.choices])
    stop_message = serializers.CharField(help_text="To be told before anything is written down")
    duplicates = OtherShape(many=True)
    incidents = BriefIncidentShape(many=True)


class DeskAnswer(DeskCall):
    """GET /api/v1/desk/intake/answer/: who answers, by when, what stops, what is known here."""

    needs_read = ADD

    @extend_schema(
        operation_id="desk_intake_answer",
        parameters=[
            OpenApiParameter("building", int, description="Id of the house"),
            OpenApiParameter("category", str, description="Slug of a leaf"),
        ],
        responses={200: AnswerShape},
        tags=["desk"],
    )
    def get(self, http: HttpRequest) -> Response:
        """Answer for the chosen house and matter; either may be missing."""
        found = intake_form.answer(
            asked.number(http, "building"),
            asked.words(http, "category", most=64),
            by=door.operator_of(http),
            at=timezone.now(),
        )
        who, norm, matter = found.who, found.norm, found.category
        return Response(
            {
                "address": found.building.address if found.building else None,
                "executor": {"name": who.name, "inn": who.inn, "phone": who.phone}
                if who and who.name
                else None,
                "norm": {"clause": norm.clause, "text": norm.text} if norm else None,
                "due_at": found.due_at,
                "emergency": bool(matter and matter.emergency),
                "stop_kind": matter.stop_kind if matter else "",
                "stop_message": matter.stop_message if matter else "",
                "duplicates": [other(one) for one in found.duplicates],
                "incidents": [brief(one) for one in found.incidents],
            }
        )


class PhoneShape(serializers.Serializer[Any]):
    """Who calls."""

    phone = serializers.CharField(max_length=100)


class EarlierShape(OtherShape):
    """An earlier request of the caller, with where it was."""

    building = serializers.IntegerField()
    address = serializers.CharField()
    entrance = serializers.CharField()
    flat = serializers.CharField()


class CallerShape(serializers.Serializer[Any]):
    """The newest requests filed with this phone."""

    results = EarlierShape(many=True)


class DeskCaller(DeskCall):
    """POST /api/v1/desk/intake/caller/: the caller's earlier requests; no address holds a phone."""

    needs_write = SEE_CONTACT

    @extend_schema(
        operation_id="desk_intake_caller",
        description="A right of its own; the look at the newest one is noted.",
        request=PhoneShape,
        responses={200: CallerShape},
        examples=[OpenApiExample("request", value={"phone": "+79000000001"}, request_only=True)],
        tags=["desk"],
    )
    def post(self, http: HttpRequest) -> Response:
        """Find them; for what is no number there are none."""
        phone = door.read(PhoneShape, http)["phone"]
        found = intake_form.earlier_noted(phone, by=door.operator_of(http), at=timezone.now())
        rows = [
            {
                **other(one),
                "building": one.building_id,
                "address": one.building.address,
                "entrance": one.entrance,
                "flat": one.flat,
            }
            for one in found
        ]
        return Response({"results": rows})


class WordsShape(serializers.Serializer[Any]):
    """What the caller says."""

    text = words(needed=True)
    building = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=0, max_value=2**62
    )


class AlikeShape(OtherShape):
    """An open request of the house told in like words."""

    share = serializers.FloatField(help_text="The share of words that they share, from 0 to 1")


class HeardShape(serializers.Serializer[Any]):
    """What the words tell."""

    flags = FlagShape(many=True)
    suggested = SuggestedShape(many=True)
    alike = AlikeShape(many=True)


class DeskWords(DeskCall):
    """POST /api/v1/desk/intake/words/: what the caller's words tell; nothing of them is kept."""

    needs_write = ADD

    @extend_schema(
        operation_id="desk_intake_words",
        request=WordsShape,
        responses={200: HeardShape},
        examples=[
            OpenApiExample("request", value={"text": "Пахнет газом в подъезде"}, request_only=True)
        ],
        tags=["desk"],
    )
    def post(self, http: HttpRequest) -> Response:
        """Read them."""
        said = door.read(WordsShape, http)
        text = said["text"].replace("\x00", "")[:20_000]
        heard = intake_form.heard(
            text, said["building"], by=door.operator_of(http), at=timezone.now()
        )
        return Response(
            {
                "flags": flags_of(text),
                "suggested": suggested_of(heard.suggested),
                "alike": [{**other(one.item), "share": one.share} for one in heard.alike],
            }
        )
