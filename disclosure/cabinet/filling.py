"""Filling in a form: autosave, files, rows, two people at once, preview, publish."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import uploads
from accounts.actors import Operator
from accounts.client_address import client_address
from accounts.middleware import ActorRequest
from accounts.models import Upload
from disclosure.cabinet import form_page
from disclosure.cabinet.doors import report_of
from disclosure.completeness import points_of
from disclosure.forms_standard.checking import Content, Fault, Place, check
from disclosure.models import DisclosureValue, Publication, StaleSave
from disclosure.publications import drafts, publishing
from disclosure.publications.changes import Change, between
from disclosure.publications.contents import content_of, shown
from disclosure.publications.reports import Report

_TAB_LENGTH = 32


def address_of(name: str, report: Report, *more: object) -> str:
    return reverse(f"cabinet:{name}", args=[report.company.inn, report.place, report.key, *more])


def common_values(request: ActorRequest, report: Report) -> dict[str, Any]:
    company = report.company
    trail = [{"href": reverse("cabinet:company", args=[company.inn]), "word": str(company)}]
    if report.building:
        trail.append(
            {
                "href": reverse("cabinet:house", args=[company.inn, report.building.pk]),
                "word": report.building.address,
            }
        )
    return {
        "report": report,
        "company": company,
        "house": report.building,
        "trail": trail,
        "is_staff": isinstance(request.actor, Operator),
        "edit_url": address_of("edit", report),
        "preview_url": address_of("preview", report),
        "upload_url": address_of("upload", report),
    }


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def edit(request: ActorRequest, inn: str, place: str, key: str) -> HttpResponse:
    """Show the form; a POST keeps what was typed, from a script or from the button."""
    report = report_of(request, inn, place, key)
    if request.method == "POST":
        return _save(request, report)
    draft = report.draft()
    content = drafts.content_to_edit(report, draft)
    # What is merely not filled in yet is said on the preview, not shouted at an empty form.
    faults = check(report.form, content, kind=report.company.kind).errors if draft else []
    return _page(request, report, content, faults, adding=request.GET.get("add", ""))


def _page(
    request: ActorRequest,
    report: Report,
    content: Content,
    faults: list[Fault],
    *,
    adding: str = "",
    status: int = 200,
) -> HttpResponse:
    draft = report.draft()
    newest = report.newest()
    last = (
        Publication.objects.filter(**report.names)
        .select_related("returned")
        .order_by("-version")
        .first()
    )
    returned = getattr(last, "returned", None) if last else None
    return render(
        request,
        "disclosure/cabinet/form.html",
        {
            **common_values(request, report),
            "page": form_page.build(
                report.form, content, kind=report.company.kind, faults=faults, adding=adding
            ),
            "draft": draft,
            "newest": newest,
            "is_prefilled": any(content.as_json().values()),
            "remark": returned.remark if returned else "",
            "stale": list(draft.stale_saves.select_related("by")) if draft else [],
            "revision": draft.revision if draft else 0,
            "tab": secrets.token_hex(8),
        },
        status=status,
    )


def _save(request: ActorRequest, report: Report) -> HttpResponse:
    form, kind = report.form, report.company.kind
    content = form_page.read(form, request.POST, kind=kind)
    attached, faults = _take_files(request, report, content)
    if removed := request.POST.get("remove_row", ""):
        table, _dash, number = removed.rpartition("-")
        if form.table(table) and number.isdecimal():
            content = form_page.without_row(content, table, int(number))
    saved = drafts.save(
        report,
        content,
        revision=revision_in(request),
        tab=request.POST.get("tab", "")[:_TAB_LENGTH],
        by=request.actor,
        at=now(),
        attached=attached,
    )
    if request.headers.get("X-Autosave"):
        status = 409 if saved.stale else 200
        return JsonResponse({"revision": saved.draft.revision}, status=status)
    if saved.stale:
        return redirect(address_of("conflict", report, saved.stale.pk))
    if faults:
        # A file was refused: what was typed is kept, and the page says which and why.
        return _page(request, report, Content.of(saved.draft.content), faults, status=422)
    if form.table(added := request.POST.get("add_row", "")):
        return redirect(f"{address_of('edit', report)}?add={added}#table-{added}-last")
    if removed:
        return redirect(f"{address_of('edit', report)}#table-{removed.rpartition('-')[0]}")
    if "preview" in request.POST:
        return redirect(address_of("preview", report))
    messages.success(request, _("The draft is saved. Only your company sees it."))
    return redirect(address_of("edit", report))


def revision_in(request: HttpRequest) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _take_files(
    request: ActorRequest, report: Report, content: Content
) -> tuple[list[UUID], list[Fault]]:
    attached: list[UUID] = []
    faults: list[Fault] = []
    for place, file in form_page.new_files(report.form, content, request.FILES):
        try:
            upload = uploads.accept(
                file, by=request.actor, address=client_address(request), at=now()
            )
        except uploads.Rejected as rejected:
            faults.append(Fault(place=place, message=rejected.message))
            continue
        attached.append(upload.pk)
        form_page.put_file(content, place, str(upload.pk))
    return attached, faults


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def conflict(request: ActorRequest, inn: str, place: str, key: str, stale_id: int) -> HttpResponse:
    """Show two saves that part, value by value; a POST keeps what was chosen."""
    report = report_of(request, inn, place, key)
    draft = report.draft()
    if draft is None:
        raise Http404
    stale: StaleSave = get_object_or_404(draft.stale_saves.select_related("by"), pk=stale_id)
    theirs, mine = Content.of(draft.content), Content.of(stale.content)
    differences = between(report.form, theirs, mine)
    if request.method == "POST":
        chosen = _chosen(theirs, differences, request)
        if drafts.settle(
            report,
            chosen,
            stale_id=stale.pk,
            tab=secrets.token_hex(8),
            by=request.actor,
            at=now(),
        ):
            messages.success(request, _("Both versions are joined as you chose."))
        return redirect(address_of("edit", report))
    return render(
        request,
        "disclosure/cabinet/conflict.html",
        {
            **common_values(request, report),
            "draft": draft,
            "stale": stale,
            "differences": [_told(report, change) for change in differences],
        },
    )


def _chosen(theirs: Content, differences: list[Change], request: HttpRequest) -> Content:
    fields = dict(theirs.fields)
    tables = {code: [dict(row) for row in rows] for code, rows in theirs.tables.items()}
    for change in differences:
        if request.POST.get(change.place.name) != "mine":
            continue
        if not change.table:
            fields[change.code] = change.after
            continue
        rows = tables.setdefault(change.table, [])
        while len(rows) <= change.row:
            rows.append({})
        rows[change.row][change.code] = change.after
    return Content(fields, tables)


def _told(report: Report, change: Change) -> dict[str, Any]:
    """Return a change as a page tells it."""
    table = report.form.table(change.table) if change.table else None
    field = table.field(change.code) if table else report.form.field(change.code)
    name = field.name if field else change.code
    if table:
        name = f"{table.name}, {_('row')} {change.row + 1}: {name}"
    return {
        "key": change.place.name,
        "name": name,
        "before": _shown(change.before, field),
        "after": _shown(change.after, field),
    }


def _shown(value: str, field: Any) -> str:
    if field is None or not value:
        return value
    if field.type == "file":
        return _("document")
    try:
        return shown(value, field)
    except (ValueError, ArithmeticError):
        # A draft holds what was typed, not always a value.
        return value


@never_cache
@login_required
@require_safe
def preview(request: ActorRequest, inn: str, place: str, key: str) -> HttpResponse:
    """Show what will be published, what differs, what is wrong and what is missing."""
    report = report_of(request, inn, place, key)
    draft = report.draft()
    if draft is None:
        return redirect(address_of("edit", report))
    return _preview(request, report, draft)


def _preview(request: ActorRequest, report: Report, draft: Any, refused: str = "") -> HttpResponse:
    checked = check(report.form, Content.of(draft.content), kind=report.company.kind)
    newest = Publication.objects.filter(**report.names).order_by("-version").first()
    differences = between(report.form, content_of(newest) if newest else Content(), checked.content)
    points = points_of(
        report.form, checked.content, kind=report.company.kind, missing=_("not filled in")
    )
    return render(
        request,
        "disclosure/cabinet/preview.html",
        {
            **common_values(request, report),
            "draft": draft,
            "newest": newest,
            "errors": [_fault(report, fault) for fault in checked.errors],
            "warnings": [_fault(report, fault) for fault in checked.warnings],
            "missing": [_fault(report, fault) for fault in checked.missing],
            "differences": [_told(report, change) for change in differences],
            "points": points,
            "stale": list(draft.stale_saves.all()),
            "refused": refused,
            "publish_url": address_of("publish", report),
        },
        status=409 if refused else 200,
    )


def _fault(report: Report, fault: Fault) -> dict[str, str]:
    place: Place = fault.place
    table = report.form.table(place.table) if place.table else None
    field = table.field(place.code) if table else report.form.field(place.code)
    name = field.name if field else ""
    if table:
        row = f", {_('row')} {place.row + 1}" if place.code else ""
        name = f"{table.name}{row}" + (f": {name}" if name else "")
    anchor = f"id_{place.name}" if place.code else f"table-{place.table}"
    return {"href": f"{address_of('edit', report)}#{anchor}", "text": f"{name}. {fault.message}"}


@login_required
@require_POST
def publish(request: ActorRequest, inn: str, place: str, key: str) -> HttpResponse:
    """Publish the draft that was previewed."""
    report = report_of(request, inn, place, key)
    try:
        published = publishing.publish(
            report, revision=revision_in(request), by=request.actor, at=now()
        )
    except publishing.Refused as refused:
        draft = report.draft()
        if draft is None:
            messages.error(request, refused.message)
            return redirect(address_of("edit", report))
        return _preview(request, report, draft, refused=refused.message)
    messages.success(request, _("Published. Everybody can see this version now."))
    return redirect(published)


@never_cache
@login_required
@require_safe
def file(
    request: ActorRequest, inn: str, place: str, key: str, upload_id: UUID
) -> HttpResponseBase:
    """Serve a document of the form's draft or of its versions."""
    report = report_of(request, inn, place, key)
    draft = report.draft()
    contents = [Content.of(draft.content)] if draft else []
    if draft:
        contents += [Content.of(stale.content) for stale in draft.stale_saves.all()]
    if not any(upload_id in drafts.files_of(report, content) for content in contents):
        _must_be_published(report, upload_id)
    return uploads.serve(get_object_or_404(Upload, pk=upload_id))


def _must_be_published(report: Report, upload_id: UUID) -> None:
    if not DisclosureValue.objects.filter(
        publication__in=Publication.objects.filter(**report.names), upload_id=upload_id
    ).exists():
        raise Http404
