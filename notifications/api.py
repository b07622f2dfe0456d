"""API of this room: one's own inbox."""

from __future__ import annotations

from typing import Any

from django.utils.timezone import now
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import keyset
from accounts.actors import Actor, user_id_of
from accounts.problems import Problem
from notifications import inbox

SIZE = 50
_REFUSED = OpenApiResponse(description="application/problem+json; `code` says why.")


class InboxNewsShape(serializers.Serializer[Any]):
    """A piece of news."""

    id = serializers.IntegerField()
    event = serializers.CharField(help_text="Code of what happened")
    title = serializers.CharField()
    why = serializers.CharField(help_text="Why it came")
    topic = serializers.CharField(help_text="What it is about: `request:26-000123`")
    urgent = serializers.BooleanField()
    at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)


class InboxShape(serializers.Serializer[Any]):
    """A page of news."""

    unread = serializers.IntegerField(help_text="Unread ones, counted up to 10")
    results = InboxNewsShape(many=True)
    next = serializers.CharField(help_text="Cursor of the older page, empty on the last")
    previous = serializers.CharField(help_text="Cursor of the newer page, empty on the first")


class InboxReadShape(serializers.Serializer[Any]):
    """Which news was read."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**62),
        required=False,
        max_length=500,
        help_text="All of them if left out",
    )


class InboxMarkedShape(serializers.Serializer[Any]):
    """How many pieces of news became read."""

    marked = serializers.IntegerField()


class Inbox(APIView):
    """GET /api/v1/inbox/: what the account's holder reads in the portal."""

    @extend_schema(
        operation_id="inbox_list",
        parameters=[
            OpenApiParameter("unread", bool, description="`true`: only what nobody has opened"),
            OpenApiParameter("cursor", str, description="`next` or `previous` of another page"),
        ],
        responses={200: InboxShape, 400: _REFUSED, 401: _REFUSED},
        tags=["inbox"],
    )
    def get(self, request: Request) -> Response:
        """Return a page, the newest first."""
        actor, user_id = _person(request)
        only_unread = request.query_params.get("unread", "").lower() in {"1", "true", "yes"}
        try:
            page = inbox.page(
                actor,
                cursor=request.query_params.get("cursor", "")[:500],
                only_unread=only_unread,
                size=SIZE,
            )
        except keyset.BadCursor as bad:
            raise Problem(
                str(bad), code="cursor", status_code=status.HTTP_400_BAD_REQUEST
            ) from None
        return Response(
            {
                "unread": inbox.unread(user_id),
                "results": [_news(inbox.shown(item)) for item in page],
                "next": page.next,
                "previous": page.previous,
            }
        )


class InboxRead(APIView):
    """POST /api/v1/inbox/read/: marks news as read."""

    @extend_schema(
        operation_id="inbox_read",
        request=InboxReadShape,
        responses={200: InboxMarkedShape, 400: _REFUSED, 401: _REFUSED},
        tags=["inbox"],
    )
    def post(self, request: Request) -> Response:
        """Mark the named ones of one's own, or all; repeated it marks none."""
        actor, _user_id = _person(request)
        shape = InboxReadShape(data=request.data)
        shape.is_valid(raise_exception=True)
        marked = inbox.mark(actor, ids=shape.validated_data.get("ids"), at=now())
        return Response({"marked": marked})


def _person(request: Request) -> tuple[Actor, int]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    user_id = user_id_of(actor)
    if user_id is None:
        raise NotAuthenticated(_("Sign in, or send a token."))
    return actor, user_id


def _news(news: inbox.News) -> dict[str, Any]:
    item = news.item
    return {
        "id": item.pk,
        "event": item.event,
        "title": news.title,
        "why": item.why,
        "topic": item.topic,
        "urgent": item.is_urgent,
        "at": item.created_at,
        "read_at": item.read_at,
    }
