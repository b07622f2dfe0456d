"""Pages and files of open data."""

from __future__ import annotations

from datetime import date

from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import quote_etag
from django.views.decorators.http import condition, require_safe

from accounts.revalidation import revalidated
from disclosure import linked_data
from disclosure.open_data import describing
from disclosure.open_data.models import OpenDataFile
from disclosure.open_data.tables import table, tables

DAYS_SHOWN = 31


class InBigPieces(FileResponse):
    """
    A file handed to the server in a few pieces, so that no thread waits for a slow reader.

    The server takes about three pieces ahead of its reader: a file of up to 6 MB leaves its thread
    at once, whoever reads it. In small pieces eight readers who do not read would stop the portal.
    """

    block_size = 2 * 1024 * 1024


def _newest_day() -> date | None:
    return OpenDataFile.objects.order_by("-day").values_list("day", flat=True).first()


def _files_of(day: date | None) -> QuerySet[OpenDataFile]:
    rows = OpenDataFile.objects.order_by("table", "ext")
    return rows.filter(day=day) if day else rows.none()


@require_safe
@revalidated
def index(request: HttpRequest) -> HttpResponse:
    """Show the catalogue with its dictionary and the files of the newest day."""
    day = _newest_day()
    files: dict[str, list[OpenDataFile]] = {}
    rows = list(_files_of(day))
    for file in rows:
        files.setdefault(file.table, []).append(file)
    return render(
        request,
        "disclosure/open_data/index.html",
        {
            "day": day,
            "made_at": next(iter(files.values()))[0].made_at if files else None,
            "tables": [
                {
                    "table": each,
                    "files": files.get(each.name, []),
                    "metadata": reverse("open_data:metadata", args=[day.isoformat(), each.name])
                    if day
                    else "",
                }
                for each in tables()
            ],
            "days": OpenDataFile.objects.order_by("-day")
            .values_list("day", flat=True)
            .distinct()[:DAYS_SHOWN],
            "licence": describing.LICENCE,
            "linked_data": linked_data.script(describing.catalogue(rows)) if rows else "",
        },
    )


def as_day(text: str) -> date:
    """Return the day of an address; raise Http404."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Http404 from None


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """Return the DCAT catalogue of the newest day."""
    files = _files_of(_newest_day())
    return JsonResponse(
        describing.catalogue(files),
        content_type="application/ld+json",
        json_dumps_params={"ensure_ascii": False},
    )


@require_safe
def metadata(request: HttpRequest, day: str, name: str) -> HttpResponse:
    """Return the CSVW description of a day's CSV."""
    found = table(name)
    if found is None:
        raise Http404
    file = get_object_or_404(OpenDataFile, day=as_day(day), table=name, ext="csv")
    return JsonResponse(
        describing.csvw(found, url=describing.csv_address(found, file.day)),
        content_type="application/csvm+json",
        json_dumps_params={"ensure_ascii": False},
    )


def _etag(request: HttpRequest, day: str, name: str, ext: str) -> str | None:
    row = OpenDataFile.objects.filter(day=as_day(day), table=name, ext=ext).first()
    return quote_etag(row.sha256) if row else None


@require_safe
@condition(etag_func=_etag)
def file(request: HttpRequest, day: str, name: str, ext: str) -> HttpResponseBase:
    """Stream a file of a day; its address says the same for ever."""
    row = get_object_or_404(OpenDataFile, day=as_day(day), table=name, ext=ext)
    try:
        stream = default_storage.open(row.storage_key)
    except FileNotFoundError:
        raise Http404 from None
    response = InBigPieces(
        stream,
        content_type=describing.MEDIA_TYPES[row.ext],
        filename=f"{row.table}-{row.day}.{row.ext}",
        as_attachment=True,
    )
    response["Cache-Control"] = "public, max-age=3600"
    response["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
def latest(request: HttpRequest, name: str, ext: str) -> HttpResponse:
    """Lead to the newest file of a table."""
    row = OpenDataFile.objects.filter(table=name, ext=ext).order_by("-day").first()
    if row is None:
        raise Http404
    return redirect(row)
