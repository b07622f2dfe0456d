"""Quality calls for programs: who was drawn by lot, what came of the call, the figures."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.rest import asked, etags, pages, repeats
from accounts.rest.refusals import not_found
from requests_app import quality
from requests_app.api import door
from requests_app.api.door import ID_MAX, WRITES, DeskCall
from requests_app.api.requests import refused
from requests_app.api.shapes import SignedShape
from requests_app.api.work import words
from requests_app.lifecycle import Refused
from requests_app.models import BEST, WORST, CallState, QualityCall

VIEW = "requests_app.view_qualitycall"
CHANGE = "requests_app.change_qualitycall"
_VIEWS = ("waiting", "called")
_RESULTS = [one for one in CallState.choices if one[0] != CallState.WAITING]


class QualityCallShape(serializers.Serializer[Any]):
    """A repair whose resident is asked; desk/requests/<number>/ has the work and the contact."""

    id = serializers.IntegerField()
    version = serializers.IntegerField(help_text="For If-Match; grows when it is written down")
    number = serializers.CharField(help_text="Of the request")
    category = serializers.CharField()
    address = serializers.CharField()
    executor = serializers.CharField()
    drawn_on = serializers.DateField(help_text="The day whose repairs the lot fell upon")
    state = serializers.ChoiceField(choices=CallState.choices)
    tries = serializers.IntegerField(help_text="Calls without an answer")
    tries_left = serializers.IntegerField()
    is_fixed = serializers.BooleanField(allow_null=True, help_text="null while nobody has said")
    mark = serializers.IntegerField(allow_null=True, help_text="The resident's, five the best")
    called_at = serializers.DateTimeField(allow_null=True)
    called_by = serializers.IntegerField(allow_null=True, help_text="Account")


class QualityCallPageShape(pages.PageShape):
    """A page of quality calls."""

    results = QualityCallShape(many=True)


class WholeQualityCallShape(QualityCallShape):
    """A quality call with the act of the work."""

    act = SignedShape(allow_null=True)


class QualityRecordShape(serializers.Serializer[Any]):
    """What came of the call; all but `result` are of one who talked."""

    result = serializers.ChoiceField(
        choices=_RESULTS, help_text="`missed` puts the call off, three times at most"
    )
    is_fixed = serializers.BooleanField(required=False, allow_null=True, default=None)
    mark = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=WORST, max_value=BEST
    )
    text = words(help_text="The resident's words; needed where it is not fixed")


class QualityFiguresShape(serializers.Serializer[Any]):
    """What the calls of the last days found."""

    days = serializers.IntegerField()
    talked = serializers.IntegerField()
    fixed = serializers.IntegerField(help_text="Of those who talked")
    missed = serializers.IntegerField()
    mark = serializers.FloatField(allow_null=True, help_text="Mean, null where nobody gave one")


class QualityCalls(DeskCall):
    """GET /api/v1/desk/quality-calls/: whom to call, and what was called."""

    needs_read = VIEW

    @extend_schema(
        operation_id="desk_quality_calls",
        parameters=[
            OpenApiParameter(
                "view",
                str,
                enum=list(_VIEWS),
                description="`waiting` (default), the longest waiting first, or `called`, newest "
                "first",
            ),
            OpenApiParameter("drawn_on", str, description="Only the lot of this day: 2026-11-29"),
            pages.CURSOR,
        ],
        responses={200: QualityCallPageShape},
        tags=["desk"],
    )
    def get(self, http: HttpRequest) -> Response:
        """List them."""
        rows = QualityCall.objects.visible_to(door.operator_of(http)).for_a_list()
        if (day := asked.day(http, "drawn_on")) is not None:
            rows = rows.filter(drawn_on=day)
        if asked.one_of(http, "view", _VIEWS, "waiting") == "called":
            page = pages.page(http, rows.called(), quality.CALLED)
        else:
            page = pages.page(http, rows.waiting(), quality.WAITING)
        return Response(pages.body(page, (_row(one) for one in page)))


class QualityFigures(DeskCall):
    """GET /api/v1/desk/quality-calls/figures/: how many repairs hold, say the residents."""

    needs_read = VIEW

    @extend_schema(
        operation_id="desk_quality_figures", responses={200: QualityFiguresShape}, tags=["desk"]
    )
    def get(self, http: HttpRequest) -> Response:
        """Count the calls of the last ninety days."""
        found = quality.figures(since=timezone.now() - quality.FIGURES_OF)
        return Response({"days": quality.FIGURES_OF.days, **found})


class OneQualityCall(DeskCall):
    """GET /api/v1/desk/quality-calls/<id>/: one call with the act of the work."""

    needs_read = VIEW

    @extend_schema(
        operation_id="desk_quality_call", responses={200: WholeQualityCallShape}, tags=["desk"]
    )
    def get(self, http: HttpRequest, pk: int) -> Response:
        """Return it."""
        return _stands(_find(http, pk))


class RecordQualityCall(DeskCall):
    """POST /api/v1/desk/quality-calls/<id>/record/: write down what came of the call."""

    needs_write = CHANGE

    @extend_schema(
        operation_id="desk_quality_record",
        description="Not fixed sends the request back to work with the resident's words and its "
        "first deadline. Nobody at home puts the call off, three times at most.",
        request=QualityRecordShape,
        parameters=[*WRITES],
        responses={200: WholeQualityCallShape},
        examples=[
            OpenApiExample(
                "request",
                value={"result": "talked", "is_fixed": True, "mark": 5, "text": "Всё хорошо"},
                request_only=True,
            )
        ],
        tags=["desk"],
    )
    def post(self, http: HttpRequest, pk: int) -> Response:
        """Write it down once."""
        said, by, at = door.read(QualityRecordShape, http), door.operator_of(http), timezone.now()
        call, seen = _find(http, pk), etags.version_seen(http)
        answer = quality.Answer(state=CallState(said.pop("result")), **said)

        def write() -> dict[str, Any]:
            quality.record(call, answer, by=by, at=at, seen_version=seen)
            return {}

        try:
            repeats.once(http, name=f"quality:{call.pk}", at=at, do=write)
        except Refused as problem:
            raise refused(problem, http) from None
        return _stands(_find(http, pk))


def _find(http: HttpRequest, pk: int) -> QualityCall:
    rows = QualityCall.objects.visible_to(door.operator_of(http)).for_a_list()
    call = rows.filter(pk=min(pk, ID_MAX)).first()
    if call is None:
        raise not_found()
    return call


def _stands(call: QualityCall) -> Response:
    act = call.request.acts.order_by("-id").first()
    signed = {"signed_on": act.signed_on, "signer": act.signer} if act else None
    return etags.versioned(Response({**_row(call), "act": signed}), call.version)


def _row(call: QualityCall) -> dict[str, Any]:
    item = call.request
    mark = getattr(item, "mark", None)
    return {
        "id": call.pk,
        "version": call.version,
        "number": item.number,
        "category": item.category.slug,
        "address": item.building.address,
        "executor": item.executor_name,
        "drawn_on": call.drawn_on,
        "state": call.state,
        "tries": call.tries,
        "tries_left": quality.TRIES - call.tries if call.state == CallState.WAITING else 0,
        "is_fixed": call.is_fixed,
        "mark": mark.value if mark else None,
        "called_at": call.called_at,
        "called_by": call.called_by_id,
    }
