"""The file of one case: shown, moved by its steps, edited; its papers, scans and calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import throttling, uploads
from accounts.calendars import MEDIA_TYPE
from accounts.client_address import client_address
from accounts.middleware import ActorRequest
from claims.court import doors, files, filing_cabinet, hearings, lifecycle, looks, papers, steps
from claims.court.doors import Opened
from claims.court.forms import FileForm, HearingForm, PaperForm, PartyForm, StepForm
from claims.court.pages.showing import Bound, show
from claims.court.papers import Paper
from claims.court.refusals import NotFound, Refused, Stale
from claims.court.statuses import Side
from claims.of_request.views import open_by_link
from requests_app.limits import too_many
from requests_app.tracking.views import private

PAPERS_AN_HOUR = 120
View = Callable[..., HttpResponseBase]


def door(view: View) -> View:
    """Open the case that the address names, by its number or by its claim's; 404 for others."""

    @never_cache
    @wraps(view)
    def guarded(http: ActorRequest, **where: Any) -> HttpResponseBase:
        if "pk" in where:
            here = doors.opened(http, where.pop("pk"))
        else:
            number, place = where.pop("number"), where.pop("place")
            if http.method == "GET" and "code" in http.GET:
                return open_by_link(http, number, http.GET["code"])
            here = doors.opened_of_claim(http, number, place)
        try:
            return view(http, here, **where)
        except NotFound:
            raise Http404 from None

    return guarded


@require_safe
@door
def case(http: ActorRequest, here: Opened) -> HttpResponse:
    """Show the file."""
    return show(http, here)


@require_POST
@door
def step(http: ActorRequest, here: Opened, name: str) -> HttpResponse:
    """Make a step of the table."""
    row = here.case
    chosen = steps.find(row.status, name, kind=row.kind, side=here.side)
    if chosen is None:
        messages.error(http, _("The case does not stand where this can be done."))
        return private(redirect(here.base))
    form = StepForm(http.POST, step=chosen, case=row)
    if form.is_valid():
        try:
            lifecycle.move(
                row,
                name,
                by=here.actor,
                at=now(),
                details=form.details(),
                seen_version=_version(http),
            )
        except Stale as stale:
            messages.error(http, stale.message)
            return private(redirect(here.base))
        except Refused as refused:
            _add(form, refused)
        else:
            return private(redirect(here.base))
    return show(http, here, Bound(steps={name: form}))


def _version(http: ActorRequest) -> int | None:
    seen = http.POST.get("version", "")
    return int(seen) if seen.isdecimal() and len(seen) < 9 else None


def _add(form: Any, refused: Refused) -> None:
    if isinstance(refused, NotFound):
        raise refused
    form.add_error(refused.field if refused.field in form.fields else None, refused.message)


def _lawyers_only(here: Opened) -> None:
    if here.side != Side.LAWYER:
        raise Http404


@require_http_methods(["GET", "HEAD", "POST"])
@door
def edit(http: ActorRequest, here: Opened) -> HttpResponse:
    """Change court, texts and sums."""
    _lawyers_only(here)
    row = here.case
    form = FileForm(http.POST or None, instance=row)
    seen = row.version
    if http.method == "POST" and form.is_valid():
        try:
            filing_cabinet.edit(
                row,
                form.cleaned_data,
                by=here.actor,
                at=now(),
                seen_version=form.cleaned_data["version"],
            )
        except Refused as refused:
            _add(form, refused)
        else:
            messages.success(http, _("Saved."))
            return private(redirect(here.base))
    looks.note(row, "", by=here.actor, at=now())
    values = {"case": row, "form": form, "base": here.base, "seen": seen}
    status = 422 if form.errors else 200
    return private(render(http, "claims/court/edit.html", values, status=status))


@require_POST
@door
def put_hearing(http: ActorRequest, here: Opened, hearing: int | None = None) -> HttpResponse:
    """Put a hearing on the calendar, move it, call it off or say what came of it."""
    _lawyers_only(here)
    row, at = here.case, now()
    verb = http.POST.get("verb", "")
    try:
        if hearing is not None and verb == "call_off":
            hearings.call_off(row, hearing, by=here.actor, at=at)
            return private(redirect(here.base))
        if hearing is not None and verb == "hold":
            result = http.POST.get("result", "")
            hearings.hold(row, hearing, result=result, by=here.actor, at=at)
            return private(redirect(here.base))
    except NotFound:
        raise
    except Refused as refused:
        assert hearing is not None
        return show(http, here, Bound(results={hearing: refused.message}))
    form = HearingForm(http.POST)
    if form.is_valid():
        try:
            if hearing is None:
                hearings.appoint(row, form.sitting(), by=here.actor, at=at)
            else:
                hearings.move(row, hearing, form.sitting(), by=here.actor, at=at)
        except Refused as refused:
            _add(form, refused)
        else:
            return private(redirect(here.base))
    if hearing is None:
        return show(http, here, Bound(hearing=form))
    return show(http, here, Bound(moved={hearing: form}))


@require_POST
@door
def put_party(http: ActorRequest, here: Opened, party: int | None = None) -> HttpResponse:
    """Add a party, change one, or take it out."""
    _lawyers_only(here)
    row = here.case
    if party is not None and http.POST.get("verb") == "drop":
        filing_cabinet.drop_party(row, party, by=here.actor)
        return private(redirect(here.base))
    mark = "new_party" if party is None else f"party_{party}"
    form = PartyForm(http.POST, auto_id=f"id_{mark}_%s")
    if form.is_valid():
        try:
            filing_cabinet.put_party(row, form.cleaned_data, by=here.actor, party_id=party)
        except Refused as refused:
            _add(form, refused)
        else:
            return private(redirect(here.base))
    if party is None:
        return show(http, here, Bound(party=form))
    return show(http, here, Bound(parties={party: form}))


@require_safe
@door
def paper(http: ActorRequest, here: Opened, which: str) -> HttpResponse:
    """Give a paper that the portal writes, as PDF."""
    if which not in set(Paper):
        raise Http404
    verdict = throttling.hit(
        bucket="court.paper",
        key=f"case:{here.case.pk}",
        limit=PAPERS_AN_HOUR,
        window=timedelta(hours=1),
        at=now(),
    )
    if not verdict.allowed:
        said = _("Too many papers from your address. Try again later.")
        return private(too_many(http, said, verdict.retry_after_seconds))
    looks.note(here.case, which, by=here.actor, at=now())
    made = papers.pdf(here.case, Paper(which), today=timezone.localdate())
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="case-{here.case.pk}-{which}.pdf"'
    return private(answer)


@require_safe
@door
def calendar(_http: ActorRequest, here: Opened) -> HttpResponse:
    """Give the hearings of the case as a calendar file."""
    looks.note(here.case, "hearings", by=here.actor, at=now())
    rows = here.case.hearings.select_related("case")
    return _calendar(hearings.as_calendar(rows), f"case-{here.case.pk}.ics")


def _calendar(made: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(made, content_type=MEDIA_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return private(answer)


@require_POST
@door
def put_file(http: ActorRequest, here: Opened) -> HttpResponse:
    """Take a scan or a photo into the case."""
    form = PaperForm(http.POST, http.FILES, auto_id="id_paper_%s")
    if form.is_valid():
        at = now()
        try:
            upload = uploads.accept(
                form.cleaned_data["file"], by=here.actor, address=client_address(http), at=at
            )
            files.attach(here.case, upload, form.cleaned_data["title"], by=here.actor, at=at)
        except uploads.Rejected as rejected:
            form.add_error("file", rejected.message)
        except Refused as refused:
            _add(form, refused)
        else:
            return private(redirect(here.base))
    return show(http, here, Bound(paper=form))


@require_safe
@door
def file(_http: ActorRequest, here: Opened, upload_id: UUID) -> HttpResponseBase:
    """Give a scan, the look at it noted."""
    found = files.of_case(here.case, upload_id)
    looks.note(here.case, str(upload_id), by=here.actor, at=now())
    return uploads.serve(found.upload)


@require_POST
@door
def remove_file(http: ActorRequest, here: Opened, upload_id: UUID) -> HttpResponse:
    """Destroy a scan."""
    try:
        files.take_out(here.case, upload_id, by=here.actor, at=now())
    except NotFound:
        raise
    except Refused as refused:
        messages.error(http, refused.message)
    return private(redirect(here.base))
