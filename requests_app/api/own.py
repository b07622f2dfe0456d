"""A resident's own requests for programs, and following what others let everybody see."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.actors import Resident, user_id_of
from accounts.models import User
from accounts.problems import Problem
from accounts.rest import asked, caller, pages
from accounts.rest.call import Call
from accounts.rest.refusals import not_found
from notifications import following
from notifications.follow_pages import Subject
from requests_app import followed
from requests_app.api.answers import executor_of
from requests_app.api.shapes import ExecutorShape
from requests_app.models import Request
from requests_app.querysets import RequestQuerySet
from requests_app.statuses import OPEN, Outcome, Status, plain_words

_NEWEST = ["-registered_at", "-id"]
_COLUMNS = (
    *("id", "number", "status", "outcome", "category__slug", "building_id", "building__address"),
    *("flat", "registered_at", "changed_at", "due_at", "paused_at", "public", "version"),
    *("executor_name", "executor_inn", "executor_phone"),
)
# What still waits for somebody, the resident included.
_NOT_OVER = sorted([*(str(code) for code in OPEN), str(Status.DONE)])


class OwnRowShape(serializers.Serializer[Any]):
    """A request as its resident's list shows it."""

    number = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    outcome = serializers.ChoiceField(choices=[("", ""), *Outcome.choices])
    words = serializers.CharField(help_text="The status in plain words, in the answer's language")
    category = serializers.CharField(help_text="Slug of the matter")
    building = serializers.IntegerField()
    address = serializers.CharField()
    flat = serializers.CharField()
    registered_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    overdue = serializers.BooleanField()
    public = serializers.BooleanField(help_text="Whether everybody sees it, without the person")
    executor = ExecutorShape(allow_null=True)
    version = serializers.IntegerField()


class OwnPageShape(pages.PageShape):
    """A page of one's own requests."""

    results = OwnRowShape(many=True)


class MyRequests(Call):
    """GET /api/v1/requests/mine/: the requests of the caller's account, newest first."""

    admits = caller.ACCOUNTS
    scope_read = "requests:read"
    scope_write = "requests:write"

    @extend_schema(
        operation_id="requests_mine",
        parameters=[
            OpenApiParameter(
                "status",
                {"type": "array", "items": {"enum": ["open", "all", *Status.values]}},
                explode=False,
                description="One status or several, by commas; `open`: not closed yet; `all` by "
                "default",
            ),
            OpenApiParameter("category", str, description="Slug of a matter or of a top matter"),
            OpenApiParameter("building", int, description="Id of a house"),
            OpenApiParameter("overdue", bool, description="Only those whose promise is broken"),
            pages.CURSOR,
        ],
        responses={200: OwnPageShape},
        tags=["requests"],
    )
    def get(self, http: HttpRequest) -> Response:
        """List them; whoever works here may live here too: of the person, not of the staff."""
        person, at = user_id_of(caller.actor_of(http)), timezone.now()
        assert person is not None  # nobody else is admitted
        rows = _wanted(Request.objects.visible_to(Resident(id=person)), http, at)
        page = pages.page(http, rows.values_list(*_COLUMNS, named=True), _NEWEST)
        return Response(pages.body(page, (_row(item, at) for item in page)))


def _wanted(rows: RequestQuerySet, http: HttpRequest, at: datetime) -> RequestQuerySet:
    statuses = set(asked.some_of(http, "status", ["open", "all", *Status.values]))
    if statuses and "all" not in statuses:
        codes = statuses - {"open"} | (set(_NOT_OVER) if "open" in statuses else set())
        rows = rows.filter(status__in=sorted(codes))
    if category := asked.words(http, "category"):
        rows = rows.about(category)
    if (building := asked.number(http, "building")) is not None:
        rows = rows.filter(building_id=building)
    return rows.overdue(at) if asked.flag(http, "overdue") else rows


def _row(item: Any, at: datetime) -> dict[str, Any]:
    return {
        "number": item.number,
        "status": item.status,
        "outcome": item.outcome,
        "words": str(plain_words(item.status, item.outcome)),
        "category": item.category__slug,
        "building": item.building_id,
        "address": item.building__address,
        "flat": item.flat,
        "registered_at": item.registered_at,
        "changed_at": item.changed_at,
        "due_at": item.due_at,
        "overdue": item.status in OPEN and item.paused_at is None and item.due_at < at,
        "public": item.public,
        "executor": executor_of(item),
        "version": item.version,
    }


class FollowShape(serializers.Serializer[Any]):
    """Whether the caller is told of a public request, and how many have the same trouble."""

    id = serializers.IntegerField()
    title = serializers.CharField(help_text="The matter and the place, as everybody sees them")
    following = serializers.BooleanField()
    followers = serializers.IntegerField()


class FollowRequest(Call):
    """PUT, DELETE /api/v1/requests/<id>/follow/: «so with me too», for a public request."""

    admits = caller.ACCOUNTS
    scope_read = "requests:read"
    scope_write = "requests:write"

    @extend_schema(
        operation_id="requests_followed",
        responses={200: FollowShape},
        tags=["requests"],
    )
    def get(self, http: HttpRequest, pk: int) -> Response:
        """Say how many follow it, the caller among them or not."""
        return _followed(http, pk, _subject(pk))

    @extend_schema(
        operation_id="requests_follow",
        description="By `id` of the public list: numbers of others are nobody's to know. The "
        "letters go to the account's e-mail. Done twice, it is done once.",
        request=None,
        responses={200: FollowShape},
        tags=["requests"],
    )
    def put(self, http: HttpRequest, pk: int) -> Response:
        """Follow it."""
        subject = _subject(pk)
        try:
            following.follow(
                _person(http), topic=subject.topic, label=subject.label, at=timezone.now()
            )
        except following.CannotFollow as cannot:
            raise Problem(
                cannot.message, code=cannot.code, status_code=status.HTTP_409_CONFLICT
            ) from None
        return _followed(http, pk, subject)

    @extend_schema(
        operation_id="requests_unfollow",
        responses={200: FollowShape},
        tags=["requests"],
    )
    def delete(self, http: HttpRequest, pk: int) -> Response:
        """Stop following it; who did not follow it does not now either."""
        subject = _subject(pk)
        following.stop(_person(http), topic=subject.topic)
        return _followed(http, pk, subject)


def _subject(pk: int) -> Subject:
    try:
        return followed.public_request(pk)
    except Http404:
        raise not_found() from None


def _person(http: HttpRequest) -> User:
    assert isinstance(http.user, User)  # accounts alone are admitted
    return http.user


def _followed(http: HttpRequest, pk: int, subject: Subject) -> Response:
    return Response(
        {
            "id": pk,
            "title": subject.label,
            "following": following.is_followed(_person(http), topic=subject.topic),
            "followers": following.counts([subject.topic]).get(subject.topic, 0),
        }
    )
