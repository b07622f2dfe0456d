"""Today's queue for programs: its views, and the next request for whoever is free."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.rest import asked, pages, repeats
from requests_app.api import door
from requests_app.api.desk_card import QueuePlaceShape
from requests_app.api.door import DeskCall
from requests_app.desk import queue
from requests_app.models import QueuePlace
from requests_app.models.queue import ORDER
from requests_app.statuses import Status


class QueueRowShape(QueuePlaceShape):
    """A place of the queue and its request."""

    number = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    category = serializers.CharField()
    address = serializers.CharField()
    due_at = serializers.DateTimeField()
    emergency = serializers.BooleanField()
    operator = serializers.IntegerField(allow_null=True)
    has_files = serializers.BooleanField()
    version = serializers.IntegerField()


class QueuePageShape(pages.PageShape):
    """A page of the queue."""

    results = QueueRowShape(many=True)


class NextShape(serializers.Serializer[Any]):
    """The request that is now the caller's."""

    number = serializers.CharField(
        allow_null=True, help_text="null where nobody waits: the queue is empty"
    )


class Queue(DeskCall):
    """GET /api/v1/desk/queue/: emergencies, then what has least time left."""

    @extend_schema(
        operation_id="desk_queue",
        parameters=[
            OpenApiParameter(
                "view",
                str,
                enum=list(queue.BY_CODE),
                description=f"`{queue.DEFAULT.code}` by default",
            ),
            pages.CURSOR,
        ],
        responses={200: QueuePageShape},
        tags=["desk"],
    )
    def get(self, http: HttpRequest) -> Response:
        """Return the places of a view."""
        view = queue.BY_CODE[asked.one_of(http, "view", queue.BY_CODE, queue.DEFAULT.code)]
        rows = queue.places(view, by=door.operator_of(http), at=timezone.now())
        page = pages.page(http, rows, ORDER)
        return Response(pages.body(page, (_row(place) for place in page)))


def _row(place: Any) -> dict[str, Any]:
    item = place.request
    return {
        **place_of(place),
        "number": item.number,
        "status": item.status,
        "category": item.category.slug,
        "address": item.building.address,
        "due_at": item.due_at,
        "emergency": item.is_emergency,
        "operator": item.assigned_to_id,
        "has_files": place.has_files,
        "version": item.version,
    }


def place_of(place: QueuePlace) -> dict[str, Any]:
    """Return where a request stands, as QueuePlaceShape says."""
    return {
        "lane": place.lane,
        "due_hour": place.due_hour,
        "unread": place.is_unread,
        "unanswered": place.is_unanswered,
        "set_aside_until": place.set_aside_until,
    }


class TakeNext(DeskCall):
    """POST /api/v1/desk/queue/next/: give me the next request; two callers never get the same."""

    @extend_schema(
        operation_id="desk_take_next",
        request=None,
        parameters=[repeats.KEY],
        responses={200: NextShape},
        tags=["desk"],
    )
    def post(self, http: HttpRequest) -> Response:
        """Take it."""
        by, at = door.operator_of(http), timezone.now()

        def take() -> dict[str, Any]:
            taken = queue.take_next(by=by, at=at)
            return {"number": taken.number if taken else None}

        return Response(repeats.once(http, name="take_next", at=at, do=take))
