"""
Handing a file out. The caller has checked that its reader may see it.

Even a harmless file is served so that a browser neither guesses its type nor runs anything.
"""

from __future__ import annotations

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404

from accounts.models import Upload

_SUFFIXES = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "application/pdf": "pdf",
}


def open_upload(upload: Upload) -> File:
    """Return the file's bytes as an open file; raise FileNotFoundError if storage lost it."""
    return default_storage.open(upload.storage_key)


def serve(upload: Upload, *, as_attachment: bool = False) -> FileResponse:
    """Return the file: a picture inside the page, a document as a download."""
    return _response(
        upload.storage_key,
        media_type=upload.media_type,
        name=f"{upload.pk}.{_SUFFIXES[upload.media_type]}",
        as_attachment=as_attachment or not upload.is_image,
    )


def serve_thumbnail(upload: Upload) -> FileResponse:
    """Return the picture at most 480 px on a side; 404 for a document, which has none."""
    if not upload.thumbnail_key:
        raise Http404
    return _response(
        upload.thumbnail_key,
        media_type="image/webp",
        name=f"{upload.pk}_480.webp",
        as_attachment=False,
    )


def _response(key: str, *, media_type: str, name: str, as_attachment: bool) -> FileResponse:
    try:
        file = default_storage.open(key)
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(
        file, content_type=media_type, filename=name, as_attachment=as_attachment
    )
    if not as_attachment:
        response["Content-Disposition"] = f'inline; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    # Not even the browser's own cache: on a shared computer a photo must not outlive the sign-out.
    response["Cache-Control"] = "private, no-store"
    return response
