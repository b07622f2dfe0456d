"""The lawyers' work: their cases and hearings, claims that wait for a lawyer, opening a case."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dates import MONTHS
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import idempotency
from accounts.actors import Actor, Lawyer, Operator
from accounts.calendars import MEDIA_TYPE
from accounts.middleware import ActorRequest
from accounts.models import User
from claims.calculator.wording import rubles, service_label
from claims.court import doors, hearings, letters, lifecycle, opening
from claims.court.forms import LawyerForm, NewcomerForm
from claims.court.people import lawyers
from claims.court.refusals import NotFound, Refused
from claims.court.statuses import CaseStatus, Outcome
from claims.court.words import TONES
from claims.models import CaseHearing, Claim, CourtCase
from claims.statuses import ClaimStatus
from requests_app.tracking.views import private

SHOWN = 100


@never_cache
@login_required
@require_safe
def work(http: ActorRequest) -> HttpResponse:
    """Show a lawyer's work, or the cases of one's own."""
    lawyer = doors.lawyer_in(http)
    actor: Actor = lawyer or http.actor
    at = now()
    over = http.GET.get("over") == "1"
    cases = CourtCase.objects.visible_to(actor)
    if lawyer and not over:
        cases = cases.living()
    rows = list(
        cases.prefetch_related(Prefetch("hearings", CaseHearing.objects.ahead(at), "ahead"))[:SHOWN]
    )
    values: dict[str, Any] = {
        "is_lawyer": lawyer is not None,
        "may_open": lawyer is not None or _may_open(http),
        "cases": [_row(one) for one in rows],
        "over": over,
    }
    if lawyer is not None:
        values |= _of_lawyer(lawyer, at)
    return private(render(http, "claims/court/work.html", values))


def _row(case: CourtCase) -> dict[str, Any]:
    icon, tone = TONES[CaseStatus(case.status)]
    ahead = case.ahead  # type: ignore[attr-defined]
    word = str(CaseStatus(case.status).label)
    if case.outcome and case.is_over:
        word = f"{word}: {str(Outcome(case.outcome).label).lower()}"
    return {
        "case": case,
        "href": case.get_absolute_url(),
        "icon": icon,
        "tone": tone,
        "word": word,
        "next": letters.when(ahead[0]) if ahead else "",
    }


def _of_lawyer(lawyer: Lawyer, at: datetime) -> dict[str, Any]:
    mine = CaseHearing.objects.filter(case__lawyer=lawyer.id).select_related("case")
    values: dict[str, Any] = {
        "hearings": [_hearing(one) for one in mine.ahead(at)[:SHOWN]],
        "untold": [_hearing(one) for one in mine.untold(at)[:SHOWN]],
        "waiting": [
            {
                "number": claim.number,
                "title": service_label(claim.service),
                "month": f"{MONTHS[claim.month.month]} {claim.month.year}".lower(),
                "executor": claim.executor_name,
                "sum": rubles(claim.amount_rub),
                "request": claim.request.number,
                "place": claim.place,
            }
            for claim in Claim.objects.filter(status=ClaimStatus.LAWYER, case=None)
            .select_related("request")
            .order_by("changed_at")[:SHOWN]
        ],
    }
    if lawyer.may_assign:
        people = lawyers()
        given = CourtCase.objects.given_out_by(lawyer).living().select_related("lawyer")
        values["given"] = [
            {
                "case": one,
                "word": str(CaseStatus(one.status).label),
                "form": LawyerForm(people=people, chosen=one.lawyer_id),
                "who": one.lawyer.get_full_name() if one.lawyer else "",
            }
            for one in given[:SHOWN]
        ]
    return values


def _hearing(one: CaseHearing) -> dict[str, Any]:
    return {"row": one, "when": letters.when(one), "href": one.case.get_absolute_url()}


@never_cache
@login_required
@require_safe
def calendar(http: ActorRequest) -> HttpResponse:
    """Give all hearings ahead of one's own cases as a calendar file."""
    actor: Actor = doors.lawyer_in(http) or http.actor
    rows = (
        CaseHearing.objects.ahead(now())
        .filter(case__in=CourtCase.objects.visible_to(actor))
        .select_related("case")[:SHOWN]
    )
    answer = HttpResponse(hearings.as_calendar(rows), content_type=MEDIA_TYPE)
    answer["Content-Disposition"] = 'attachment; filename="hearings.ics"'
    return private(answer)


def _may_open(http: ActorRequest) -> bool:
    return isinstance(http.actor, Operator) and http.user.has_perm(doors.ADD)


def _opener(http: ActorRequest) -> Actor:
    """Return as whom the sender opens cases; raise Http404 for who may not."""
    lawyer = doors.lawyer_in(http)
    if lawyer is not None:
        return lawyer
    if _may_open(http):
        return http.actor
    raise Http404


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(http: ActorRequest) -> HttpResponse:
    """Open a case for somebody who came in person."""
    actor = _opener(http)
    people = lawyers()
    chosen = actor.id if isinstance(actor, Lawyer) else None
    form = NewcomerForm(http.POST or None, people=people, chosen=chosen)
    form.initial["key"] = uuid.uuid4().hex
    if http.method == "POST" and form.is_valid():
        try:
            case = opening.open_anew(
                form.newcomer(),
                form.lawyer(),
                by=actor,
                at=now(),
                idempotency_key=form.cleaned_data["key"],
            )
        except idempotency.KeyReused:
            form.add_error(None, _("This form was sent already. Open it anew."))
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        else:
            return private(_after_opening(http, actor, case))
    status = 422 if form.errors else 200
    return private(render(http, "claims/court/new.html", {"form": form}, status=status))


@require_POST
@login_required
def open_for(http: ActorRequest, number: str, place: int) -> HttpResponse:
    """Open the case of a claim that was handed to a lawyer."""
    actor = _opener(http)
    claims = Claim.objects.filter(status=ClaimStatus.LAWYER)
    if not isinstance(actor, Lawyer):
        claims = Claim.objects.visible_to(actor)
    claim = get_object_or_404(claims, request__number=number, place=place)
    form = LawyerForm(http.POST, people=lawyers())
    if isinstance(actor, Lawyer) and not http.POST.get("lawyer"):
        chosen = User.objects.get(pk=actor.id)
    elif form.is_valid():
        chosen = form.lawyer()
    else:
        messages.error(http, _("Choose one of the lawyers."))
        return private(redirect(claim.get_absolute_url()))
    try:
        case = opening.open_for(claim, chosen, by=actor, at=now())
    except Refused as refused:
        messages.error(http, refused.message)
        return private(redirect(claim.get_absolute_url()))
    return private(_after_opening(http, actor, case, back=claim.get_absolute_url()))


def _after_opening(
    http: ActorRequest, actor: Actor, case: CourtCase, *, back: str = ""
) -> HttpResponse:
    if isinstance(actor, Lawyer) and case.lawyer_id == actor.id:
        return redirect(case.get_absolute_url())
    who = case.lawyer.get_full_name() if case.lawyer else ""
    said = _("Case № %(number)s is opened; its lawyer is %(who)s.")
    messages.success(http, said % {"number": case.pk, "who": who})
    return redirect(back or "court:work")


@require_POST
@login_required
def assign(http: ActorRequest, pk: int) -> HttpResponse:
    """Give a case to another lawyer."""
    lawyer = doors.lawyer_in(http)
    if lawyer is None:
        raise Http404
    case = get_object_or_404(CourtCase.objects.given_out_by(lawyer), pk=pk)
    form = LawyerForm(http.POST, people=lawyers())
    seen = http.POST.get("version", "")
    if not form.is_valid() or not seen.isdecimal():
        messages.error(http, _("Choose one of the lawyers."))
        return private(redirect("court:work"))
    try:
        lifecycle.assign(case, form.lawyer(), by=lawyer, at=now(), seen_version=int(seen))
    except NotFound:
        raise Http404 from None
    except Refused as refused:
        messages.error(http, refused.message)
    else:
        said = _("Case № %(number)s goes to %(who)s.")
        messages.success(http, said % {"number": pk, "who": form.lawyer().get_full_name()})
    return private(redirect("court:work"))
