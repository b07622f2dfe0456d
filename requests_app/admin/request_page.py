"""A request's page at the desk: everything known, and buttons for exactly the steps open now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import idempotency, uploads
from accounts.client_address import client_address
from requests_app import lifecycle, steps
from requests_app.admin import access, ready_answers
from requests_app.desk import (
    attention,
    clock_forms,
    dossier,
    forms,
    incident_here,
    organisations,
    presence,
    queue,
    stale,
    ties,
)
from requests_app.desk.filters import category_choices, operator_choices
from requests_app.models import Attachment, Request
from requests_app.steps import Need, Step
from requests_app.suggestion import suggesting

_FORWARD = {"accept", "start", "answer", "present_act", "close_on_word"}
PAGE = "admin:requests_app_request_change"
COMMENT = "comment"
CLOCK = "clock"
# One letter a step, by its place on the keyboard; both layouts do.
_KEYS = {
    "accept": "KeyA",
    "start": "KeyS",
    "ask": "KeyV",
    "answer": "KeyW",
    "go_on": "KeyO",
    "redirect": "KeyR",
    "present_act": "KeyD",
    "close_on_word": "KeyY",
    "object": "KeyB",
    "reopen": "KeyU",
    "refuse": "KeyX",
}


@require_GET
@access.needs(access.VIEW)
def show(http: HttpRequest, pk: int) -> HttpResponse:
    """Show the request."""
    return page(http, access.find(http, pk))


def page(
    http: HttpRequest,
    item: Request,
    *,
    bound: dict[str, Any] | None = None,
    looked: bool = False,
    contact: Any = None,
    letters: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """
    Render the page; `bound` replaces forms that came back with mistakes, `letters` shows what
    people would receive by one of them.

    `looked`: the contact was asked for; None then says that it is erased.
    """
    at, by = timezone.now(), access.operator_of(http)
    bound = bound or {}
    matters = category_choices()
    can_change = http.user.has_perm(access.CHANGE)
    known = dossier.of(item, by=by, at=at)
    step_forms = []
    ready = ready_answers.of(http, item) if can_change else None
    if ready is not None:
        # What brings the work forward comes first; the table's order otherwise.
        open_now = sorted(
            lifecycle.steps_open_to(item, by, at=at), key=lambda step: step.name not in _FORWARD
        )
        for step in open_now:
            offered = ready.offered(step.name)
            form = bound.get(step.name) or step_form(
                step, item, http, at, text=ready.chosen(step.name)
            )
            step_forms.append(
                {
                    "step": step,
                    "form": form,
                    "told": known.told(step),
                    "is_open": form.is_bound or bool(form.initial.get("text")),
                    "key": _KEYS.get(step.name, ""),
                    "answers": offered,
                    "letters": (letters or {}).get(step.name),
                    "is_main": step.name in _FORWARD and step is open_now[0],
                }
            )
    values = {
        "title": item.number,
        "item": item,
        "known": known,
        "steps": step_forms,
        "can_change": can_change,
        "can_see_contact": by.sees_contacts,
        "can_see_history": http.user.has_perm(access.AUDIT),
        "looked": looked,
        "contact": contact,
        "flags": attention.raised(item.description),
        "others": presence.others(item, by=by, at=at),
        "back": _back(http),
        "at": at,
    }
    if ready is not None:
        place = queue.place_of(item, by=by) if item.is_open else None
        values |= {
            "place": place,
            "tied": ties.tied_to(item, by=by),
            "matters": matters,
            "is_mine": item.assigned_to_id == by.id,
            "is_aside": bool(place and place.set_aside_until and place.set_aside_until > at),
            "aside_from": timezone.localtime(at + timedelta(hours=1)),
            "comment_form": bound.get(COMMENT) or forms.CommentForm(text=ready.chosen(COMMENT)),
            "comment_answers": ready.offered(COMMENT),
            "comment_letters": (letters or {}).get(COMMENT),
            "clock_forms": clock_forms.offered(item, at=at, bound=bound.get(CLOCK)),
            "note_form": bound.get("note") or forms.NoteForm(),
            "assign_form": bound.get("assign")
            or forms.AssignForm(item=item, operators=_operators()),
            "matter_form": (
                bound.get("matter") or forms.RecategoriseForm(item=item, matters=matters)
            )
            if item.is_open
            else None,
            "suggested": suggesting.suggest(item.description, at=at) if item.is_open else [],
        }
    return TemplateResponse(
        http, "admin/requests_app/request/page.html", access.frame(http, **values), status=status
    )


def step_form(
    step: Step,
    item: Request,
    http: HttpRequest,
    at: datetime,
    *,
    data: Any = None,
    files: Any = None,
    text: str = "",
) -> forms.StepForm:
    """Return the form of a step; for a redirection with the organisations it may go to."""
    choices = []
    if Need.EXECUTOR in step.needs:
        choices = organisations.of_house(item.building_id, on=timezone.localtime(at).date())
        words = (data or http.GET).get("executor_q", "")
        known = {choice.code for choice in choices}
        choices += [one for one in organisations.named(words) if one.code not in known]
        choices = [one for one in choices if one.code != dossier.executor_code(item)]
    return forms.StepForm(data, files, step=step, item=item, choices=choices, text=text)


@require_POST
@access.needs(access.CHANGE)
def move(http: HttpRequest, pk: int) -> HttpResponse:
    """Make a step."""
    at, by, item = timezone.now(), access.operator_of(http), access.find(http, pk)
    step = step_named(http.POST.get("step", ""))
    form = step_form(step, item, http, at, data=http.POST, files=http.FILES)
    if form.is_valid():
        values = form.cleaned_data
        try:
            scan = _accept_file(http, "scan", by=by, at=at)
        except uploads.Rejected as rejected:
            form.add_error("scan", rejected.message)
            return page(http, item, bound={step.name: form}, status=422)
        details = form.details(scan=scan)
        try:
            lifecycle.move(
                item,
                step.target,
                by=by,
                at=at,
                details=details,
                seen_version=values["version"],
                idempotency_key=values["key"],
            )
        except lifecycle.Stale as late:
            return _stale(http, item, late, scan=details.act.upload if details.act else None)
        except lifecycle.Refused as refused:
            form.refuse(refused)
        except idempotency.KeyReused:
            form.add_error(None, _("This form was already sent with other words. Look again."))
        else:
            messages.success(http, _("Done: %(step)s.") % {"step": step.label})
            return to_page(http, item)
    return page(http, item, bound={step.name: form}, status=422)


@require_GET
@access.needs(access.CHANGE)
def organisations_found(http: HttpRequest) -> HttpResponse:
    """Organisations for what is being typed: a part of the page."""
    typed = http.GET.get("executor_q", "").replace("\x00", "")
    return TemplateResponse(
        http,
        "admin/requests_app/request/_organisations.html",
        {"choices": organisations.named(typed), "typed": typed},
    )


@require_POST
@access.needs(access.CHANGE)
def comment(http: HttpRequest, pk: int) -> HttpResponse:
    """Say something the resident reads."""
    at, by, item = timezone.now(), access.operator_of(http), access.find(http, pk)
    form = forms.CommentForm(http.POST)
    if form.is_valid():
        try:
            files = [
                uploads.accept(file, by=by, address=client_address(http), at=at).pk
                for file in http.FILES.getlist("files")[: uploads.MAX_FILES]
            ]
            lifecycle.comment(
                item,
                by=by,
                at=at,
                text=form.cleaned_data["text"],
                uploads=tuple(files),
                idempotency_key=form.cleaned_data["key"],
            )
        except (uploads.Rejected, lifecycle.Refused) as refused:
            form.add_error("text", refused.message)
        except idempotency.KeyReused:
            form.add_error(None, _("This form was already sent with other words. Look again."))
        else:
            messages.success(http, _("The answer is sent to the resident."))
            return to_page(http, item)
    return page(http, item, bound={"comment": form}, status=422)


@require_POST
@access.needs(access.CHANGE)
def note(http: HttpRequest, pk: int) -> HttpResponse:
    """Write something only staff read."""
    at, by, item = timezone.now(), access.operator_of(http), access.find(http, pk)
    form = forms.NoteForm(http.POST)
    if form.is_valid():
        try:
            lifecycle.internal_note(item, by=by, at=at, text=form.cleaned_data["text"])
        except lifecycle.Refused as refused:
            form.add_error("text", refused.message)
        else:
            messages.success(http, _("The note is kept. The resident does not see it."))
            return to_page(http, item)
    return page(http, item, bound={"note": form}, status=422)


@require_POST
@access.needs(access.CHANGE)
def assign(http: HttpRequest, pk: int) -> HttpResponse:
    """Make an operator answerable."""
    at, by, item = timezone.now(), access.operator_of(http), access.find(http, pk)
    data = http.POST.copy()
    if data.get("operator") == "none":
        data["operator"] = ""
    form = forms.AssignForm(data, item=item, operators=_operators())
    if form.is_valid():
        try:
            lifecycle.assign(
                item,
                to=form.cleaned_data["operator"],
                by=by,
                at=at,
                seen_version=form.cleaned_data["version"],
            )
        except lifecycle.Stale as late:
            return _stale(http, item, late)
        except lifecycle.Refused as refused:
            form.refuse(refused)
        else:
            messages.success(http, _("The operator is set."))
            return to_page(http, item)
    return page(http, item, bound={"assign": form}, status=422)


@require_POST
@access.needs(access.CHANGE)
def recategorise(http: HttpRequest, pk: int) -> HttpResponse:
    """Move the request to another matter."""
    at, by, item = timezone.now(), access.operator_of(http), access.find(http, pk)
    form = forms.RecategoriseForm(http.POST, item=item, matters=category_choices())
    if form.is_valid():
        values = form.cleaned_data
        try:
            lifecycle.recategorise(
                item,
                category=values["category"],
                text=values["text"],
                by=by,
                at=at,
                seen_version=values["version"],
            )
        except lifecycle.Stale as late:
            return _stale(http, item, late)
        except lifecycle.Refused as refused:
            form.refuse(refused)
        else:
            messages.success(http, _("The matter is changed; executor and due time follow it."))
            return to_page(http, item)
    return page(http, item, bound={"matter": form}, status=422)


@require_POST
@access.needs(access.CHANGE)
def incident(http: HttpRequest, pk: int) -> HttpResponse:
    """Hang the request on an incident, or take it off."""
    item = access.find(http, pk)
    chosen = http.POST.get("incident", "")
    try:
        lifecycle.attach_to_incident(
            item,
            incident=int(chosen) if chosen.isdecimal() and len(chosen) < 19 else None,
            by=access.operator_of(http),
            at=timezone.now(),
        )
    except lifecycle.Refused as refused:
        messages.error(http, refused.message)
    else:
        messages.success(http, _("Done."))
    return to_page(http, item)


@require_POST
@access.needs(access.CHANGE)
def open_incident(http: HttpRequest, pk: int) -> HttpResponse:
    """Open an incident at the house about the matter, and hang the request on it."""
    item = access.find(http, pk)
    try:
        incident_here.open_for(item, by=access.operator_of(http), at=timezone.now())
    except lifecycle.Refused as refused:
        messages.error(http, refused.message)
    else:
        messages.success(http, _("The incident is open; the requests about it hang on it."))
    return to_page(http, item)


@require_POST
@access.needs(access.VIEW)
def contact(http: HttpRequest, pk: int) -> HttpResponse:
    """Show how to reach the person; the look is noted first."""
    by, item = access.operator_of(http), access.find(http, pk)
    if not by.sees_contacts:
        raise Http404
    found = dossier.look_at_contact(item, by=by, at=timezone.now())
    if http.headers.get("HX-Request"):
        return TemplateResponse(
            http, "admin/requests_app/request/_contact.html", {"contact": found, "item": item}
        )
    return page(http, item, looked=True, contact=found)


@require_POST
@access.needs(access.VIEW)
def look(http: HttpRequest, pk: int) -> HttpResponse:
    """Note that this operator has the request open, and say who else has."""
    item, by = access.find(http, pk), access.operator_of(http)
    if by.may_change:
        queue.mark_read(item)
    names = presence.ping(item, by=by, at=timezone.now())
    return JsonResponse({"others": names})


@require_GET
@access.needs(access.VIEW)
def file(http: HttpRequest, pk: int, upload: UUID, *, small: bool = False) -> FileResponse:
    """Hand out a file of a request that the operator may see."""
    item = access.find(http, pk)
    found = get_object_or_404(
        Attachment.objects.select_related("upload"), request=item, upload_id=upload
    ).upload
    return uploads.serve_thumbnail(found) if small else uploads.serve(found)


def _stale(
    http: HttpRequest, item: Request, late: lifecycle.Stale, *, scan: UUID | None = None
) -> HttpResponse:
    """Show what was meant beside what others did, and a way to repeat it."""
    by = access.operator_of(http)
    fresh = access.find(http, item.pk)
    kept = fresh.refused_saves.filter(user_id=by.id).order_by("-id").first()
    repeated = [
        (name, value)
        for name, values in http.POST.lists()
        for value in values
        if name not in {"csrfmiddlewaretoken", "version", "key", "scan_id"}
    ]
    if scan is not None:
        repeated.append(("scan_id", str(scan)))
    return TemplateResponse(
        http,
        "admin/requests_app/request/stale.html",
        access.frame(
            http,
            title=_("Somebody was faster"),
            item=fresh,
            meant=stale.meant_in_words(kept.attempted) if kept else [],
            changed=stale.changed_since(fresh, by=by, seen=late.seen, current=late.current),
            known=dossier.of(fresh, by=by, at=timezone.now()),
            repeated=repeated,
            back=_back(http),
        ),
        status=409,
    )


def step_named(name: str) -> Step:
    for step in steps.STEPS:
        if step.name == name:
            return step
    raise Http404


def _accept_file(http: HttpRequest, name: str, *, by: Any, at: datetime) -> UUID | None:
    sent = http.FILES.get(name)
    if not sent:
        return None
    return uploads.accept(sent, by=by, address=client_address(http), at=at).pk


def _operators() -> list[tuple[str, str]]:
    return operator_choices()


def _back(http: HttpRequest) -> str:
    """Return the query of the list from which the page was opened; only ever a query."""
    return http.GET.get("back", "")[:2000]


def to_page(http: HttpRequest, item: Request) -> HttpResponse:
    """Lead back to the request's page, and from there to the list it was opened from."""
    address = reverse(PAGE, args=[item.pk])
    query = http.GET.urlencode()
    return HttpResponseRedirect(f"{address}?{query}" if query else address)
