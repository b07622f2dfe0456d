"""The form as a file: download the template, send it back filled in."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.middleware import ActorRequest
from disclosure.cabinet.doors import report_of
from disclosure.cabinet.filling import address_of, common_values, revision_in
from disclosure.publications import drafts
from disclosure.sheets import form_file, writing
from disclosure.sheets.reading import MAX_BYTES, Unreadable

# The whole list of a broken file helps nobody; after these the rest is a number.
FAULTS_SHOWN = 50


@never_cache
@login_required
@require_safe
def download(request: ActorRequest, inn: str, place: str, key: str, ext: str) -> HttpResponse:
    """Send the form's file with what is filled in already."""
    report = report_of(request, inn, place, key)
    content = drafts.content_to_edit(report, report.draft())
    kind = report.company.kind
    if ext == "xlsx":
        body, media_type = form_file.to_xlsx(report.form, content, kind=kind), writing.XLSX_TYPE
    elif ext == "csv":
        body, media_type = form_file.to_csv(report.form, content, kind=kind), writing.CSV_TYPE
    else:
        raise Http404
    response = HttpResponse(body, content_type=media_type)
    name = f"form-{report.key}-{inn}-{report.place}.{ext}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def upload(request: ActorRequest, inn: str, place: str, key: str) -> HttpResponse:
    """Take a filled file into the draft: all of it, or nothing with the faults by cell."""
    report = report_of(request, inn, place, key)
    draft = report.draft()
    values: dict[str, Any] = {
        **common_values(request, report),
        "revision": draft.revision if draft else 0,
        "faults": [],
        "more": 0,
        "refused": "",
        "downloads": [
            {
                "ext": ext.upper(),
                "href": reverse(
                    "cabinet:download", args=[report.company.inn, report.place, report.key, ext]
                ),
            }
            for ext in ("xlsx", "csv")
        ],
    }
    if request.method == "GET":
        return render(request, "disclosure/cabinet/upload.html", values)
    try:
        taken = _taken(request, report)
    except Unreadable as refused:
        values["refused"] = str(refused)
        return render(request, "disclosure/cabinet/upload.html", values, status=422)
    if taken.faults:
        values["faults"] = taken.faults[:FAULTS_SHOWN]
        values["more"] = max(0, len(taken.faults) - FAULTS_SHOWN)
        return render(request, "disclosure/cabinet/upload.html", values, status=422)
    saved = drafts.save(
        report,
        taken.content,
        revision=revision_in(request),
        tab=secrets.token_hex(8),
        by=request.actor,
        at=now(),
    )
    if saved.stale:
        return redirect(address_of("conflict", report, saved.stale.pk))
    messages.success(
        request,
        ngettext(
            "%(count)d cell was read into the draft.",
            "%(count)d cells were read into the draft.",
            taken.filled,
        )
        % {"count": taken.filled},
    )
    return redirect(address_of("preview", report))


def _taken(request: ActorRequest, report: Any) -> form_file.Taken:
    file = request.FILES.get("file")
    if file is None:
        raise Unreadable(_("Choose a file."))
    if (file.size or 0) > MAX_BYTES:
        raise Unreadable(_("The file is larger than %(count)d MB.") % {"count": MAX_BYTES >> 20})
    return form_file.read(
        report.form,
        file.read(MAX_BYTES + 1),
        kind=report.company.kind,
        keep=drafts.content_to_edit(report, report.draft()),
    )
