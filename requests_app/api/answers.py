"""What calls answer about a request: as taken in, as tracked, and its files."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Upload
from requests_app import intake, lifecycle
from requests_app.api.shapes import ACT
from requests_app.models import Attachment, Request, RequestEvent


def tracked(item: Request, actor: Actor) -> dict[str, Any]:
    """Return what TrackedShape describes: public lines and their files; two queries."""
    events = RequestEvent.objects.of(item, actor).filter(public=True)
    told = list(
        events.values_list(
            *("at", "status", "text", "act__signed_on", "act__signer", "act__upload_id"), named=True
        )
    )
    acts = [one for one in told if one.act__signed_on is not None]
    papers = {one.act__upload_id for one in acts}
    files = (
        Attachment.objects.filter(request=item.pk, event__public=True)
        .select_related("upload")
        .only("shows", "upload__media_type", "upload__size", "upload__thumbnail_key")
        .order_by("id")
    )
    return {
        "number": item.number,
        "status": item.status,
        "outcome": item.outcome,
        "category": item.category.slug,
        "address": item.building.address,
        "due_at": item.due_at,
        "norm": {"clause": item.norm_clause, "text": item.norm_text},
        "stop_message": item.category.stop_message,
        "executor": executor_of(item),
        "events": [{"at": one.at, "status": one.status, "text": one.text} for one in told],
        "act": {"signed_on": acts[-1].act__signed_on, "signer": acts[-1].act__signer}
        if acts
        else None,
        "files": [
            file_of(item.number, one.upload, ACT if one.upload_id in papers else one.shows)
            for one in files
        ],
        "may": [step.name for step in lifecycle.steps_open_to(item, actor, at=timezone.now())],
        "version": item.version,
    }


def file_of(number: str, upload: Upload, shows: str) -> dict[str, Any]:
    """Return a file as FileShape says."""
    where = [number, upload.pk]
    return {
        "id": upload.pk,
        "media_type": upload.media_type,
        "size": upload.size,
        "shows": shows,
        "url": reverse("api-request-file", args=where),
        "small_url": reverse("api-request-file-small", args=where) if upload.thumbnail_key else "",
    }


def executor_of(item: Any) -> dict[str, str] | None:
    if not item.executor_name:
        return None
    return {
        "name": item.executor_name,
        "inn": item.executor_inn,
        "phone": item.executor_phone,
    }


def filed_of(filed: intake.Filed) -> dict[str, Any]:
    """Return a request as taken in, as FiledShape says."""
    item = filed.request
    path = reverse("requests_app:request", args=[item.number])
    return {
        "number": item.number,
        "tracking_code": filed.tracking_code,
        "tracking_url": f"{settings.PUBLIC_URL}{path}?" + urlencode({"code": filed.tracking_code}),
        "status": item.status,
        "due_at": item.due_at,
        "norm": {"clause": item.norm_clause, "text": item.norm_text},
        "executor": executor_of(item),
    }
