"""API of this room: one's own inbox."""

from __future__ import annotations

from typing import Any

from django.utils.timezone import now
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Actor, user_id_of
from accounts.rest import asked, caller, pages
from accounts.rest.call import Call
from notifications import inbox


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


class InboxShape(pages.PageShape):
    """A page of news, the newest first."""

    unread = serializers.IntegerField(help_text="Unread ones, counted up to 10")
    results = InboxNewsShape(many=True)


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


class Inbox(Call):
    """GET /api/v1/inbox/: what the account's holder reads in the portal."""

    admits = caller.ACCOUNTS
    scope_read = "inbox:read"

    @extend_schema(
        operation_id="inbox_list",
        parameters=[
            OpenApiParameter("unread", bool, description="`true`: only what nobody has opened"),
            pages.CURSOR,
        ],
        responses={200: InboxShape},
        tags=["inbox"],
    )
    def get(self, request: Request) -> Response:
        """Return a page, the newest first."""
        actor, user_id = _person(request)
        found = inbox.page(
            actor,
            cursor=pages.opened(request),
            only_unread=asked.flag(request, "unread"),
            size=pages.SIZE,
        )
        page = pages.sealed_page(request, found)
        news = (_news(one) for one in inbox.shown(page))
        return Response({"unread": inbox.unread(user_id), **pages.body(page, news)})


class InboxRead(Call):
    """POST /api/v1/inbox/read/: marks news as read."""

    admits = caller.ACCOUNTS
    scope_write = "inbox:write"

    @extend_schema(
        operation_id="inbox_read",
        request=InboxReadShape,
        responses={200: InboxMarkedShape},
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
    actor = caller.actor_of(request)
    user_id = user_id_of(actor)
    assert user_id is not None, "the call admits accounts only"
    return actor, user_id


def _news(news: inbox.News) -> dict[str, Any]:
    item = news.item
    return {
        "id": item.pk,
        "event": item.event,
        "title": news.title,
        "why": item.why_said,
        "topic": item.topic,
        "urgent": item.is_urgent,
        "at": item.created_at,
        "read_at": item.read_at,
    }
