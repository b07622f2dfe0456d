"""The page of a case: everything in it, for its lawyer with buttons, for its plaintiff to read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.text import capfirst
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.middleware import ActorRequest
from accounts.models import User
from accounts.phones import in_words
from claims.calculator.wording import rubles
from claims.court import letters, looks, papers
from claims.court.doors import Opened
from claims.court.figures import Sums, sums_of
from claims.court.forms import HearingForm, PaperForm, PartyForm, StepForm
from claims.court.lifecycle import steps_open_to
from claims.court.papers import Paper
from claims.court.statuses import (
    CaseKind,
    CaseStatus,
    HearingState,
    Outcome,
    PartyRole,
    Side,
)
from claims.court.where import Court
from claims.court.words import TONES, step_label
from claims.models import CaseEvent, CaseHearing, CaseParty, CourtCase
from claims.paper import printing
from requests_app.tracking.views import private

_HEARING_TONES = {
    HearingState.PLANNED: ("calendar", "work"),
    HearingState.HELD: ("check", "good"),
    HearingState.CANCELLED: ("minus-circle", "quiet"),
}


@dataclass
class Bound:
    """Forms that were sent and are shown with their mistakes; the others are made anew."""

    steps: dict[str, StepForm] = field(default_factory=dict)
    hearing: HearingForm | None = None
    moved: dict[int, HearingForm] = field(default_factory=dict)
    results: dict[int, str] = field(default_factory=dict)
    party: PartyForm | None = None
    parties: dict[int, PartyForm] = field(default_factory=dict)
    paper: PaperForm | None = None


def show(http: ActorRequest, here: Opened, bound: Bound | None = None) -> HttpResponse:
    """Return the page, the look at it noted; with `bound` it says what was wrong."""
    looks.note(here.case, "", by=here.actor, at=now())
    values = _values(here, bound or Bound(), at=now())
    status = 200 if bound is None else 422
    return private(render(http, "claims/court/case.html", values, status=status))


def _values(here: Opened, bound: Bound, *, at: datetime) -> dict[str, Any]:
    case = here.case
    is_lawyer = here.side == Side.LAWYER
    sums = sums_of(case, today=timezone.localtime(at).date())
    hearings = list(case.hearings.all())
    may_change = is_lawyer and not case.is_over
    icon, tone = TONES[CaseStatus(case.status)]
    steps = [
        (step, bound.steps.get(step.name) or StepForm(step=step, case=case))
        for step in steps_open_to(case, here.actor)
    ]
    return {
        "case": case,
        "base": here.base,
        "is_lawyer": is_lawyer,
        "may_change": may_change,
        "icon": icon,
        "tone": tone,
        "outcome": str(Outcome(case.outcome).label) if case.outcome else "",
        "back": _back(here),
        "facts": _facts(case),
        "sums": _sums(sums, case),
        "warnings": _warnings(case, sums) if is_lawyer else [],
        "steps": steps,
        "hearings": [_hearing(one, bound, at, may_change=may_change) for one in hearings],
        "hearing_form": (bound.hearing or HearingForm()) if may_change else None,
        "hearing_open": bound.hearing is not None,
        "parties": [_party(one, bound, may_change=may_change) for one in case.parties.all()],
        "party_form": (bound.party or PartyForm(auto_id="id_new_party_%s")) if may_change else None,
        "party_open": bound.party is not None,
        "papers": _papers(case),
        "documents": [
            {
                "title": one.title,
                "at": one.added_at,
                "who": capfirst(str(Side(one.added_by).label)),
                "href": f"{here.base}files/{one.upload_id}/",
                "remove": f"{here.base}files/{one.upload_id}/remove/"
                if not case.is_over and (is_lawyer or one.added_by == Side.PLAINTIFF)
                else "",
            }
            for one in case.documents.all()
        ],
        "paper_form": bound.paper or PaperForm(auto_id="id_paper_%s"),
        "story": [_line(event) for event in reversed(list(case.events.all()))],
        "lines": [printing.line(one) for one in case.claim.found["lines"]] if case.claim else [],
        "claim_number": case.claim.number if case.claim else "",
        "has_calendar": bool(hearings),
    }


def _back(here: Opened) -> dict[str, str]:
    if here.base.startswith("/requests/") and here.case.claim is not None:
        said = _("Claim %(number)s") % {"number": here.case.claim.number}
        return {"href": here.case.claim.get_absolute_url(), "word": said}
    return {"href": reverse("court:work"), "word": _("Court cases")}


def _facts(case: CourtCase) -> list[dict[str, str]]:
    def day(value: Any) -> str:
        return formats.date_format(value, "j E Y") if value else ""

    lawyer = case.lawyer
    rows = [
        (_("Subject"), case.subject),
        (_("How the court is asked"), str(CaseKind(case.kind).label)),
        (_("Lawyer"), lawyer.get_full_name() if isinstance(lawyer, User) else _("not assigned")),
        (_("Court"), "\n".join(filter(None, (case.court, case.court_address)))),
        (_("Number in the court"), case.court_number),
        (_("Judge"), case.judge),
        (pgettext("court case", "Filed"), day(case.filed_on)),
        (pgettext("court case", "Decided"), day(case.decided_on)),
        (pgettext("court case", "In force"), day(case.in_force_on)),
        (_("Writ of execution"), " · ".join(filter(None, (case.writ_number, day(case.writ_on))))),
        (_("Awarded"), "" if case.awarded_rub is None else rubles(case.awarded_rub)),
        (pgettext("court case", "Received"), rubles(case.paid_rub) if case.paid_rub else ""),
        (pgettext("court case", "Ended"), day(case.ended_on)),
    ]
    return [{"term": term, "value": value} for term, value in rows if value]


def _sums(sums: Sums, case: CourtCase) -> dict[str, Any]:
    duty, why = papers.duty_words(sums)
    more = []
    if sums.price.moral_rub:
        more.append((_("Moral damage"), rubles(sums.price.moral_rub)))
    if sums.price.fine_rub and case.kind == CaseKind.SUIT:
        more.append((_("Fine if all is awarded"), rubles(sums.price.fine_rub)))
    return {
        "lines": papers.price_lines(sums),
        "price": rubles(sums.price.price_rub),
        "duty": duty,
        "why": why,
        "more": more,
    }


def _warnings(case: CourtCase, sums: Sums) -> list[str]:
    said: list[str] = []
    if case.is_over:
        return said
    if case.kind == CaseKind.ORDER and not sums.may_be_order:
        said.append(
            _(
                "An order is for undisputed money up to 500,000 ₽, without works and moral damage "
                "(civil procedure code, articles 121 and 122). Choose a statement of claim."
            )
        )
    if not case.court:
        said.append(
            _("Name the court. For this price: a justice of the peace (article 23, part 1).")
            if sums.court == Court.JUSTICE
            else _("Name the court. For this demand: a district court.")
        )
    if not case.facts:
        said.append(_("Write the circumstances: without them the statement is empty."))
    if sums.duty is None:
        said.append(_("No scale of the duty is kept for this price and day."))
    return said


def _hearing(one: CaseHearing, bound: Bound, at: datetime, *, may_change: bool) -> dict[str, Any]:
    icon, tone = _HEARING_TONES[HearingState(one.state)]
    planned = one.state == HearingState.PLANNED
    return {
        "row": one,
        "when": letters.when(one),
        "zone": f"UTC{one.local:%z}"[:6],
        "word": str(HearingState(one.state).label),
        "icon": icon,
        "tone": tone,
        "is_past": one.starts_at < at,
        "form": (bound.moved.get(one.pk) or HearingForm(hearing=one))
        if may_change and planned
        else None,
        "is_open": one.pk in bound.moved,
        "wrong": bound.results.get(one.pk, ""),
    }


def _party(one: CaseParty, bound: Bound, *, may_change: bool) -> dict[str, Any]:
    rest = (one.inn, one.address, in_words(one.phone) if one.phone else "", one.email)
    return {
        "row": one,
        "role": capfirst(str(PartyRole(one.role).label)),
        "rest": ", ".join(filter(None, rest)),
        "form": (
            bound.parties.get(one.pk) or PartyForm(instance=one, auto_id=f"id_party_{one.pk}_%s")
        )
        if may_change
        else None,
        "is_open": one.pk in bound.parties,
        "may_drop": may_change and one.role != PartyRole.PLAINTIFF,
    }


def _papers(case: CourtCase) -> list[tuple[str, str]]:
    return [
        (Paper.STATEMENT, str(CaseKind(case.kind).label)),
        (Paper.PRICE, _("Calculation of the price of the suit")),
    ]


_OF_HEARINGS = frozenset({"hearing", "hearing_moved", "hearing_cancelled", "hearing_held"})
_ICONS = {**dict.fromkeys(_OF_HEARINGS, "calendar"), "paper": "document", "paper_removed": "trash"}


def _line(event: CaseEvent) -> dict[str, Any]:
    icon, tone = TONES[CaseStatus(event.status)]
    text = [] if event.amount_rub is None else [rubles(event.amount_rub)]
    if event.day and event.step not in _OF_HEARINGS:
        text.insert(0, formats.date_format(event.day, "j E Y"))
    if event.text:
        text.append(event.text)
    return {
        "title": str(step_label(event.step)),
        "at": event.at,
        "who": capfirst(str(Side(event.author).label)),
        "text": " · ".join(text),
        "icon": _ICONS.get(event.step, icon),
        "tone": tone,
    }
