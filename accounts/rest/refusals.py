"""The usual refusals, and how the document of the API describes any of them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers, status

from accounts.problems import Problem

MEDIA_TYPE = "application/problem+json"


class FieldErrorShape(serializers.Serializer[Any]):
    """What is wrong with one field."""

    field = serializers.CharField(help_text="«contact.email», «uploads.0»; empty for the whole")
    message = serializers.CharField(help_text="For people, in the language of the answer")


class ProblemShape(serializers.Serializer[Any]):
    """A refusal (RFC 9457)."""

    type = serializers.CharField(help_text="Always about:blank: `code` says which refusal it is")
    title = serializers.CharField(help_text="The kind of refusal, for people")
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="What happened, for people")
    code = serializers.CharField(help_text="Stable; docs/api.md lists the codes")
    errors = FieldErrorShape(many=True)  # type: ignore[assignment]


PROBLEM = OpenApiResponse(ProblemShape, description="A refusal; `code` says why.")


def problems(*statuses: int) -> dict[Any, OpenApiResponse]:
    """Return the responses of `extend_schema` for refusals of these statuses."""
    return {(one, MEDIA_TYPE): PROBLEM for one in statuses}


def not_found(words: str = "") -> Problem:
    """Return the one answer for what is unknown and for what is forbidden."""
    return Problem(
        words or _("There is nothing of this name or number."),
        code="not_found",
        status_code=status.HTTP_404_NOT_FOUND,
    )


def wrong(field: str, message: str, *, code: str = "invalid") -> Problem:
    """Return the refusal of one parameter or field."""
    return Problem(_("The question has mistakes."), code=code, errors={field: message})


def too_many(words: str, *, code: str, retry_after_seconds: int) -> Problem:
    """Return the refusal of whoever asks too often."""
    return Problem(
        words,
        code=code,
        status_code=status.HTTP_429_TOO_MANY_REQUESTS,
        retry_after_seconds=retry_after_seconds,
    )


def key_reused() -> Problem:
    """Return the refusal of a key that came with another body."""
    return Problem(
        _("This Idempotency-Key was used with another body."),
        code="idempotency_key_reused",
        status_code=status.HTTP_409_CONFLICT,
    )


def stale() -> Problem:
    """Return the refusal of a write whose `If-Match` names an older state."""
    return Problem(
        _("Somebody has changed this since you read it. Read it again."),
        code="precondition_failed",
        status_code=status.HTTP_412_PRECONDITION_FAILED,
    )
