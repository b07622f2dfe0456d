"""Shapes of what comes in and goes out; rules decide elsewhere."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.rest.pages import PageShape
from requests_app.models import BEST, WORST
from requests_app.statuses import Channel, Outcome, Status

# What a file shows that is the act itself.
ACT = "act"


class ContactShape(serializers.Serializer[Any]):
    """How to reach the person."""

    name = serializers.CharField(required=False, allow_blank=True, default="", max_length=400)
    email = serializers.CharField(required=False, allow_blank=True, default="", max_length=400)
    phone = serializers.CharField(required=False, allow_blank=True, default="", max_length=100)


class NewRequestShape(serializers.Serializer[Any]):
    """A request to file."""

    category = serializers.CharField(max_length=64, help_text="Slug of a category without children")
    building = serializers.IntegerField(min_value=0, max_value=2**62)
    entrance = serializers.CharField(required=False, allow_blank=True, default="", max_length=40)
    flat = serializers.CharField(required=False, allow_blank=True, default="", max_length=40)
    description = serializers.CharField(allow_blank=True, max_length=200_000, trim_whitespace=False)
    contact = ContactShape()
    consent = serializers.BooleanField(default=False)
    public = serializers.BooleanField(default=False)
    uploads = serializers.ListField(
        child=serializers.UUIDField(), required=False, default=list, max_length=50
    )
    incident = serializers.IntegerField(required=False, allow_null=True, default=None)
    channel = serializers.ChoiceField(
        choices=[(Channel.API.value, Channel.API.label), (Channel.WEB.value, Channel.WEB.label)],
        required=False,
        default=Channel.API.value,
        help_text="`web` for the portal's own app, where a person wrote; else `api`",
    )


class NormShape(serializers.Serializer[Any]):
    """The norm that promises the due time."""

    clause = serializers.CharField()
    text = serializers.CharField()


class ExecutorShape(serializers.Serializer[Any]):
    """The organisation that answers for the request."""

    name = serializers.CharField()
    inn = serializers.CharField()
    phone = serializers.CharField()


class FiledShape(serializers.Serializer[Any]):
    """A request as taken in; the code is shown here and nowhere else."""

    number = serializers.CharField()
    tracking_code = serializers.CharField()
    tracking_url = serializers.URLField()
    status = serializers.ChoiceField(choices=Status.choices)
    due_at = serializers.DateTimeField()
    norm = NormShape()
    executor = ExecutorShape(allow_null=True)


class FileShape(serializers.Serializer[Any]):
    """A photo or document of a request; its addresses want the same credentials as this call."""

    id = serializers.UUIDField()
    media_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes")
    shows = serializers.ChoiceField(
        choices=["", "before", "after", ACT], help_text="What it proves; `act` is the act itself"
    )
    url = serializers.CharField()
    small_url = serializers.CharField(help_text="At most 480 px a side; empty for a document")


class SignedShape(serializers.Serializer[Any]):
    """An act, without its files."""

    signed_on = serializers.DateField()
    signer = serializers.CharField()


class EventShape(serializers.Serializer[Any]):
    """One public line of the timeline."""

    at = serializers.DateTimeField()
    status = serializers.ChoiceField(choices=Status.choices)
    text = serializers.CharField()


class TrackedShape(serializers.Serializer[Any]):
    """A request as its owner sees it."""

    number = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    outcome = serializers.ChoiceField(choices=[("", ""), *Outcome.choices])
    category = serializers.CharField()
    address = serializers.CharField()
    due_at = serializers.DateTimeField()
    norm = NormShape()
    stop_message = serializers.CharField(help_text="What to do at once; empty for most matters")
    executor = ExecutorShape(allow_null=True)
    events = EventShape(many=True)
    act = SignedShape(allow_null=True, help_text="The last one; its files are among `files`")
    files = FileShape(many=True)
    may = serializers.ListField(
        child=serializers.CharField(), help_text="Names of the steps that the caller may make now"
    )
    version = serializers.IntegerField()


class SaidShape(serializers.Serializer[Any]):
    """What the holder of a code says."""

    code = serializers.CharField(required=False, allow_blank=True, default="", max_length=100)
    text = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=200_000, trim_whitespace=False
    )
    uploads = serializers.ListField(
        child=serializers.UUIDField(), required=False, default=list, max_length=50
    )


class MarkShape(serializers.Serializer[Any]):
    """The resident's mark for the work, five the best."""

    code = serializers.CharField(required=False, allow_blank=True, default="", max_length=100)
    mark = serializers.IntegerField(min_value=WORST, max_value=BEST)
    text = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=200_000, trim_whitespace=False
    )


class ActShape(serializers.Serializer[Any]):
    """The executor's signed act."""

    signed_on = serializers.DateField()
    signer = serializers.CharField(max_length=200)
    upload = serializers.UUIDField(required=False, allow_null=True, default=None)


class NewExecutorShape(serializers.Serializer[Any]):
    """The organisation a request is passed to: one of the two ids."""

    company = serializers.IntegerField(required=False, allow_null=True, default=None)
    supplier = serializers.IntegerField(required=False, allow_null=True, default=None)


class TransitionShape(serializers.Serializer[Any]):
    """A step of staff or the executor."""

    to = serializers.CharField(max_length=20)
    text = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=200_000, trim_whitespace=False
    )
    act = ActShape(required=False, allow_null=True, default=None)
    executor = NewExecutorShape(required=False, allow_null=True, default=None)
    outcome = serializers.CharField(required=False, allow_blank=True, default="", max_length=20)
    clause = serializers.CharField(required=False, allow_blank=True, default="", max_length=400)
    duplicate_of = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=40
    )
    planned_at = serializers.DateTimeField(
        required=False,
        allow_null=True,
        default=None,
        help_text="With a step that takes the work on: when it is to be done.",
    )
    version = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=0, max_value=2**31 - 1
    )


class DeskRowShape(serializers.Serializer[Any]):
    """A row of the work list; no contact."""

    number = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    outcome = serializers.CharField()
    category = serializers.CharField()
    address = serializers.CharField()
    company = serializers.CharField()
    executor_inn = serializers.CharField()
    registered_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    overdue = serializers.BooleanField()
    emergency = serializers.BooleanField()
    version = serializers.IntegerField()


class DeskPageShape(PageShape):
    """One page of the work list."""

    results = DeskRowShape(many=True)
