"""The page of the archives, and the archives themselves."""

from __future__ import annotations

from threading import BoundedSemaphore

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import quote_etag
from django.views.decorators.http import condition, require_safe

from accounts.revalidation import revalidated
from disclosure.open_data import describing
from disclosure.open_data.everything import making, ranges
from disclosure.open_data.everything.models import ArchiveState, OpenDataArchive
from disclosure.open_data.everything.ranges import OutOfFile, Part
from disclosure.open_data.tables import tables
from disclosure.open_data.views import InBigPieces, as_day

# A large file holds its thread for as long as its reader reads; the portal's other threads stay
# with people, however many readers do not read.
_SEATS = BoundedSemaphore(2)
_LATER_SECONDS = 30


@require_safe
@revalidated
def index(http: HttpRequest) -> HttpResponse:
    """List the archives that can be taken, newest first."""
    values = {
        "archives": OpenDataArchive.objects.filter(state=ArchiveState.READY)[: making.KEPT],
        "kept": making.KEPT,
        "tables": tables(),
        "licence": describing.LICENCE,
    }
    return render(http, "disclosure/open_data/everything.html", values)


def _of(day: str) -> OpenDataArchive | None:
    return OpenDataArchive.objects.filter(day=as_day(day), state=ArchiveState.READY).first()


def _etag(_http: HttpRequest, day: str) -> str | None:
    row = _of(day)
    return quote_etag(row.sha256) if row else None


@require_safe
@condition(etag_func=_etag)
def archive(http: HttpRequest, day: str) -> HttpResponseBase:
    """Send the archive of a day, or the part of it that is asked for."""
    row = _of(day)
    if row is None:
        raise Http404
    try:
        part = ranges.asked(
            http.headers.get("Range", "") if http.method == "GET" else "",
            size=row.size,
            if_range=http.headers.get("If-Range", ""),
            etag=quote_etag(row.sha256),
        )
        stream = default_storage.open(row.storage_key)
    except OutOfFile:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{row.size}"})
    except FileNotFoundError:
        raise Http404 from None
    if http.method == "GET" and not _SEATS.acquire(blocking=False):
        stream.close()
        return HttpResponse(status=503, headers={"Retry-After": str(_LATER_SECONDS)})
    response: StreamingHttpResponse
    if part is None or part == Part(0, row.size - 1):
        response = InBigPieces(stream, content_type="application/zip")
    else:
        response = StreamingHttpResponse(
            ranges.pieces(stream, part, length=InBigPieces.block_size),
            status=206,
            content_type="application/zip",
        )
        response["Content-Range"] = f"bytes {part.first}-{part.last}/{row.size}"
        response["Content-Length"] = str(part.last - part.first + 1)
    if http.method == "GET":
        response._resource_closers.append(_SEATS.release)  # type: ignore[attr-defined]
    response["Content-Disposition"] = f'attachment; filename="open-data-{row.day}.zip"'
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "public, max-age=3600"
    response["Access-Control-Allow-Origin"] = "*"
    return response
