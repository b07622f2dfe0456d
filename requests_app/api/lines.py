"""A request's timeline and files, as calls show them: who may read which line is the queryset's."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request as HttpRequest

from accounts import uploads
from accounts.actors import Actor
from accounts.models import Upload
from accounts.rest.call import Call
from accounts.rest.refusals import not_found
from requests_app.api.answers import file_of
from requests_app.api.requests import CODE, find
from requests_app.api.shapes import ACT, FileShape, SignedShape
from requests_app.models import Attachment, Author, EventKind, Request, RequestEvent
from requests_app.statuses import Status

_BINARY = {
    (200, media_type): OpenApiTypes.BINARY
    for media_type in ("image/jpeg", "image/png", "image/webp", "application/pdf")
}


class TimelineLineShape(serializers.Serializer[Any]):
    """A line of the timeline."""

    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(choices=EventKind.choices)
    step = serializers.CharField(help_text="Name of the step of the table, empty for what is none")
    status = serializers.ChoiceField(choices=Status.choices)
    side = serializers.ChoiceField(choices=Author.choices, help_text="Who wrote it")
    internal = serializers.BooleanField(help_text="Seen by staff alone")
    text = serializers.CharField()
    details = serializers.DictField(
        help_text="What the line is about: `due_at`, `for`, `executor`, `clause`, `outcome`, …"
    )
    act = SignedShape(allow_null=True)
    files = FileShape(many=True)


def of(item: Request, actor: Actor) -> list[dict[str, Any]]:
    """Return the lines that the actor may read, oldest first, as the shape says; two queries."""
    events = (
        RequestEvent.objects.of(item, actor)
        .select_related("act")
        .prefetch_related("attachments__upload")
    )
    return [_line(item, event) for event in events]


def _line(item: Request, event: RequestEvent) -> dict[str, Any]:
    act = getattr(event, "act", None)
    return {
        "at": event.at,
        "kind": event.kind,
        "step": event.step,
        "status": event.status,
        "side": event.author,
        "internal": not event.public,
        "text": event.text,
        "details": event.data,
        "act": {"signed_on": act.signed_on, "signer": act.signer} if act else None,
        "files": [
            file_of(item.number, one.upload, ACT if is_paper(act, one) else one.shows)
            for one in event.attachments.all()
        ],
    }


def is_paper(act: Any, attachment: Attachment) -> bool:
    """Whether the file is the act itself, not a photo beside it."""
    return act is not None and act.upload_id == attachment.upload_id


class _Whatever(JSONRenderer):
    """Lets a browser's `Accept: image/*` in; a refusal is JSON all the same."""

    media_type = "*/*"


class RequestFile(Call):
    """GET /api/v1/requests/<number>/files/<id>/: a file, to whoever may read its line."""

    scope_read = scope_write = "requests:read"
    renderer_classes = (JSONRenderer, _Whatever)

    @extend_schema(
        operation_id="requests_file_read",
        parameters=[CODE],
        responses=_BINARY,
        tags=["requests"],
    )
    def get(self, http: HttpRequest, number: str, upload: Any) -> FileResponse:
        return uploads.serve(_attached(http, number, upload))


class SmallRequestFile(Call):
    """GET /api/v1/requests/<number>/files/<id>/small/: the small picture of a photo."""

    scope_read = scope_write = "requests:read"
    renderer_classes = (JSONRenderer, _Whatever)

    @extend_schema(
        operation_id="requests_file_small",
        parameters=[CODE],
        responses={(200, "image/webp"): OpenApiResponse(OpenApiTypes.BINARY)},
        tags=["requests"],
    )
    def get(self, http: HttpRequest, number: str, upload: Any) -> FileResponse:
        return uploads.serve_thumbnail(_attached(http, number, upload))


def _attached(http: HttpRequest, number: str, upload: Any) -> Upload:
    item, actor = find(http, number, http.query_params.get("code", ""))
    lines = RequestEvent.objects.of(item, actor)
    rows = Attachment.objects.select_related("upload").filter(request=item, event__in=lines)
    for found in rows.filter(upload_id=upload)[:1]:
        return found.upload
    raise not_found()
