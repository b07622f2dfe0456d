"""Phone intake at the desk: one screen to type on while the caller talks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import idempotency
from accounts.actors import Operator
from disclosure import address_search
from requests_app import intake, lifecycle, tracking_code
from requests_app.admin import access
from requests_app.desk import clock, incident_here, intake_form
from requests_app.filing import matters
from requests_app.models import Category, EventKind, RequestEvent

# The code is read aloud right after filing; later it is the caller's alone.
CODE_SHOWN_FOR = timedelta(hours=1)


TakeIn = Callable[[intake.NewRequest, Operator, datetime, str], intake.Filed]


def _take_in(new: intake.NewRequest, by: Operator, at: datetime, key: str) -> intake.Filed:
    return intake.file(new, by=by, at=at, idempotency_key=key)


@access.needs(access.ADD)
def show(
    http: HttpRequest, *, known: Mapping[str, str] | None = None, take_in: TakeIn = _take_in
) -> HttpResponse:
    """
    GET: the form. POST: take the request in, or answer without JavaScript.

    A room above that knows something of the call hands over what is `known` of it, by field, and
    takes the request in together with rows of its own.
    """
    if http.method != "POST":
        return _page(http, intake_form.PhoneIntakeForm(known=known))
    form = intake_form.PhoneIntakeForm(http.POST)
    if http.POST.get("look") == "incident":
        return _open_incident(http, form)
    if "look" in http.POST or not form.is_valid():
        form.is_valid()
        return _page(http, form, is_looking="look" in http.POST)
    by = access.operator_of(http)
    try:
        filed = take_in(form.new_request(), by, timezone.now(), form.cleaned_data["key"])
    except intake.Invalid as invalid:
        form.refuse(invalid)
    except idempotency.KeyReused:
        form.add_error(
            None, _("A request was already taken with this form. Open a new one for the next call.")
        )
    else:
        return redirect("admin:requests_app_request_filed", filed.request.pk)
    return _page(http, form, status=422)


def _open_incident(http: HttpRequest, form: intake_form.PhoneIntakeForm) -> HttpResponse:
    """Open an incident at the chosen house while the call goes on; the form comes back as typed."""
    form.is_valid()
    typed, by, at = form.cleaned_data, access.operator_of(http), timezone.now()
    chosen: int | None = None
    try:
        if not http.user.has_perm(access.CHANGE):
            raise lifecycle.Refused("", _("You may not open incidents."), "forbidden")
        building, slug = typed.get("building") or 0, typed.get("category", "")
        chosen = incident_here.open_at(building, slug, by=by, at=at).pk
    except lifecycle.Refused as refused:
        messages.error(http, refused.message)
    if not http.headers.get("HX-Request"):
        return _page(http, form, is_looking=True, chosen=chosen)
    found = intake_form.answer(
        typed.get("building"), typed.get("category", ""), by=by, at=timezone.now()
    )
    return _part(http, "answer", answer=found, chosen=chosen)


@require_GET
@access.needs(access.ADD)
def filed(http: HttpRequest, pk: int) -> HttpResponse:
    """Show number and code, big, to the operator who has just taken the request in."""
    by, at = access.operator_of(http), timezone.now()
    item = access.find(http, pk)
    is_mine = RequestEvent.objects.filter(
        request=item, kind=EventKind.FILED, user_id=by.id, at__gt=at - CODE_SHOWN_FOR
    ).exists()
    if not is_mine:
        raise Http404
    return TemplateResponse(
        http,
        "admin/requests_app/request/filed.html",
        access.frame(
            http,
            title=_("The request is taken in"),
            item=item,
            code=tracking_code.of(item) or "",
            clock=clock.clock_of(item, at=at),
        ),
    )


@require_GET
@access.needs(access.ADD)
def addresses(http: HttpRequest) -> HttpResponse:
    """Houses for what is being typed: a part of the page."""
    return _part(
        http,
        "houses",
        houses=_houses(http.GET.get("address_q", "")),
        typed=http.GET.get("address_q", ""),
    )


@require_GET
@access.needs(access.ADD)
def matters_found(http: HttpRequest) -> HttpResponse:
    """Matters for what is being typed: a part of the page."""
    typed = http.GET.get("matter_q", "")
    found = matters.search(typed, matters.groups(timezone.now()))
    return _part(http, "matters", matters=found, typed=typed)


@require_GET
@access.needs(access.ADD)
def answer(http: HttpRequest) -> HttpResponse:
    """What to say at once about the chosen house and matter: a part of the page."""
    building = http.GET.get("building", "")
    found = intake_form.answer(
        int(building) if building.isdecimal() and len(building) < 19 else None,
        http.GET.get("category", "").replace("\x00", "")[:64],
        by=access.operator_of(http),
        at=timezone.now(),
    )
    return _part(http, "answer", answer=found)


@require_POST
@access.needs(access.ADD)
def caller(http: HttpRequest) -> HttpResponse:
    """The caller's earlier requests; by POST, so that no address holds a phone number."""
    return _part(http, "caller", earlier=_earlier(http, http.POST.get("phone", "")))


@require_POST
@access.needs(access.ADD)
def words(http: HttpRequest) -> HttpResponse:
    """What the caller's words tell; by POST, so that no address or log holds them."""
    building = http.POST.get("building", "")
    found = intake_form.heard(
        http.POST.get("description", "").replace("\x00", "")[:20_000],
        int(building) if building.isdecimal() and len(building) < 19 else None,
        by=access.operator_of(http),
        at=timezone.now(),
    )
    chosen = http.POST.get("category", "").replace("\x00", "")[:64]
    return _part(http, "words", heard=found, chosen=chosen, kept=_kept(chosen, found))


def _page(
    http: HttpRequest,
    form: intake_form.PhoneIntakeForm,
    *,
    is_looking: bool = False,
    chosen: int | None = None,
    status: int = 200,
) -> HttpResponse:
    at, by = timezone.now(), access.operator_of(http)
    typed = form.cleaned_data if form.is_bound else {}
    if is_looking:
        form.errors.clear()
    building, category = typed.get("building"), typed.get("category", "")
    known = intake_form.answer(building, category, by=by, at=at) if building or category else None
    found_matters = []
    if typed.get("matter_q"):
        found_matters = matters.search(typed["matter_q"], matters.groups(at))
    return TemplateResponse(
        http,
        "admin/requests_app/request/intake.html",
        access.frame(
            http,
            title=_("Request by phone"),
            form=form,
            earlier=_earlier(http, typed.get("phone", "")),
            houses=_houses(typed.get("address_q", "")),
            matters=found_matters,
            answer=known,
            building=building,
            category=category,
            chosen=chosen,
            heard=intake_form.heard(
                typed.get("description", form.initial.get("description", "")),
                building,
                by=by,
                at=at,
            ),
        ),
        status=status,
    )


def _part(http: HttpRequest, name: str, **values: Any) -> HttpResponse:
    return TemplateResponse(http, f"admin/requests_app/request/_intake_{name}.html", values)


def _kept(chosen: str, heard: intake_form.Heard) -> Category | None:
    """Return the matter chosen among earlier suggestions that the new words suggest no more."""
    if not chosen or chosen in {one.slug for one in heard.suggested}:
        return None
    return Category.objects.select_related("parent").filter(slug=chosen).first()


def _houses(typed: str) -> list[Any]:
    typed = typed.replace("\x00", "").strip()[:200]
    return list(address_search.find(typed, limit=8)) if len(typed) > 1 else []


def _earlier(http: HttpRequest, phone: str) -> list[Any]:
    by = access.operator_of(http)
    return list(intake_form.earlier_noted(phone, by=by, at=timezone.now()))
