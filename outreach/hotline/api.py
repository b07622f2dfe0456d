"""The hotline for programs of staff: cards of calls from ringing to outcome, and call-backs."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts import contact_looks
from accounts.problems import Problem
from accounts.rest import asked, pages, repeats
from accounts.rest.refusals import not_found
from outreach.hotline import cards
from outreach.models import Call, CallBack, CallBackState, Outcome, Topic
from requests_app.api import door
from requests_app.api.door import ID_MAX, SEE_CONTACT, DeskCall

_NEWEST = ["-started_at", "-id"]


class CallRowShape(serializers.Serializer[Any]):
    """A card of a call; neither the caller nor what was said."""

    id = serializers.IntegerField()
    operator = serializers.IntegerField()
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    seconds = serializers.IntegerField(allow_null=True)
    topic = serializers.ChoiceField(choices=[("", ""), *Topic.choices])
    ended_as = serializers.ChoiceField(choices=[("", ""), *Outcome.choices])
    request = serializers.CharField(allow_null=True, help_text="Number")
    question = serializers.IntegerField(allow_null=True, help_text="What the experts were asked")
    call_back = serializers.IntegerField(allow_null=True)
    follow_up_by = serializers.DateTimeField(allow_null=True)
    follow_up_done_at = serializers.DateTimeField(allow_null=True)


class CallPageShape(pages.PageShape):
    """A page of cards."""

    results = CallRowShape(many=True)


class StartCallShape(serializers.Serializer[Any]):
    """Who calls; empty for a withheld number."""

    phone = serializers.CharField(required=False, allow_blank=True, default="", max_length=60)


class Calls(DeskCall):
    """GET, POST /api/v1/desk/calls/: the cards of calls, and a new one."""

    needs_read = "outreach.view_call"
    needs_write = "outreach.add_call"

    @extend_schema(
        operation_id="desk_calls",
        parameters=[
            OpenApiParameter("follow_up", str, enum=["left", "late"], description="To be done yet"),
            OpenApiParameter("operator", int, description="Account of who answered"),
            OpenApiParameter("open", bool, description="Only cards that are open"),
            pages.CURSOR,
        ],
        responses={200: CallPageShape},
        tags=["desk"],
    )
    def get(self, http: HttpRequest) -> Response:
        """List them, newest first."""
        rows = Call.objects.visible_to(door.operator_of(http)).without_texts().defer("asked")
        if left := asked.one_of(http, "follow_up", ["left", "late"]):
            rows = rows.to_follow_up()
            if left == "late":
                rows = rows.filter(follow_up_by__lt=timezone.now())
        if (operator := asked.number(http, "operator")) is not None:
            rows = rows.filter(operator=operator)
        if asked.flag(http, "open"):
            rows = rows.filter(ended_at=None)
        page = pages.page(http, rows.select_related("request").defer("request__search"), _NEWEST)
        return Response(pages.body(page, (row(one) for one in page)))

    @extend_schema(
        operation_id="desk_calls_start",
        request=StartCallShape,
        parameters=[repeats.KEY],
        responses={201: CallRowShape},
        examples=[OpenApiExample("request", value={"phone": "+79000000001"}, request_only=True)],
        tags=["desk"],
    )
    def post(self, http: HttpRequest) -> Response:
        """Open a card: the call begins now."""
        said, by, at = door.read(StartCallShape, http), door.operator_of(http), timezone.now()
        try:
            call = cards.start(
                said["phone"],
                by=by,
                started_at=at,
                at=at,
                idempotency_key=repeats.key_of(http) or f"{by.id}:{at.isoformat()}",
            )
        except cards.Refused as refused:
            raise refusal(refused) from None
        return Response(row(call), status=status.HTTP_201_CREATED)


class FollowUpDone(DeskCall):
    """POST /api/v1/desk/calls/<id>/done/: nothing is left to do after this call."""

    needs_write = "outreach.change_call"

    @extend_schema(
        operation_id="desk_calls_done", request=None, responses={200: CallRowShape}, tags=["desk"]
    )
    def post(self, http: HttpRequest, pk: int) -> Response:
        """Say so; said before, it stays so."""
        cards.follow_up_done(find(http, pk), at=timezone.now())
        return Response(row(find(http, pk)))


class ToldShape(serializers.Serializer[Any]):
    """Who called and what was said; all empty once it is erased."""

    phone = serializers.CharField()
    name = serializers.CharField()
    asked = serializers.CharField()
    answer = serializers.CharField()
    note = serializers.CharField()
    follow_up = serializers.CharField()


class CallContact(DeskCall):
    """POST /api/v1/desk/calls/<id>/contact/: who called and what was said; the look is noted."""

    needs_write = SEE_CONTACT

    @extend_schema(
        operation_id="desk_calls_contact",
        request=None,
        responses={200: ToldShape},
        tags=["desk"],
    )
    def post(self, http: HttpRequest, pk: int) -> Response:
        """Note the look, then tell."""
        door.demand(http, "outreach.view_call")
        call = find(http, pk)
        contact_looks.record(f"call:{call.pk}", by=door.operator_of(http), at=timezone.now())
        names = ("phone", "name", "asked", "answer", "note", "follow_up")
        answer = Response({name: getattr(call, name) for name in names})
        answer["Cache-Control"] = "private, no-store"
        return answer


class CallBackShape(serializers.Serializer[Any]):
    """A call that somebody booked; neither the number nor the name."""

    id = serializers.IntegerField()
    starts_at = serializers.DateTimeField()
    topic = serializers.ChoiceField(choices=Topic.choices)
    waits = serializers.ChoiceField(choices=CallBackState.choices)
    tries = serializers.IntegerField()
    due = serializers.BooleanField()


class CallBackPageShape(pages.PageShape):
    """A page of call-backs."""

    results = CallBackShape(many=True)


class CallBacks(DeskCall):
    """GET /api/v1/desk/call-backs/: whom to call, the earliest first."""

    needs_read = "outreach.view_callback"

    @extend_schema(
        operation_id="desk_call_backs",
        parameters=[pages.CURSOR],
        responses={200: CallBackPageShape},
        tags=["desk"],
    )
    def get(self, http: HttpRequest) -> Response:
        """List those that wait."""
        at = timezone.now()
        rows = CallBack.objects.visible_to(door.operator_of(http)).waiting()
        page = pages.page(
            http, rows.defer("phone", "email", "name", "question"), ["starts_at", "id"]
        )
        return Response(
            pages.body(
                page,
                (
                    {
                        "id": one.pk,
                        "starts_at": one.starts_at,
                        "topic": one.topic,
                        "waits": one.state,
                        "tries": one.tries,
                        "due": one.starts_at <= at,
                    }
                    for one in page
                ),
            )
        )


class TakeCallBack(DeskCall):
    """POST /api/v1/desk/call-backs/<id>/take/: open its card; whoever opened it first has it."""

    needs_write = "outreach.change_callback"

    @extend_schema(
        operation_id="desk_call_backs_take",
        description="The card holds the number: the look is noted. Taken again, the same card.",
        request=None,
        responses={200: CallRowShape},
        tags=["desk"],
    )
    def post(self, http: HttpRequest, pk: int) -> Response:
        """Take it."""
        door.demand(http, SEE_CONTACT)
        by = door.operator_of(http)
        found = CallBack.objects.visible_to(by).filter(pk=min(pk, ID_MAX)).first()
        if found is None:
            raise not_found()
        try:
            return Response(row(cards.take(found, by=by, at=timezone.now())))
        except cards.Refused as refused:
            raise Problem(
                str(refused), code="taken", status_code=status.HTTP_409_CONFLICT
            ) from None


def find(http: HttpRequest, pk: int) -> Call:
    """Return the card; raise Problem 404."""
    rows = Call.objects.visible_to(door.operator_of(http)).select_related("request")
    call = rows.defer("request__search").filter(pk=min(pk, ID_MAX)).first()
    if call is None:
        raise not_found()
    return call


def row(call: Call) -> dict[str, Any]:
    """Return a card as CallRowShape says; it comes with its request."""
    return {
        "id": call.pk,
        "operator": call.operator_id,
        "started_at": call.started_at,
        "ended_at": call.ended_at,
        "seconds": call.seconds,
        "topic": call.topic,
        "ended_as": call.outcome,
        "request": call.request.number if call.request else None,
        "question": call.question_id,
        "call_back": call.call_back_id,
        "follow_up_by": call.follow_up_by,
        "follow_up_done_at": call.follow_up_done_at,
    }


def refusal(refused: cards.Refused, *, before: str = "") -> Problem:
    """Return why a card is not written, ended or taken; `before` stands before each field."""
    if "" in refused.errors:
        return Problem(refused.errors[""], code="not_open", status_code=status.HTTP_409_CONFLICT)
    errors = {f"{before}{field}": said for field, said in refused.errors.items()}
    return Problem(_("The card has mistakes."), code="invalid", errors=errors)
