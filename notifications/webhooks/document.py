"""
The part `webhooks` of the OpenAPI document: what each event posts.

Named one by one in settings.SPECTACULAR_SETTINGS, since drf-spectacular wants the path of each.
"""

from __future__ import annotations

from typing import Any

from django.utils import translation
from drf_spectacular.utils import OpenApiResponse, OpenApiWebhook, extend_schema
from rest_framework import serializers

from notifications.webhooks import payloads
from notifications.webhooks.catalogue import TEST, TYPES, EventType
from notifications.webhooks.subjects import subject_of

_CALL = (
    "Headers: `X-Portal-Event` as `type`; `X-Portal-Event-Id` and `Idempotency-Key` as `id`; "
    "`X-Portal-Signature: t=<unix seconds>,v1=<hex>`, one `v1` a secret that is in force: "
    "HMAC-SHA256 of the seconds, a dot and the body (docs/webhooks.md shows how to check it)."
)


class TestFactsShape(serializers.Serializer[Any]):
    """Which webhook is tried out."""

    webhook = serializers.IntegerField()


def _envelope(kind: EventType) -> type[serializers.Serializer[Any]]:
    """Return the serializer that describes the whole body of such an event."""
    name = "".join(part.title() for part in kind.code.replace("_", ".").split("."))
    subject: serializers.Field[Any, Any, Any, Any]
    if kind is TEST:
        facts: Any = TestFactsShape
        subject = serializers.CharField(allow_null=True, help_text="Always null")
    else:
        described = subject_of(kind)
        # An event without facts has an empty object there.
        facts = described.facts.get(kind.code, serializers.DictField)
        subject = described.shape(help_text="As it stands when the call leaves")
    fields: dict[str, Any] = {
        "__doc__": f"The event `{kind.code}`.",
        "id": serializers.UUIDField(help_text="The same in each repetition"),
        "type": serializers.RegexField(f"^{kind.code.replace('.', '[.]')}$"),
        "version": serializers.RegexField(f"^{payloads.VERSION}$"),
        "at": serializers.DateTimeField(help_text="When it happened"),
        "facts": facts(help_text="As they were then"),
        "subject": subject,
    }
    return type(f"{name}EventShape", (serializers.Serializer,), fields)


def _described(code: str) -> OpenApiWebhook:
    kind = TEST if code == TEST.code else TYPES[code]
    with translation.override("en"):
        words = ": ".join(filter(None, (str(kind.label), str(kind.hint))))
    return OpenApiWebhook(
        name=kind.code,
        decorator=extend_schema(
            summary=kind.code,
            description=f"{words}. {_CALL}",
            request=_envelope(kind),
            responses={
                200: OpenApiResponse(description="Any 2xx within ten seconds is a receipt."),
                410: OpenApiResponse(description="The receiver is gone: the webhook goes off."),
            },
            tags=["webhooks"],
        ),
    )


REQUEST_FILED = _described("request.filed")
REQUEST_STATUS_CHANGED = _described("request.status_changed")
REQUEST_COMMENT_ADDED = _described("request.comment_added")
REQUEST_DEADLINE_PASSED = _described("request.deadline_passed")
INCIDENT_OPENED = _described("incident.opened")
INCIDENT_UPDATED = _described("incident.updated")
INCIDENT_ENDED = _described("incident.ended")
RATING_PUBLISHED = _described("rating.published")
DISCLOSURE_PUBLISHED = _described("disclosure.published")
PING = _described("ping")
