"""
What staff do with one request besides the steps of the table, for programs.

Steps (pass on, ask, refuse with a clause, close on somebody's word) are made by
requests/<number>/transitions/, words to the resident by requests/<number>/comment/.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.utils.timezone import now
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.actors import Operator
from accounts.rest import etags, repeats
from accounts.rest.refusals import not_found
from requests_app import intake, lifecycle
from requests_app.api import door
from requests_app.api.door import ID_MAX, WRITES, DeskCall, StandsShape
from requests_app.api.requests import invalid
from requests_app.api.work import ReasonShape, Verb, in_room, words
from requests_app.desk import incident_here, queue, ties
from requests_app.models import Request


class NothingShape(serializers.Serializer[Any]):
    """An empty body."""


class Take(Verb):
    """Make yourself the operator who answers for the request."""

    verb = "take"
    shape = NothingShape
    example: ClassVar = {}

    def make(self, item: Request, said: dict[str, Any], *, by: Operator, at: datetime) -> Any:
        """Take it."""
        return queue.take(item, by=by, at=at)


class Release(Verb):
    """Give your request back to the queue: it is nobody's again."""

    verb = "release"
    shape = NothingShape
    example: ClassVar = {}

    def make(self, item: Request, said: dict[str, Any], *, by: Operator, at: datetime) -> Any:
        """Give it back."""
        return queue.release(item, by=by, at=at)


class AssignShape(serializers.Serializer[Any]):
    """Which operator."""

    operator = serializers.IntegerField(
        allow_null=True, min_value=1, max_value=ID_MAX, help_text="Account; null for nobody"
    )


class Assign(Verb):
    """Make an operator answerable for the request, or nobody."""

    verb = "assign"
    shape = AssignShape
    example: ClassVar = {"operator": 7}

    def make(self, item: Request, said: dict[str, Any], *, by: Operator, at: datetime) -> Any:
        """Set the operator."""
        return lifecycle.assign(item, to=said["operator"], by=by, at=at)


class AsideShape(serializers.Serializer[Any]):
    """Until when, and why."""

    until = serializers.DateTimeField(help_text="At most 30 days ahead")
    text = words(help_text="A note for colleagues")


class SetAside(Verb):
    """Put your request off until a moment; the clock runs on, the resident's word ends it."""

    verb = "aside"
    shape = AsideShape
    example: ClassVar = {"until": "2026-12-01T09:00:00+04:00", "text": "Ждём звонка УК"}

    def make(self, item: Request, said: dict[str, Any], *, by: Operator, at: datetime) -> Any:
        """Put it off."""
        return queue.set_aside(item, **said, by=by, at=at)


class BringBack(Verb):
    """Bring your request back that was put off."""

    verb = "bring-back"
    shape = NothingShape
    example: ClassVar = {}

    def make(self, item: Request, said: dict[str, Any], *, by: Operator, at: datetime) -> Any:
        """Bring it back."""
        return queue.bring_back(item, by=by)


class Note(Verb):
    """Write a line that only staff read."""

    verb = "notes"
    shape = ReasonShape
    example: ClassVar = {"text": "Звонила соседка, у неё то же"}

    def make(self, item: Request, said: dict[str, Any], *, by: Operator, at: datetime) -> Any:
        """Write it."""
        return lifecycle.internal_note(item, **said, by=by, at=at)


class MatterShape(serializers.Serializer[Any]):
    """Another matter."""

    category = serializers.CharField(max_length=64, help_text="Slug of a leaf")
    text = words(help_text="A word to the resident")


class Recategorise(Verb):
    """Move the request to another matter: norm, executor and limits follow, the start stays."""

    verb = "category"
    shape = MatterShape
    example: ClassVar = {"category": "ht_riser", "text": ""}

    def make(self, item: Request, said: dict[str, Any], *, by: Operator, at: datetime) -> Any:
        """Move it."""
        return lifecycle.recategorise(item, **said, by=by, at=at)


class HangShape(serializers.Serializer[Any]):
    """An incident of the house."""

    incident = serializers.IntegerField(
        allow_null=True, min_value=1, max_value=ID_MAX, help_text="null takes the request off"
    )


class Hang(Verb):
    """Hang the request on an incident that touches its house, or take it off."""

    verb = "incident"
    shape = HangShape
    example: ClassVar = {"incident": 12}

    def make(self, item: Request, said: dict[str, Any], *, by: Operator, at: datetime) -> Any:
        """Hang it."""
        return lifecycle.attach_to_incident(item, **said, by=by, at=at)


class OpenIncident(Verb):
    """Open an incident at the request's house about its matter, with all open requests of it."""

    verb = "incident/open"
    shape = NothingShape
    example: ClassVar = {}

    def make(self, item: Request, said: dict[str, Any], *, by: Operator, at: datetime) -> Any:
        """Open it; where one goes on already, that one is taken."""
        whole = Request.objects.select_related("category").defer("search").get(pk=item.pk)
        return incident_here.open_for(whole, by=by, at=at)


VERBS = (Take, Release, Assign, SetAside, BringBack, Note, Recategorise, Hang, OpenIncident)
OF_STAFF = {verb.verb: in_room(DeskCall, verb) for verb in VERBS}


class NumberShape(serializers.Serializer[Any]):
    """Another request."""

    number = serializers.CharField(max_length=40)


class MergeShape(serializers.Serializer[Any]):
    """The earlier request."""

    into = serializers.CharField(max_length=40, help_text="Number")
    text = words(help_text="What the resident reads; a sentence of ours without it")


class Merge(DeskCall):
    """POST …/merge/: close the request as a duplicate of an earlier one."""

    @extend_schema(
        operation_id="desk_merge",
        description="The people of both are told; the earlier one says which was joined to it. "
        "Reopened by a transition, the request is untied.",
        request=MergeShape,
        parameters=[*WRITES],
        responses={200: StandsShape},
        examples=[OpenApiExample("request", value={"into": "26-000123"}, request_only=True)],
        tags=["desk"],
    )
    def post(self, http: HttpRequest, number: str) -> Response:
        """Merge it; both rows are locked in one order, so the version is compared there."""
        said, item = door.read(MergeShape, http), door.find(http, number)
        by, seen = door.operator_of(http), etags.version_seen(http)

        def merge(at: datetime) -> None:
            ties.merge(item, **said, by=by, at=at, seen_version=seen)

        return door.change(http, item, "merge", merge, holds=False)


class Links(DeskCall):
    """POST …/links/: note that two requests belong together."""

    @extend_schema(
        operation_id="desk_link",
        request=NumberShape,
        parameters=[*WRITES],
        responses={200: StandsShape},
        examples=[OpenApiExample("request", value={"number": "26-000123"}, request_only=True)],
        tags=["desk"],
    )
    def post(self, http: HttpRequest, number: str) -> Response:
        """Link them, on both."""
        said, item = door.read(NumberShape, http), door.find(http, number)
        by, seen = door.operator_of(http), etags.version_seen(http)

        def link(at: datetime) -> None:
            ties.link(item, **said, by=by, at=at, seen_version=seen)

        return door.change(http, item, "link", link, holds=False)


class OneLink(DeskCall):
    """DELETE …/links/<number>/: two requests do not belong together after all."""

    @extend_schema(operation_id="desk_unlink", responses={200: StandsShape}, tags=["desk"])
    def delete(self, http: HttpRequest, number: str, other: str) -> Response:
        """Take the link away."""
        item, second = door.find(http, number), door.find(http, other)
        by = door.operator_of(http)
        if not ties.unlink(item, other=second.pk, by=by):
            raise not_found(_("These two are not linked."))
        return door.stands(item, by)


class SplitShape(serializers.Serializer[Any]):
    """A second matter that the request also speaks of."""

    category = serializers.CharField(max_length=64, help_text="Slug of a leaf")
    description = words(needed=True)


class SplitOffShape(serializers.Serializer[Any]):
    """The request of the second matter."""

    number = serializers.CharField()
    due_at = serializers.DateTimeField()


class Split(DeskCall):
    """POST …/split/: file the second matter as a request of its own; its clock starts as early."""

    @extend_schema(
        operation_id="desk_split",
        request=SplitShape,
        parameters=[*WRITES],
        responses={200: SplitOffShape},
        examples=[
            OpenApiExample(
                "request",
                value={"category": "en_door", "description": "Не закрывается дверь подъезда"},
                request_only=True,
            )
        ],
        tags=["desk"],
    )
    def post(self, http: HttpRequest, number: str) -> Response:
        """File it, and link the two."""
        said, item = door.read(SplitShape, http), door.find(http, number)
        by, seen = door.operator_of(http), etags.version_seen(http)

        def split(at: datetime) -> dict[str, Any]:
            if seen is not None:
                lifecycle.hold(item, seen_version=seen, by=by)
            filed = ties.split(item, **said, by=by, at=at)
            return {"number": filed.number, "due_at": filed.due_at}

        at = now()
        try:
            made = repeats.once(http, name=f"split:{item.pk}", at=at, do=lambda: split(at))
        except lifecycle.Refused as problem:
            raise door.refusal(http, item, "split", problem, by=by, at=at) from None
        except intake.Invalid as problem:
            raise invalid(problem) from None
        return Response(made)
