"""The operator's card of a call in admin: one page from the ringing to the outcome."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import contact_looks, idempotency, phones
from accounts.actors import Operator
from accounts.models import User
from outreach.guides import search, words
from outreach.hotline import cards
from outreach.hotline.card_form import CardForm, StartForm
from outreach.models import Call, CallBack, Guide, Outcome
from requests_app import intake
from requests_app.admin import access, phone_intake
from requests_app.desk import intake_form

VIEW = "outreach.view_call"
ADD = "outreach.add_call"
CHANGE = "outreach.change_call"
LIST = "admin:outreach_call_changelist"
CARD = "admin:outreach_call_change"
DUE = "admin:outreach_callback_changelist"
FOUND = 5
EARLIER = 5
_SALT = "outreach.call_opened"
# A page that stood open for longer was opened for another call.
_OPENED_FOR = timedelta(minutes=15)


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(ADD)
def start(http: HttpRequest) -> HttpResponse:
    """GET: who calls? The clock of the call begins with this page. POST: open the card."""
    at, by = timezone.now(), access.operator_of(http)
    typed, wrong = "", ""
    if http.method == "POST":
        form = StartForm(http.POST)
        form.is_valid()
        typed = form.cleaned_data.get("phone", "") or ""
        try:
            call = cards.start(
                typed,
                by=by,
                started_at=_opened(form.cleaned_data.get("opened", ""), at=at),
                at=at,
                idempotency_key=form.cleaned_data.get("key") or uuid.uuid4().hex,
            )
        except cards.Refused as refused:
            wrong = refused.errors["phone"]
        except idempotency.KeyReused:
            wrong = _("This form was sent before.")
        else:
            return redirect(CARD, call.pk)
        if "phone" in form.errors:
            wrong = _("This is not a phone number. Leave it empty if it is withheld.")
    return TemplateResponse(
        http,
        "admin/outreach/call/start.html",
        access.frame(
            http,
            title=_("A call comes in"),
            typed=typed[:60],
            wrong=wrong,
            opened=http.POST.get("opened") or signing.dumps(at.timestamp(), salt=_SALT),
            key=uuid.uuid4().hex,
        ),
        status=422 if wrong else 200,
    )


def _opened(signed: str, *, at: datetime) -> datetime:
    """Return when the page of the call was opened, by our own clock; now for a strange word."""
    try:
        stamp = signing.loads(signed, salt=_SALT, max_age=_OPENED_FOR)
        return min(datetime.fromtimestamp(float(stamp), tz=at.tzinfo), at)
    except (signing.BadSignature, TypeError, ValueError):
        return at


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(VIEW)
def show(http: HttpRequest, pk: int) -> HttpResponse:
    """Show the card: to its operator while it is open, as a record afterwards."""
    call, at, by = _find(http, pk), timezone.now(), access.operator_of(http)
    if http.method != "POST":
        return _page(http, call)
    if not http.user.has_perm(CHANGE):
        raise Http404
    form = CardForm(call, http.POST)
    done = http.POST.get("do", "finish")
    if form.is_valid():
        try:
            match done:
                case "look":
                    return _page(http, cards.write(call, _with_guide(form), by=by), is_kept=True)
                case "request" | "claim":
                    cards.write(call, form.written(), by=by)
                    return redirect(_intake_of(call, done))
                case "expert":
                    cards.to_experts(
                        call,
                        form.written(),
                        email=form.cleaned_data["email"],
                        consent=form.cleaned_data["consent"],
                        by=by,
                        at=at,
                    )
                    messages.success(http, _("The experts have the question."))
                case _:
                    call = cards.finish(call, form.written(), by=by, at=at)
                    messages.success(http, _("The call is written down."))
        except cards.Refused as refused:
            form.blame(refused)
        else:
            if call.outcome == Outcome.CLAIM and call.request:
                return redirect("claims_of_request:money", call.request.number)
            return redirect(DUE if call.call_back_id else LIST)
    return _page(http, call, form, status=422)


def _intake_of(call: Call, done: str) -> str:
    address = reverse("admin:outreach_call_request", args=[call.pk])
    return f"{address}?claim" if done == "claim" else address


def _with_guide(form: CardForm) -> cards.Written:
    """Return what was typed, with the chosen guide's words: what the script does at once."""
    written = form.written()
    missing = Guide.objects.filter(pk__in=written.guides).exclude(summary="")
    told = [guide.summary for guide in missing if guide.summary not in written.answer]
    answer = "\n\n".join(filter(None, [written.answer, *told]))
    return cards.Written(**{**vars(written), "answer": answer})


@require_GET
@access.needs(VIEW)
def guides_found(http: HttpRequest) -> HttpResponse:
    """Guides for what is being typed: a part of the page."""
    return _part(http, "guides", guides=_guides(http.GET.get("asked", "")), chosen=[])


@require_POST
@access.needs(VIEW)
def caller(http: HttpRequest, pk: int) -> HttpResponse:
    """Who calls; by POST, so that no address holds a phone number. The look is noted."""
    return _part(http, "caller", **_caller(http, http.POST.get("phone", ""), apart=pk))


@access.needs(ADD)
def to_request(http: HttpRequest, pk: int) -> HttpResponse:
    """File the request of a call: the phone intake, filled in with what the card knows."""
    call = _find(http, pk)
    outcome = Outcome.CLAIM if "claim" in http.GET else Outcome.REQUEST
    if call.operator_id != access.operator_of(http).id:
        raise Http404
    take_in = partial(_take_in, call, outcome)
    return phone_intake.show(http, known=cards.known_of(call), take_in=take_in)


def _take_in(
    call: Call, outcome: Outcome, new: intake.NewRequest, by: Operator, at: datetime, key: str
) -> intake.Filed:
    try:
        return cards.file_request(call, new, outcome=outcome, by=by, at=at, key=key)
    except cards.Refused as refused:
        raise intake.Invalid(refused.errors) from None


@require_POST
@access.needs(CHANGE)
def done(http: HttpRequest, pk: int) -> HttpResponse:
    """Say that the follow-up is done."""
    if cards.follow_up_done(_find(http, pk), at=timezone.now()):
        messages.success(http, _("Nothing is left to do after this call."))
    return redirect(CARD, pk)


@require_POST
@access.needs(access.SEE_CONTACT)
def contact(http: HttpRequest, pk: int) -> HttpResponse:
    """Note the look, then show the number and what the caller said."""
    call = _find(http, pk)
    contact_looks.record(f"call:{call.pk}", by=access.operator_of(http), at=timezone.now())
    return _page(http, call, is_shown=True)


@require_POST
@access.needs("outreach.change_callback")
def take(http: HttpRequest, pk: int) -> HttpResponse:
    """Open the card of a call-back; whoever opened it first has it."""
    by = access.operator_of(http)
    call_back = CallBack.objects.visible_to(by).filter(pk=pk).first()
    if call_back is None or not by.sees_contacts:
        raise Http404
    try:
        return redirect(CARD, cards.take(call_back, by=by, at=timezone.now()).pk)
    except cards.Refused as refused:
        messages.warning(http, refused.errors[""])
        return redirect(DUE)


def _find(http: HttpRequest, pk: int) -> Call:
    rows = Call.objects.visible_to(access.operator_of(http))
    call = rows.select_related("operator", "request", "question", "call_back").filter(pk=pk).first()
    if call is None:
        raise Http404
    return call


def _page(
    http: HttpRequest,
    call: Call,
    form: CardForm | None = None,
    *,
    is_shown: bool = False,
    is_kept: bool = False,
    status: int = 200,
) -> HttpResponse:
    by = access.operator_of(http)
    is_mine = call.is_open and call.operator_id == by.id
    chosen = list(call.guides.order_by("title"))
    values: dict[str, Any] = {"call": call, "chosen_guides": chosen, "is_kept": is_kept}
    if is_mine:
        form = form or CardForm(call, guides=[guide.pk for guide in chosen])
        typed: Any = form.data if form.is_bound else form.initial
        picked = [str(pk) for pk in (form["guides"].value() or [])]
        values |= {
            "form": form,
            "guides": _guides(typed.get("asked", ""), also=chosen),
            "chosen": picked,
        }
        # A look is noted, and GET writes nothing: the page asks who calls by a POST of its own.
        if http.method == "POST":
            values |= _caller(http, typed.get("phone", ""), apart=call.pk)
    else:
        values |= {"is_shown": is_shown, "can_look": by.sees_contacts and call.erased_at is None}
    name = "card" if is_mine else "record"
    title = _("Call of %(when)s") % {
        "when": f"{timezone.localtime(call.started_at):%d.%m.%Y %H:%M}"
    }
    frame = access.frame(http, title=title, **values)
    return TemplateResponse(http, f"admin/outreach/call/{name}.html", frame, status=status)


def _part(http: HttpRequest, name: str, **values: Any) -> HttpResponse:
    return TemplateResponse(http, f"admin/outreach/call/_{name}.html", values)


def _guides(asked: str, *, also: list[Guide] | None = None) -> list[Guide]:
    """Return the guides that the words mean, those already chosen first; three queries at most."""
    typed = asked.replace("\x00", " ").strip()[: words.LONGEST]
    found = search.find(typed, limit=FOUND) if len(typed) > 2 else []
    chosen = also or []
    return [*chosen, *(guide for guide in found if guide not in chosen)]


def _caller(http: HttpRequest, phone: str, *, apart: int) -> dict[str, Any]:
    """Return who the number belongs to and what they asked before; a look that is noted."""
    by = access.operator_of(http)
    nothing: dict[str, Any] = {"person": None, "earlier": [], "calls": [], "asked_for": False}
    try:
        number = phones.normalise(phone) if phone.strip() else ""
    except ValueError:
        number = ""
    if not number or not by.sees_contacts:
        return nothing
    person = User.objects.filter(phone=number, is_active=True).order_by("pk").first()
    earlier = intake_form.earlier_of(number, by=by)
    calls = list(
        Call.objects.visible_to(by)
        .filter(phone=number, erased_at=None)
        .exclude(pk=apart)
        .without_texts()
        .order_by("-started_at")[:EARLIER]
    )
    at = timezone.now()
    if earlier:
        contact_looks.record(f"request:{earlier[0].pk}", by=by, at=at)
    if person:
        contact_looks.record(f"user:{person.pk}", by=by, at=at)
    if calls:
        contact_looks.record(f"call:{calls[0].pk}", by=by, at=at)
    return {"person": person, "earlier": earlier, "calls": calls, "asked_for": True}
