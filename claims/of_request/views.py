"""The claims of a request: the offer, the application, its story, its paper, its next steps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import throttling
from accounts.actors import Actor
from accounts.client_address import client_address, limit_key
from accounts.middleware import ActorRequest
from claims import lifecycle, steps
from claims.calculator import wording
from claims.calculator.forms import Calculator
from claims.calculator.views import shown
from claims.models import Claim, ClaimEvent, FigureRow, RecountState
from claims.of_request.forms import ApplyForm, StepForm
from claims.paper import printing
from claims.recalculation import parse
from claims.recalculation.compute import calculate
from claims.statuses import ClaimStatus
from claims.steps import Step
from claims.tariffs import finding
from requests_app import access
from requests_app.lifecycle import role_of
from requests_app.limits import too_many
from requests_app.models import Request
from requests_app.statuses import Status
from requests_app.steps import Role
from requests_app.tracking import holding
from requests_app.tracking.views import found, private

PAPERS_AN_HOUR = 60
TONES = {
    ClaimStatus.SENT: ("forward", "work"),
    ClaimStatus.GRANTED: ("check", "good"),
    ClaimStatus.PARTLY: ("minus-circle", "wait"),
    ClaimStatus.REFUSED: ("minus-circle", "bad"),
    ClaimStatus.SILENT: ("clock", "bad"),
    ClaimStatus.PRETRIAL: ("scales", "work"),
    ClaimStatus.PAID: ("check-circle", "good"),
    ClaimStatus.LAWYER: ("scales", "info"),
    ClaimStatus.LOST: ("minus-circle", "quiet"),
    ClaimStatus.WITHDRAWN: ("back", "quiet"),
}
_AUTHORS = {
    Role.RESIDENT: gettext_lazy("The resident"),
    Role.EXECUTOR: gettext_lazy("The organisation"),
    Role.OPERATOR: gettext_lazy("The contact centre"),
    Role.SYSTEM: gettext_lazy("The portal"),
}


# What is no step of the table and leaves the status as it was.
_WORDS = {
    "recount_offered": gettext_lazy("Claim counted anew"),
    "recount": gettext_lazy("Another sum is demanded"),
    "recount_left": gettext_lazy("The sum stays as it was"),
}


@dataclass(frozen=True)
class Row:
    """A claim in a list."""

    number: str
    title: str
    sum: str
    word: str
    icon: str
    tone: str
    href: str


def row(item: Claim) -> Row:
    """Return a claim as a list shows it."""
    icon, tone = TONES[ClaimStatus(item.status)]
    month = f"{MONTHS[item.month.month]} {item.month.year}".lower()
    return Row(
        number=item.number,
        title=f"{wording.service_label(item.service)}, {month}",
        sum=wording.rubles(item.amount_rub),
        word=str(ClaimStatus(item.status).label),
        icon=icon,
        tone=tone,
        href=item.get_absolute_url(),
    )


@never_cache
@require_safe
def money(http: ActorRequest, number: str) -> HttpResponse:
    """Show the claims of a request, and the calculator with its hours filled in."""
    item, actor = found(http, number)
    rows = Claim.objects.visible_to(actor).filter(request=item).order_by("place")
    values = {"item": item, "rows": [row(one) for one in rows], "offer": offer(item)}
    return private(render(http, "claims/of_request/money.html", values))


def offer(item: Request) -> str:
    """Return the calculator's address with what the request knows; "" where no bill is reduced."""
    service = lifecycle.service_of(item)
    if service is None:
        return ""
    ended = item.done_at if item.status in {Status.DONE, Status.CLOSED} else None
    start = timezone.localtime(item.registered_at)
    known = {
        "utility": str(service),
        "request": item.number,
        "month": f"{start:%Y-%m}",
        "i0-kind": "interruption",
        "i0-start": f"{start:%Y-%m-%dT%H:%M}",
        "i0-end": f"{timezone.localtime(ended):%Y-%m-%dT%H:%M}" if ended else "",
    }
    return f"{reverse('claims:calculator')}?{urlencode(known)}"


@never_cache
@require_http_methods(["GET", "POST"])
def new(http: ActorRequest, number: str) -> HttpResponse:
    """Show the application that a calculation becomes, and file it."""
    item, actor = found(http, number)
    known = partial(finding.of_month, building=item.building)
    calculator = Calculator(http.GET, today=timezone.localdate(), known=known)
    judged = None
    if calculator.service is not None and calculator.asked:
        judged = calculator.judge(timezone.get_default_timezone())
    if judged is None:
        return private(redirect(offer(item) or reverse("claims:calculator")))
    bill, intervals = judged
    figures = FigureRow.objects.figures_on(bill.month)
    zone = timezone.get_default_timezone()
    result = calculate(bill, intervals, figures=figures, zone=zone)
    form = ApplyForm(http.POST or None)
    if http.method == "POST" and form.is_valid():
        try:
            filed = lifecycle.file(
                item, calculator.body(), by=actor, at=now(), account=form.cleaned_data["account"]
            )
        except lifecycle.NotFound:
            raise Http404 from None
        except lifecycle.Refused as refused:
            form.add_error(None, refused.message)
        except parse.Invalid as invalid:
            form.add_error(None, str(invalid))
        else:
            messages.success(http, _("The application is sent to %(name)s.") % _name(filed))
            return private(redirect(filed.get_absolute_url()))
    values = {
        "item": item,
        "form": form,
        "found": shown(result),
        "back": f"{reverse('claims:calculator')}?{calculator.query}",
    }
    status = 422 if form.errors else 200
    return private(render(http, "claims/of_request/new.html", values, status=status))


def _name(filed: Claim) -> dict[str, str]:
    return {"name": filed.executor_name}


@never_cache
@require_safe
def claim(http: ActorRequest, number: str, place: int) -> HttpResponse:
    """Show a claim: what is demanded, how it was counted, what was answered, what comes next."""
    if "code" in http.GET:
        return _open_by_link(http, number, place, http.GET["code"])
    item, actor = _claim(http, number, place)
    forms = [_forms(step) for step in lifecycle.steps_open_to(item, actor)]
    return private(_page(http, item, actor, forms))


def _open_by_link(http: ActorRequest, number: str, place: int, code: str) -> HttpResponse:
    """Take the code out of the address at once; it stays in a cookie as a hash."""
    try:
        holder = access.with_code(number, code, address=client_address(http), at=now())
    except access.TooManyCodes as many:
        return private(too_many(http, str(many), many.retry_after_seconds))
    if holder is None:
        raise Http404
    answer = redirect("claims_of_request:claim", number, place)
    holding.keep(answer, holder, http)
    return private(answer)


@require_POST
def step(http: ActorRequest, number: str, place: int, target: str) -> HttpResponse:
    """Make a step of the table."""
    item, actor = _claim(http, number, place)
    role = role_of(actor)
    chosen = steps.find(item.status, target, role) if role else None
    if chosen is None:
        messages.error(http, _("The claim does not stand where this can be done."))
        return private(redirect(item.get_absolute_url()))
    form = StepForm(http.POST, step=chosen, today=timezone.localdate())
    if form.is_valid():
        try:
            lifecycle.move(item, target, by=actor, at=now(), details=form.details())
        except lifecycle.NotFound:
            raise Http404 from None
        except lifecycle.Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        else:
            return private(redirect(item.get_absolute_url()))
    forms = [
        (chosen, form) if one.name == chosen.name else _forms(one)
        for one in lifecycle.steps_open_to(item, actor)
    ]
    return private(_page(http, item, actor, forms, status=422))


@never_cache
@require_safe
def letter(http: ActorRequest, number: str, place: int) -> HttpResponse:
    """Give the paper as PDF."""
    item, _actor = _claim(http, number, place)
    verdict = throttling.hit(
        bucket="claims.paper",
        key=limit_key(client_address(http)),
        limit=PAPERS_AN_HOUR,
        window=timedelta(hours=1),
        at=now(),
    )
    if not verdict.allowed:
        said = _("Too many papers from your address. Try again later.")
        return private(too_many(http, said, verdict.retry_after_seconds))
    answer = HttpResponse(printing.pdf(item), content_type="application/pdf")
    name = item.number.replace("/", "-")
    answer["Content-Disposition"] = f'inline; filename="claim-{name}.pdf"'
    return private(answer)


def _claim(http: ActorRequest, number: str, place: int) -> tuple[Claim, Actor]:
    """Return a claim and as whom the sender may act on it; raise Http404."""
    request, actor = found(http, number)
    claims = Claim.objects.visible_to(actor).select_related("request__building")
    return get_object_or_404(claims, request=request, place=place), actor


def _forms(step: Step) -> tuple[Step, StepForm]:
    return step, StepForm(step=step, today=timezone.localdate())


@dataclass(frozen=True)
class Told:
    """A line of the timeline in words."""

    at: datetime
    word: str
    author: str
    text: str
    sum: str


def _told(event: ClaimEvent) -> Told:
    return Told(
        at=event.at,
        word=str(_WORDS.get(event.step) or ClaimStatus(event.status).label),
        author=str(_AUTHORS[Role(event.author)]),
        text=event.text,
        sum="" if event.amount_rub is None else wording.rubles(event.amount_rub),
    )


def _page(
    http: ActorRequest,
    item: Claim,
    actor: Actor,
    forms: list[tuple[Step, StepForm]],
    *,
    status: int = 200,
) -> HttpResponse:
    granted = "" if item.granted_rub is None else wording.rubles(item.granted_rub)
    credited = item.credited_in
    facts = [
        (_("Demanded"), wording.rubles(item.amount_rub)),
        (_("Granted so far"), granted),
        (
            _("Look in the bill of"),
            f"{MONTHS[credited.month]} {credited.year}".lower() if credited else "",
        ),
        (_("Answers"), item.executor_name),
        (_("Address"), item.request.building.address),
    ]
    values: dict[str, Any] = {
        "claim": item,
        "row": row(item),
        "facts": [{"term": term, "value": value} for term, value in facts if value],
        "forms": forms,
        "told": [_told(event) for event in item.events.all()],
        "offer": item.recounts.filter(state=RecountState.OFFERED).first(),
        "lines": [printing.line(one) for one in item.found["lines"]],
        "is_late": item.due_at is not None and item.due_at < now(),
        "request_page": reverse("requests_app:request", args=[item.request.number]),
    }
    return render(http, "claims/of_request/claim.html", values, status=status)
