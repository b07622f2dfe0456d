"""Shapes of the calls with which a system subscribes itself, and of the log it reads."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.rest import pages
from notifications.models import Message, State, WebhookOff, WebhookSubscription
from notifications.webhooks import signing
from notifications.webhooks.catalogue import TYPES
from notifications.webhooks.subscribing import FILTERS, MOST_VALUES, NAME_MAX, URL_MAX

# What a delivery is to its receiver; the outbox knows more states.
STATES: dict[str, tuple[State, ...]] = {
    "waiting": (State.QUEUED, State.LEASED),
    "delivered": (State.SENT,),
    "failed": (State.DEAD,),
    "dropped": (State.STOPPED, State.CANCELLED, State.EXPIRED),
}
_EVENTS = list(TYPES)


class WebhookFiltersShape(serializers.Serializer[Any]):
    """What events are narrowed to; an empty list lets everything through."""

    categories = serializers.ListField(
        child=serializers.CharField(max_length=64),
        required=False,
        max_length=MOST_VALUES,
        help_text="Slugs of matters, top ones or leaves",
    )
    districts = serializers.ListField(
        child=serializers.CharField(max_length=120), required=False, max_length=MOST_VALUES
    )
    inns = serializers.ListField(
        child=serializers.CharField(max_length=12),
        required=False,
        max_length=MOST_VALUES,
        help_text="ИНН of organisations that answer, mend or disclose",
    )
    buildings = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**62),
        required=False,
        max_length=MOST_VALUES,
    )
    statuses = serializers.ListField(
        child=serializers.CharField(max_length=20),
        required=False,
        max_length=MOST_VALUES,
        help_text="Of a request, as it becomes",
    )


class WebhookShape(serializers.Serializer[Any]):
    """A subscription of a system."""

    id = serializers.IntegerField()
    organisation = serializers.CharField(
        help_text="ИНН of the organisation whose representatives share it; empty: one's own"
    )
    name = serializers.CharField()
    url = serializers.CharField()
    events = serializers.ListField(child=serializers.CharField())
    filters = WebhookFiltersShape()
    on = serializers.BooleanField()
    off_reason = serializers.ChoiceField(choices=[("", ""), *WebhookOff.choices])
    off_at = serializers.DateTimeField(allow_null=True)
    failures = serializers.IntegerField(help_text="In a row")
    failing_since = serializers.DateTimeField(allow_null=True)
    last_success_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class WebhookPageShape(pages.PageShape):
    """A page of one's subscriptions."""

    results = WebhookShape(many=True)


class WebhookMadeShape(WebhookShape):
    """A new subscription with its secret, which is shown here and nowhere else."""

    secret = serializers.CharField()


class WebhookWantedShape(serializers.Serializer[Any]):
    """A subscription to make."""

    organisation = serializers.CharField(
        max_length=12,
        required=False,
        default="",
        allow_blank=True,
        help_text="ИНН; only for representatives, and only where they have more than one",
    )
    name = serializers.CharField(max_length=NAME_MAX, help_text="What it is for")
    url = serializers.CharField(
        max_length=URL_MAX, help_text="https, port 443 or 8443, open to the internet"
    )
    events = serializers.ListField(
        child=serializers.ChoiceField(choices=_EVENTS), min_length=1, max_length=len(_EVENTS)
    )
    filters = WebhookFiltersShape(required=False)


class WebhookChangeShape(serializers.Serializer[Any]):
    """What is to be otherwise; what is left out stays. `filters` replaces those it names."""

    name = serializers.CharField(max_length=NAME_MAX, required=False)
    url = serializers.CharField(max_length=URL_MAX, required=False)
    events = serializers.ListField(
        child=serializers.ChoiceField(choices=_EVENTS),
        min_length=1,
        max_length=len(_EVENTS),
        required=False,
    )
    filters = WebhookFiltersShape(required=False)
    on = serializers.BooleanField(required=False)


class WebhookRotateShape(serializers.Serializer[Any]):
    """How long the present secret signs beside the new one."""

    overlap_hours = serializers.ChoiceField(
        choices=[int(overlap.total_seconds() // 3600) for overlap in signing.OVERLAPS], default=24
    )


class WebhookSecretShape(serializers.Serializer[Any]):
    """A new secret, which is shown here and nowhere else."""

    secret = serializers.CharField()
    former_until = serializers.DateTimeField(help_text="Until then the former one signs too")


class WebhookSinceShape(serializers.Serializer[Any]):
    """From when failed calls are sent again."""

    since = serializers.DateTimeField()


class WebhookReplayedShape(serializers.Serializer[Any]):
    """How many calls are sent again."""

    replayed = serializers.IntegerField()


class WebhookAttemptShape(serializers.Serializer[Any]):
    """One call of the receiver."""

    at = serializers.DateTimeField()
    took_ms = serializers.IntegerField()
    status = serializers.IntegerField(allow_null=True, help_text="None where nobody answered")
    answer = serializers.CharField(help_text="Its first 1,024 signs")
    error = serializers.CharField()


class WebhookDeliveryShape(serializers.Serializer[Any]):
    """An event on its way to the receiver, or there."""

    id = serializers.IntegerField()
    event_id = serializers.CharField(help_text="The same in each repetition")
    type = serializers.CharField()
    at = serializers.DateTimeField(help_text="When it was written")
    state = serializers.ChoiceField(choices=list(STATES))
    next_at = serializers.DateTimeField(allow_null=True, help_text="When it is tried next")
    error = serializers.CharField()
    attempts = WebhookAttemptShape(many=True)


class WebhookDeliveryPageShape(pages.PageShape):
    """A page of the log, the newest first."""

    results = WebhookDeliveryShape(many=True)


def webhook(held: WebhookSubscription) -> dict[str, Any]:
    """Return a subscription in the shape of WebhookShape."""
    return {
        "id": held.pk,
        "organisation": held.inn,
        "name": held.name,
        "url": held.url,
        "events": held.events,
        "filters": {column: getattr(held, column) for column in FILTERS},
        "on": held.is_on,
        "off_reason": held.off,
        "off_at": held.off_at,
        "failures": held.failures,
        "failing_since": held.failing_since,
        "last_success_at": held.last_success_at,
        "created_at": held.created_at,
    }


def delivery(message: Message) -> dict[str, Any]:
    """Return a message in the shape of WebhookDeliveryShape; its calls are prefetched."""
    calls = sorted(message.calls.all(), key=lambda call: call.pk)
    state = next(name for name, states in STATES.items() if message.state in states)
    return {
        "id": message.pk,
        "event_id": message.context.get("id", ""),
        "type": message.context.get("type", ""),
        "at": message.created_at,
        "state": state,
        "next_at": message.not_before if state == "waiting" else None,
        "error": message.last_error,
        "attempts": [
            {
                "at": call.at,
                "took_ms": call.took_ms,
                "status": call.status,
                "answer": call.answer,
                "error": call.error,
            }
            for call in calls
        ],
    }
