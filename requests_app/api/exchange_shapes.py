"""Shapes of batches: what other systems send by the thousand, and what each row is answered."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from requests_app.api.shapes import ActShape
from requests_app.exchange.sending import KEY_MAX, MOST_ROWS


class StateRowShape(serializers.Serializer[Any]):
    """What an executor's system says of one request."""

    number = serializers.CharField(max_length=64, help_text="Of the request, as «26-000123»")
    to = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=20,
        help_text="accepted, in_progress, needs_info or done; steps between are made too",
    )
    text = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=5_000,
        trim_whitespace=False,
        help_text="Words to the resident; needs_info must bring them",
    )
    act = ActShape(required=False, allow_null=True, default=None, help_text="With done")
    planned_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    version = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=0,
        max_value=2**31 - 1,
        help_text="The version you saw; a newer one refuses the row as `stale`",
    )
    client_id = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=KEY_MAX,
        help_text="Your own name of the row: done once under it, however often it is sent",
    )


class StatesShape(serializers.Serializer[Any]):
    """A batch of states."""

    rows = StateRowShape(many=True, help_text=f"From 1 to {MOST_ROWS}, taken in this order")


class StateAnswerShape(serializers.Serializer[Any]):
    """What became of a row."""

    client_id = serializers.CharField()
    number = serializers.CharField()
    status = serializers.CharField(help_text="waiting, done, same (it was so already) or refused")
    code = serializers.CharField(help_text="Why it was refused; stable")
    field = serializers.CharField()
    message = serializers.CharField(help_text="The same for people, in your language")
    version = serializers.IntegerField(allow_null=True, help_text="Of the request after the row")


class BatchHeadShape(serializers.Serializer[Any]):
    """How a batch goes."""

    id = serializers.UUIDField()
    status = serializers.CharField(help_text="waiting, running or finished")
    sent_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    rows = serializers.IntegerField()
    done = serializers.IntegerField()
    same = serializers.IntegerField()
    refused = serializers.IntegerField()


class StatesBatchShape(BatchHeadShape):
    """A batch of states with its answers, in the order of its rows."""

    results = StateAnswerShape(many=True)


class OutsideRowShape(serializers.Serializer[Any]):
    """One letter, by the portal's names; the source's own JSON names are taken too."""

    number = serializers.CharField(max_length=64, help_text="The number it has there")
    received_at = serializers.CharField(
        max_length=40, help_text="When it was received there: its time runs from then"
    )
    address = serializers.CharField(max_length=500)
    text = serializers.CharField(max_length=5_000)
    fias = serializers.CharField(required=False, allow_blank=True, help_text="Of the house")
    flat = serializers.CharField(required=False, allow_blank=True, max_length=12)
    entrance = serializers.CharField(required=False, allow_blank=True, max_length=8)
    matter = serializers.CharField(required=False, allow_blank=True, max_length=200)
    name = serializers.CharField(required=False, allow_blank=True, max_length=200)
    email = serializers.CharField(required=False, allow_blank=True)
    phone = serializers.CharField(required=False, allow_blank=True)
    kind = serializers.CharField(
        required=False, allow_blank=True, help_text="appeal (59-ФЗ) or request"
    )


class OutsideLettersShape(serializers.Serializer[Any]):
    """A batch of letters."""

    rows = OutsideRowShape(many=True, help_text=f"From 1 to {MOST_ROWS}")


class OutsideAnswerShape(serializers.Serializer[Any]):
    """What became of a letter of the batch."""

    outside_number = serializers.CharField()
    number = serializers.CharField(help_text="Of the request here; empty while it is none")
    status = serializers.CharField(
        help_text="waiting, done, same (known already), to_sort (staff decide) or refused"
    )
    code = serializers.CharField()
    field = serializers.CharField()
    message = serializers.CharField()


class OutsideBatchShape(BatchHeadShape):
    """A batch of letters with its answers."""

    to_sort = serializers.IntegerField()
    results = OutsideAnswerShape(many=True)


class OutsideStateShape(serializers.Serializer[Any]):
    """Where a letter stands."""

    outside_number = serializers.CharField()
    state = serializers.CharField(help_text="filed, to_sort or declined")
    number = serializers.CharField(help_text="Of the request here")
    status = serializers.CharField(help_text="Status of the request")
    outcome = serializers.CharField()
    answer = serializers.CharField(help_text="The last words that the person may read")
    due_at = serializers.DateTimeField(allow_null=True)
    changed_at = serializers.DateTimeField()
