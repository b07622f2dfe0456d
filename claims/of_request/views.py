"""The claims of a request: the offer, the application, its story, its paper, its next steps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import throttling, uploads
from accounts.actors import Actor, Operator
from accounts.client_address import client_address, limit_key
from accounts.middleware import ActorRequest
from accounts.models import Upload
from claims import lifecycle, papers, steps
from claims.calculator import wording
from claims.calculator.forms import Calculator
from claims.calculator.views import shown
from claims.court.forms import LawyerForm
from claims.court.people import lawyers
from claims.models import (
    Claim,
    ClaimEvent,
    ClaimPaper,
    CourtCase,
    FigureRow,
    Offer,
    RecountState,
)
from claims.of_request.forms import ApplyForm, CountForm, StepForm
from claims.of_request.offered import fields_of, hours_of, offer
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
from requests_app.steps import Role
from requests_app.taking_in import take
from requests_app.tracking import holding
from requests_app.tracking.views import found, private

PAPERS_AN_HOUR = 60
# Where the right to free legal aid is the next question.
_NEAR_COURT = {
    ClaimStatus.PARTLY,
    ClaimStatus.REFUSED,
    ClaimStatus.SILENT,
    ClaimStatus.LAWYER,
    ClaimStatus.PAID,
    ClaimStatus.LOST,
}
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
    """Show the claims of a request, and what is due with one field to fill."""
    if "code" in http.GET:
        return open_by_link(http, number, http.GET["code"])
    item, actor = found(http, number)
    return _money_page(http, item, actor)


def _money_page(
    http: ActorRequest, item: Request, actor: Actor, form: CountForm | None = None
) -> HttpResponse:
    rows = Claim.objects.visible_to(actor).filter(request=item).order_by("place")
    offered = offer(item)
    if form is None and offered is not None and offered.is_due:
        form = CountForm(months=offered.months)
    values = {
        "item": item,
        "rows": [row(one) for one in rows],
        "offer": offered,
        "form": form,
        "utility": wording.service_label(str(lifecycle.service_of(item))) if offered else "",
    }
    status = 422 if form is not None and form.is_bound else 200
    return private(render(http, "claims/of_request/money.html", values, status=status))


@require_POST
def count(http: ActorRequest, number: str) -> HttpResponse:
    """Take the sum from the bill, note that the offer was taken up, and show the application."""
    item, actor = found(http, number)
    known, offered = hours_of(item), offer(item)
    if known is None or offered is None or not offered.is_due:
        raise Http404
    form = CountForm(http.POST, months=offered.months)
    if not form.is_valid():
        return _money_page(http, item, actor, form)
    if role_of(actor) is Role.RESIDENT:
        Offer.objects.filter(request=item, opened_at=None).update(opened_at=now())
    fields = fields_of(item, known, form.cleaned_data["month"])
    query = urlencode({**fields, **form.bill()})
    address = reverse("claims_of_request:new", args=[item.number])
    return private(redirect(f"{address}?{query}"))


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
        offered = offer(item)
        return private(redirect(offered.href if offered else reverse("claims:calculator")))
    bill, intervals = judged
    figures = FigureRow.objects.figures_on(bill.month)
    zone = timezone.get_default_timezone()
    result = calculate(bill, intervals, figures=figures, zone=zone)
    form = ApplyForm(http.POST, http.FILES) if http.method == "POST" else ApplyForm()
    if http.method == "POST" and form.is_valid() and _take_bills(http, form, item, actor):
        try:
            filed = lifecycle.file_parts(
                item,
                calculator.body(),
                by=actor,
                at=now(),
                account=form.cleaned_data["account"],
                bills=form.taken,
            )
        except lifecycle.NotFound:
            raise Http404 from None
        except lifecycle.Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        except parse.Invalid as invalid:
            form.add_error(None, str(invalid))
        else:
            return private(_filed(http, item, filed))
        form = form.again()
    values = {
        "item": item,
        "form": form,
        "found": shown(result),
        "back": f"{reverse('claims:calculator')}?{calculator.query}",
    }
    status = 422 if form.errors else 200
    return private(render(http, "claims/of_request/new.html", values, status=status))


def _take_bills(http: ActorRequest, form: ApplyForm, item: Request, actor: Actor) -> bool:
    """Take the photos of the bill in; tell beside the field what is wrong with one."""
    form.taken, wrong = take(
        form.cleaned_data["bills"],
        kept=form.cleaned_data["kept"],
        most=papers.MOST,
        item=item,
        by=actor,
        address=client_address(http),
        at=now(),
    )
    for text in wrong:
        form.add_error("bills", text)
    return not wrong


def _filed(http: ActorRequest, item: Request, filed: list[Claim]) -> HttpResponse:
    names = _(" and ").join(claim.executor_name for claim in filed)
    messages.success(http, _("The application is sent to %(name)s.") % {"name": names})
    if len(filed) == 1:
        return redirect(filed[0].get_absolute_url())
    messages.info(
        http,
        _("The house changed hands meanwhile: each organisation answers for its own hours."),
    )
    return redirect("claims_of_request:money", item.number)


@never_cache
@require_safe
def claim(http: ActorRequest, number: str, place: int) -> HttpResponse:
    """Show a claim: what is demanded, how it was counted, what was answered, what comes next."""
    if "code" in http.GET:
        return open_by_link(http, number, http.GET["code"])
    item, actor = _claim(http, number, place)
    forms = [_forms(step) for step in lifecycle.steps_open_to(item, actor)]
    return private(_page(http, item, actor, forms))


def open_by_link(http: ActorRequest, number: str, code: str) -> HttpResponse:
    """Take the code out of this page's address at once; it stays in a cookie as a hash."""
    try:
        holder = access.with_code(number, code, address=client_address(http), at=now())
    except access.TooManyCodes as many:
        return private(too_many(http, str(many), many.retry_after_seconds))
    if holder is None:
        raise Http404
    answer = redirect(http.path)
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
    return private(paper_of(item))


def paper_of(item: Claim) -> HttpResponse:
    """Answer with the claim's paper as PDF."""
    answer = HttpResponse(printing.pdf(item), content_type="application/pdf")
    name = item.number.replace("/", "-")
    answer["Content-Disposition"] = f'inline; filename="claim-{name}.pdf"'
    return answer


@require_safe
def bill(http: ActorRequest, number: str, place: int, upload_id: UUID) -> FileResponse:
    """Serve the photo of the bill to who may see the claim."""
    item, _actor = _claim(http, number, place)
    return uploads.serve(bill_of(item, upload_id))


@require_safe
def bill_small(http: ActorRequest, number: str, place: int, upload_id: UUID) -> FileResponse:
    """Serve the small picture of the bill to who may see the claim."""
    item, _actor = _claim(http, number, place)
    return uploads.serve_thumbnail(bill_of(item, upload_id))


def bill_of(item: Claim, upload_id: UUID) -> Upload:
    """Return a paper of a claim already checked; raise Http404."""
    papers_of = ClaimPaper.objects.filter(claim=item).select_related("upload")
    return get_object_or_404(papers_of, upload_id=upload_id).upload


def _claim(http: ActorRequest, number: str, place: int) -> tuple[Claim, Actor]:
    """Return a claim and as whom the sender may act on it; raise Http404."""
    request, actor = found(http, number)
    claims = Claim.objects.visible_to(actor).with_flags().select_related("request__building")
    return get_object_or_404(claims, request=request, place=place), actor


def _forms(step: Step) -> tuple[Step, StepForm]:
    return step, StepForm(step=step, today=timezone.localdate())


def _court(item: Claim, actor: Actor) -> dict[str, Any]:
    """Return what the page says of going to court: the case, its opening, the check of free aid."""
    if item.status not in _NEAR_COURT:
        return {}
    case = CourtCase.objects.filter(claim=item).select_related("lawyer").first()
    values: dict[str, Any] = {"is_near_court": True}
    if case is not None:
        if CourtCase.objects.visible_to(actor).filter(pk=case.pk).exists():
            number, place = item.number.split("/")
            values["case_page"] = reverse("court_of_claim:case", args=[number, place])
        if isinstance(actor, Operator):
            values["case_of"] = case
    elif item.status == ClaimStatus.LAWYER and isinstance(actor, Operator):
        values["case_form"] = LawyerForm(people=lawyers(), chosen=actor.id)
    return values


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
    number = item.request.number
    values = {
        **shown_claim(item, forms, address=item.get_absolute_url()),
        **_court(item, actor),
        "offer": item.recounts.filter(state=RecountState.OFFERED).first(),
        "back": reverse("requests_app:request", args=[number]),
        "back_word": _("Request %(number)s") % {"number": number},
    }
    return render(http, "claims/of_request/claim.html", values, status=status)


def shown_claim(item: Claim, forms: list[tuple[Step, StepForm]], *, address: str) -> dict[str, Any]:
    """Return what a page of a claim shows; its paper, bill and steps lie below `address`."""
    granted = "" if item.granted_rub is None else wording.rubles(item.granted_rub)
    credited = item.credited_in
    facts = [
        (_("Charged"), wording.rubles(item.charge_rub)),
        (_("Demanded"), wording.rubles(item.amount_rub)),
        (_("Granted so far"), granted),
        (
            _("Look in the bill of"),
            f"{MONTHS[credited.month]} {credited.year}".lower() if credited else "",
        ),
        (_("Answers"), item.executor_name),
        (_("Address"), item.request.building.address),
    ]
    return {
        "claim": item,
        "row": row(item),
        "address": address,
        "facts": [{"term": term, "value": value} for term, value in facts if value],
        "forms": forms,
        "papers": papers.shown(item, address),
        "told": [_told(event) for event in item.events.all()],
        "lines": [printing.line(one) for one in item.found["lines"]],
        "is_late": item.due_at is not None and item.due_at < now(),
    }
