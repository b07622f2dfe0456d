"""Photos that came in the form itself, by multipart."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from accounts import uploads
from accounts.actors import Actor
from accounts.client_address import client_address
from requests_app.open311.endpoint import RETRY_SECONDS
from requests_app.open311.errors import Wrong, bad

# Three photos, as FixMyStreet sends at most, with the form around them.
MOST_BYTES = 3 * uploads.MAX_BYTES + 256 * 1024


def refuse_too_large(http: HttpRequest) -> None:
    """Refuse by the header, before a byte of the body is read to disk; raise Wrong 413."""
    length = http.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > MOST_BYTES:
        raise Wrong(413, uploads.Rejected("file_too_large").message)


def sent(http: HttpRequest) -> list[tuple[str, UploadedFile]]:
    """Return the files by the names of their fields: clients call them as they like."""
    return [(name, file) for name in http.FILES for file in http.FILES.getlist(name)]


def taken(http: HttpRequest, *, by: Actor, at: datetime) -> list[UUID]:
    """Sanitise and keep what came and return its ids; raise Wrong. Call outside a transaction."""
    found = []
    for name, file in sent(http):
        try:
            found.append(uploads.accept(file, by=by, address=client_address(http), at=at).pk)
        except uploads.Rejected as rejected:
            if rejected.code == uploads.TOO_MANY:
                raise Wrong(
                    429, rejected.message, retry_after_seconds=rejected.retry_after_seconds
                ) from None
            if rejected.code == uploads.BUSY:
                raise Wrong(503, rejected.message, retry_after_seconds=RETRY_SECONDS) from None
            raise bad(name, rejected.message) from None
    return found
