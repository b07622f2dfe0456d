"""Files of a draft: adding several at once, removing one, and showing them to their owner only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import uploads
from accounts.actors import Actor
from accounts.models import Upload
from requests_app.filing import drafts
from requests_app.models import Draft


def add(
    draft: Draft, files: Iterable[UploadedFile], *, by: Actor, address: str, at: datetime
) -> list[str]:
    """Sanitise the files and keep the good ones; return what is wrong with each of the others."""
    wrong = []
    room = uploads.MAX_FILES - draft.uploads.count()
    for place, file in enumerate(files):
        name = str(file.name or "")[:80]
        if room <= 0:
            # Said before the costly look inside; `add_upload` judges once more, under a lock.
            wrong.append(_full(name))
            continue
        # A moment apart each, so that they stay in the order in which they were chosen.
        came_at = at + timedelta(microseconds=place)
        try:
            taken = uploads.accept(
                file, by=by, address=address, at=came_at, holder=drafts.holder_of(draft)
            )
            drafts.add_upload(draft, taken, at=at)
        except uploads.Rejected as rejected:
            wrong.append(_("%(name)s: %(why)s") % {"name": name, "why": rejected.message})
        except drafts.Full:
            wrong.append(_full(name))
        else:
            room -= 1
    return wrong


def _full(name: str) -> str:
    return _("%(name)s: not added, there are %(limit)d files already.") % {
        "name": name,
        "limit": uploads.MAX_FILES,
    }


def shown(draft: Draft) -> list[dict[str, Any]]:
    """Return the draft's files as components/photos.html takes them; one query."""
    return [
        {
            "id": str(upload.pk),
            "url": reverse("requests_app:draft_file", args=[upload.pk]),
            "thumb": reverse("requests_app:draft_thumbnail", args=[upload.pk])
            if upload.thumbnail_key
            else "",
            "words": _("Photo %(number)d") % {"number": number}
            if upload.is_image
            else _("Document %(number)d") % {"number": number},
        }
        for number, upload in enumerate(drafts.uploads_of(draft), 1)
    ]


def _own(http: HttpRequest, upload_id: UUID) -> Upload:
    draft = drafts.of(http, at=now())
    if draft is None:
        raise Http404
    found: models.QuerySet[Upload] = draft.uploads.all()
    return get_object_or_404(found, pk=upload_id)


@require_safe
def file(http: HttpRequest, upload_id: UUID) -> FileResponse:
    """Serve a file of the sender's own draft."""
    return uploads.serve(_own(http, upload_id))


@require_safe
def thumbnail(http: HttpRequest, upload_id: UUID) -> FileResponse:
    """Serve the small picture of a file of the sender's own draft."""
    return uploads.serve_thumbnail(_own(http, upload_id))
