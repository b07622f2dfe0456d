"""Letters of outside portals for programs at the desk: what waits, and sorting it out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.actors import Operator
from accounts.rest import asked, pages, repeats
from accounts.rest.refusals import not_found
from disclosure import address_search
from requests_app.api import door
from requests_app.api.desk_card import SuggestedShape, suggested_of
from requests_app.api.door import ID_MAX, DeskCall
from requests_app.api.requests import refused
from requests_app.lifecycle import Refused
from requests_app.models import LetterState, OutsideLetter, OutsideSource
from requests_app.outside import sorting
from requests_app.querysets_exchange import OutsideLetterQuerySet
from requests_app.suggestion.suggesting import suggest

VIEW = "requests_app.view_outsideletter"
SORT = "requests_app.sort_outsideletter"
_LIKELY = 8


class DeskLetterShape(serializers.Serializer[Any]):
    """A letter as the desk's list shows it; who wrote it is not shown."""

    id = serializers.IntegerField()
    portal = serializers.ChoiceField(choices=OutsideSource.choices)
    outside_number = serializers.CharField(help_text="The number it has there")
    state = serializers.ChoiceField(choices=LetterState.choices)
    received_at = serializers.DateTimeField(help_text="There: time limits run from then")
    address = serializers.CharField(help_text="As it is written there")
    matter = serializers.CharField(help_text="As it is called there")
    unclear = serializers.ListField(
        child=serializers.CharField(), help_text="What has to be decided: house, matter"
    )
    number = serializers.CharField(help_text="Of the request here; empty while it is none")
    reason = serializers.CharField(help_text="Why it was declined")
    changed_at = serializers.DateTimeField()


class DeskLetterPageShape(pages.PageShape):
    """A page of letters."""

    results = DeskLetterShape(many=True)


class LikelyHouseShape(serializers.Serializer[Any]):
    """A house that the letter may mean."""

    id = serializers.IntegerField()
    address = serializers.CharField()


class WholeDeskLetterShape(DeskLetterShape):
    """A letter with what it says and, while it waits, what it may mean."""

    text = serializers.CharField(help_text="Empty once it is sorted out: the request holds it")
    flat = serializers.CharField()
    is_appeal = serializers.BooleanField(help_text="An appeal by 59-ФЗ")
    likely_houses = LikelyHouseShape(many=True)
    likely_matters = SuggestedShape(many=True)


class FileLetterShape(serializers.Serializer[Any]):
    """The house and the matter of a letter."""

    building = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    category = serializers.SlugField(max_length=64)
    always = serializers.BooleanField(
        default=False, help_text="From now on the portal's matter is this one"
    )


class DeclineLetterShape(serializers.Serializer[Any]):
    """Why a letter becomes no request."""

    reason = serializers.CharField(
        max_length=sorting.REASON_MAX, help_text="The portal it came from tells the person"
    )


class DeskLetters(DeskCall):
    """GET /api/v1/desk/outside-letters/: letters that wait for staff, or were decided."""

    needs_read = VIEW

    @extend_schema(
        operation_id="desk_outside_letters",
        parameters=[
            OpenApiParameter(
                "state",
                str,
                enum=LetterState.values,
                description="`to_sort` (default), the longest waiting first; the others newest "
                "first",
            ),
            pages.CURSOR,
        ],
        responses={200: DeskLetterPageShape},
        tags=["desk"],
    )
    def get(self, http: HttpRequest) -> Response:
        """List them."""
        state = LetterState(asked.one_of(http, "state", LetterState.values, LetterState.TO_SORT))
        rows = _letters(http).filter(state=state).defer("payload")
        page = pages.page(http, rows, sorting.ORDERS[state])
        return Response(pages.body(page, (_row(one) for one in page)))


class OneDeskLetter(DeskCall):
    """GET /api/v1/desk/outside-letters/<id>/: one letter with what it may mean."""

    needs_read = VIEW

    @extend_schema(
        operation_id="desk_outside_letter", responses={200: WholeDeskLetterShape}, tags=["desk"]
    )
    def get(self, http: HttpRequest, pk: int) -> Response:
        """Return it."""
        return _whole(_find(http, pk))


class FileLetter(DeskCall):
    """POST /api/v1/desk/outside-letters/<id>/file/: make it a request."""

    needs_write = SORT

    @extend_schema(
        operation_id="desk_outside_file",
        request=FileLetterShape,
        parameters=[repeats.KEY],
        responses={200: WholeDeskLetterShape},
        tags=["desk"],
    )
    def post(self, http: HttpRequest, pk: int) -> Response:
        """File it once; 409 `sorted` where somebody was quicker."""
        said = door.read(FileLetterShape, http)
        return _decided(http, pk, lambda row, by, at: sorting.file(row, **said, by=by, at=at))


class DeclineLetter(DeskCall):
    """POST /api/v1/desk/outside-letters/<id>/decline/: say that it becomes no request."""

    needs_write = SORT

    @extend_schema(
        operation_id="desk_outside_decline",
        request=DeclineLetterShape,
        parameters=[repeats.KEY],
        responses={200: WholeDeskLetterShape},
        tags=["desk"],
    )
    def post(self, http: HttpRequest, pk: int) -> Response:
        """Decline it once; 409 `sorted` where somebody was quicker."""
        said = door.read(DeclineLetterShape, http)
        return _decided(http, pk, lambda row, by, at: sorting.decline(row, **said, by=by, at=at))


def _decided(
    http: HttpRequest, pk: int, do: Callable[[OutsideLetter, Operator, datetime], OutsideLetter]
) -> Response:
    row, by, at = _find(http, pk), door.operator_of(http), timezone.now()

    def decide() -> dict[str, Any]:
        do(row, by, at)
        return {}

    try:
        repeats.once(http, name=f"letter:{row.pk}", at=at, do=decide)
    except Refused as problem:
        raise refused(problem, http) from None
    return _whole(_find(http, pk))


def _letters(http: HttpRequest) -> OutsideLetterQuerySet:
    return OutsideLetter.objects.visible_to(door.operator_of(http)).select_related("request")


def _find(http: HttpRequest, pk: int) -> OutsideLetter:
    for row in _letters(http).filter(pk=min(pk, ID_MAX))[:1]:
        return row
    raise not_found()


def _whole(row: OutsideLetter) -> Response:
    said, waits = row.payload, row.state == LetterState.TO_SORT
    houses = address_search.find(row.address, limit=_LIKELY) if waits else []
    matters = suggest(said.get("text", ""), at=timezone.now()) if waits else []
    return Response(
        {
            **_row(row),
            "text": said.get("text", ""),
            "flat": said.get("flat", ""),
            "is_appeal": bool(said.get("is_appeal")),
            "likely_houses": [{"id": one.id, "address": one.address} for one in houses],
            "likely_matters": suggested_of(matters),
        }
    )


def _row(row: OutsideLetter) -> dict[str, Any]:
    return {
        "id": row.pk,
        "portal": row.source,
        "outside_number": row.number,
        "state": row.state,
        "received_at": row.received_at,
        "address": row.address,
        "matter": row.matter,
        "unclear": [name for name in row.unclear.split(",") if name],
        "number": row.request.number if row.request else "",
        "reason": row.reason,
        "changed_at": row.changed_at,
    }
