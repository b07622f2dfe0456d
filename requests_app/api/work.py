"""
What is done with a request on the way to its repair, by its executor and by staff for them.

One class a verb: the shape it takes and the operation of the lifecycle it calls. `in_room` makes
the call of a room out of it; steps of the table are made by requests/<number>/transitions/.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.actors import Executor, Operator
from accounts.rest import caller
from accounts.rest.call import Call
from requests_app import lifecycle
from requests_app.api import door
from requests_app.api.door import WRITES, CabinetCall, DeskCall, StandsShape
from requests_app.models import Request

Worker = Operator | Executor


def words(*, needed: bool = False, **more: Any) -> serializers.CharField:
    """Return the field of what is said; the lifecycle cleans it and knows how long it may be."""
    if needed:
        return serializers.CharField(max_length=200_000, trim_whitespace=False, **more)
    return serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=200_000,
        trim_whitespace=False,
        **more,
    )


def uploads() -> serializers.ListField:
    """Return the field of files: ids that uploads/ gave."""
    return serializers.ListField(
        child=serializers.UUIDField(), required=False, default=list, max_length=50
    )


class Verb(Call):
    """A verb; `make` does it."""

    verb: ClassVar[str]
    shape: ClassVar[type[serializers.Serializer[Any]]]
    example: ClassVar[dict[str, Any]]

    def post(self, http: HttpRequest, number: str) -> Response:
        """Do it once, on the version that was seen."""
        said = door.read(self.shape, http)
        item = door.find(http, number)
        actor = caller.actor_of(http)
        assert isinstance(actor, Operator | Executor)  # the rooms admit nobody else
        return door.change(http, item, self.verb, lambda at: self.make(item, said, by=actor, at=at))

    def make(self, item: Request, said: dict[str, Any], *, by: Any, at: datetime) -> Any:
        """Do it; raise lifecycle.Refused."""
        raise NotImplementedError


def in_room(room: type[Call], verb: type[Verb]) -> type[Call]:
    """Return the call of the verb in a room: who may make it, its scope, its description."""
    name = "cabinet" if issubclass(room, CabinetCall) else "desk"
    described = extend_schema(
        operation_id=f"{name}_{re.sub('[-/]', '_', verb.verb)}",
        summary=(verb.__doc__ or "").strip().splitlines()[0],
        request=verb.shape,
        parameters=[*WRITES],
        responses={200: StandsShape},
        examples=[OpenApiExample("request", value=verb.example, request_only=True)],
        tags=[name],
    )
    return type(
        f"{name.title()}{verb.__name__}",
        (room, verb),
        {"__doc__": verb.__doc__, "__module__": verb.__module__, "post": described(_posted(verb))},
    )


def _posted(verb: type[Verb]) -> Any:
    # A function of its own: what describes a call is written on the function.
    def post(self: Verb, http: HttpRequest, number: str) -> Response:
        return verb.post(self, http, number)

    post.__doc__ = verb.__doc__
    return post


class PlanShape(serializers.Serializer[Any]):
    """The time of the work."""

    planned_at = serializers.DateTimeField()
    text = words(help_text="Why, where the time is after the limit")


class Plan(Verb):
    """Name the time for which the work is planned; the limit stays where it is."""

    verb = "plan"
    shape = PlanShape
    example: ClassVar = {"planned_at": "2026-12-01T14:00:00+04:00", "text": ""}

    def make(self, item: Request, said: dict[str, Any], *, by: Worker, at: datetime) -> Any:
        """Name it."""
        return lifecycle.plan(item, **said, by=by, at=at)


class VisitShape(serializers.Serializer[Any]):
    """A visit that the resident agreed to."""

    visit_at = serializers.DateTimeField()
    text = words(needed=True, help_text="How it was agreed, with whom")


class Visit(Verb):
    """Write down the visit that the resident agreed to; the repair's clock stands until it."""

    verb = "visit"
    shape = VisitShape
    example: ClassVar = {"visit_at": "2026-12-01T18:30:00+04:00", "text": "По телефону"}

    def make(self, item: Request, said: dict[str, Any], *, by: Worker, at: datetime) -> Any:
        """Write it down."""
        return lifecycle.agree_visit(item, **said, by=by, at=at)


class HarmShape(serializers.Serializer[Any]):
    """When the harm was stopped."""

    happened_at = serializers.DateTimeField()
    text = words()


class HarmStopped(Verb):
    """Write down when the leak was shut off or the danger fenced."""

    verb = "harm-stopped"
    shape = HarmShape
    example: ClassVar = {"happened_at": "2026-11-30T09:10:00+04:00", "text": "Перекрыт стояк"}

    def make(self, item: Request, said: dict[str, Any], *, by: Worker, at: datetime) -> Any:
        """Write it down."""
        return lifecycle.stop_harm(item, **said, by=by, at=at)


class InspectionShape(serializers.Serializer[Any]):
    """The act of a check on the spot."""

    happened_at = serializers.DateTimeField()
    found_fault = serializers.BooleanField()
    signer = serializers.CharField(max_length=400)
    text = words()
    upload = serializers.UUIDField(required=False, allow_null=True, default=None)


class Inspect(Verb):
    """Keep the act of a check on the spot."""

    verb = "inspections"
    shape = InspectionShape
    example: ClassVar = {
        "happened_at": "2026-11-30T10:00:00+04:00",
        "found_fault": True,
        "signer": "Мастер Фёдоров",
        "text": "В комнате 14 °C",
    }

    def make(self, item: Request, said: dict[str, Any], *, by: Worker, at: datetime) -> Any:
        """Keep it."""
        return lifecycle.record_inspection(item, lifecycle.Inspection(**said), by=by, at=at)


class WrittenShape(serializers.Serializer[Any]):
    """An answer in writing."""

    text = words(needed=True)
    uploads = uploads()


class AnswerInWriting(Verb):
    """Answer in writing: the resident gets a letter, and the clock of the answer is met."""

    verb = "written-answer"
    shape = WrittenShape
    example: ClassVar = {"text": "Стояк заменён 30 ноября.", "uploads": []}

    def make(self, item: Request, said: dict[str, Any], *, by: Worker, at: datetime) -> Any:
        """Answer."""
        files = tuple(said["uploads"])
        return lifecycle.answer_in_writing(item, text=said["text"], uploads=files, by=by, at=at)


class UntilShape(serializers.Serializer[Any]):
    """A later day, and why."""

    until = serializers.DateField()
    text = words(needed=True)


class MoreTime(Verb):
    """Ask the contact centre to put the written answer off; a repair is never put off."""

    verb = "more-time"
    shape = UntilShape
    example: ClassVar = {"until": "2026-12-20", "text": "Ждём ответа завода"}

    def make(self, item: Request, said: dict[str, Any], *, by: Executor, at: datetime) -> Any:
        """Ask."""
        return lifecycle.ask_extension(item, **said, by=by, at=at)


class Extend(Verb):
    """Put the written answer off, once, as far as the law lets; the resident gets a letter."""

    verb = "extend"
    shape = UntilShape
    example: ClassVar = {"until": "2026-12-20", "text": "Нужно заключение экспертизы"}

    def make(self, item: Request, said: dict[str, Any], *, by: Operator, at: datetime) -> Any:
        """Put it off."""
        return lifecycle.extend(item, **said, by=by, at=at)


class ReasonShape(serializers.Serializer[Any]):
    """Words that say why."""

    text = words(needed=True)


class PassOn(Verb):
    """Ask the contact centre to pass the request to whoever answers for it."""

    verb = "pass-on"
    shape = ReasonShape
    example: ClassVar = {"text": "Стояк обслуживает другая организация"}

    def make(self, item: Request, said: dict[str, Any], *, by: Executor, at: datetime) -> Any:
        """Ask."""
        return lifecycle.ask_redirect(item, **said, by=by, at=at)


_BOTH = (Plan, Visit, HarmStopped, Inspect, AnswerInWriting)
OF_EXECUTORS = {verb.verb: in_room(CabinetCall, verb) for verb in (*_BOTH, MoreTime, PassOn)}
OF_STAFF = {verb.verb: in_room(DeskCall, verb) for verb in (*_BOTH, Extend)}
