"""
Steps of a court case, and giving it to another lawyer.

Each locks the row, re-reads it, asks the table of steps, and writes case, story, letters and the
claim's own step in one transaction. Nothing else writes `CourtCase.status`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor, System
from accounts.models import User
from claims import lifecycle as claim_lifecycle
from claims.court import letters, steps, story
from claims.court.people import check_lawyer, side_of
from claims.court.refusals import NotFound, Refused, Stale
from claims.court.statuses import OVER, CaseKind, Outcome, Side
from claims.court.steps import Need, Step
from claims.court.typed import needed_line
from claims.models import CourtCase
from claims.recalculation.money import kopecks
from claims.statuses import ClaimStatus
from requests_app.typed_text import paragraphs

TEXT_MAX = 5_000


@dataclass(frozen=True, kw_only=True)
class Details:
    """What a step brings with it; which of these it must bring, the table says."""

    day: date | None = None
    text: str = ""
    court_number: str = ""
    judge: str = ""
    outcome: str = ""
    awarded_rub: Decimal | None = None
    amount_rub: Decimal | None = None
    writ_number: str = ""


def assign(case: CourtCase, lawyer: User, *, by: Actor, at: datetime, seen_version: int) -> None:
    """Give the case to another lawyer; both and the plaintiff are told. Raise Refused."""
    with transaction.atomic():
        row = (
            CourtCase.objects.given_out_by(by)
            .select_for_update(of=("self",))
            .filter(pk=case.pk)
            .first()
        )
        if row is None:
            raise NotFound
        if row.lawyer_id == lawyer.pk:
            return
        if row.version != seen_version:
            raise Stale
        check_lawyer(lawyer)
        letters.forget_reminders(row)
        row.lawyer, row.changed_at, row.version = lawyer, max(at, row.changed_at), row.version + 1
        row.save(update_fields=["lawyer", "changed_at", "version"])
        event = story.event(row, "assign", Side.HEAD, by, at, text=lawyer.get_full_name())
        letters.told(row, event, at=at)
        letters.remind_all(row, at=at)


def steps_open_to(case: CourtCase, actor: Actor) -> list[Step]:
    """Return the steps the actor may make now, for buttons."""
    side = side_of(case, actor)
    return [] if side is None else steps.open_to(case.status, kind=case.kind, side=side)


def move(
    case: CourtCase,
    name: str,
    *,
    by: Actor,
    at: datetime,
    details: Details = Details(),
    seen_version: int | None = None,
) -> CourtCase:
    """
    Make the step `name` and return the case re-read; raise Refused and write nothing.

    `seen_version` is the one the sender looked at: with another the step is Stale.
    """
    with transaction.atomic():
        row = story.locked(case, by)
        side = side_of(row, by)
        if side is None:
            raise NotFound
        if seen_version is not None and row.version != seen_version:
            raise Stale
        step = steps.find(row.status, name, kind=row.kind, side=side)
        if step is None:
            raise Refused("", _("The case does not stand where this can be done."), "forbidden")
        at = max(at, row.changed_at)
        text = _text(step, details)
        amount = _apply(row, step, details, today=timezone.localtime(at).date())
        row.status, row.changed_at, row.version = step.target, at, row.version + 1
        row.save(update_fields=_CHANGING)
        event = story.event(row, step.name, side, by, at, text=text, amount=amount, day=details.day)
        if row.status in OVER:
            letters.forget_reminders(row)
            _end_claim(row, at)
        story.keep_request(row, at)
        letters.told(row, event, at=at)
    return row


_CHANGING = [
    "kind",
    "status",
    "outcome",
    "changed_at",
    "version",
    "court_number",
    "judge",
    "filed_on",
    "decided_on",
    "in_force_on",
    "writ_number",
    "writ_on",
    "ended_on",
    "awarded_rub",
    "paid_rub",
]


def _text(step: Step, details: Details) -> str:
    text = paragraphs(details.text)
    if Need.TEXT in step.needs and not text:
        raise Refused("text", _("Write the reason."), "text_required")
    if len(text) > TEXT_MAX:
        said = _("At most %(most)s characters.") % {"most": TEXT_MAX}
        raise Refused("text", said, "text_too_long")
    return text


def _apply(row: CourtCase, step: Step, details: Details, *, today: date) -> Decimal | None:
    """Set what the step brings and return the rubles it is about."""
    day = _day(row, step, details, today)
    _take_words(row, step, details)
    amount = _take_money(row, step, details)
    match step.name:
        case "file":
            row.filed_on = day
        case "return_papers":
            row.filed_on = None
        case "cancel_order":
            row.kind, row.outcome, row.awarded_rub = CaseKind.SUIT, "", None
            row.filed_on = row.decided_on = None
        case "issue_order" | "decide":
            row.decided_on = day
        case "settle":
            row.decided_on = row.in_force_on = day
        case "decide_appeal" | "come_into_force":
            row.in_force_on = day
        case "take_writ":
            row.writ_on = day
    if step.target in OVER:
        row.ended_on = day or today
    return amount


def _take_words(row: CourtCase, step: Step, details: Details) -> None:
    if Need.COURT_NUMBER in step.needs:
        row.court_number = needed_line(details.court_number, "court_number", 60)
    if Need.JUDGE in step.needs:
        row.judge = needed_line(details.judge, "judge", 200)
    if Need.WRIT_NUMBER in step.needs:
        row.writ_number = needed_line(details.writ_number, "writ_number", 60)
    if step.outcome is not None:
        row.outcome = step.outcome
    if Need.OUTCOME in step.needs:
        if details.outcome not in {Outcome.WON, Outcome.PARTLY, Outcome.LOST}:
            raise Refused("outcome", _("Say how the court decided."), "outcome")
        row.outcome = details.outcome


def _take_money(row: CourtCase, step: Step, details: Details) -> Decimal | None:
    amount = None
    if Need.AWARDED in step.needs:
        amount = row.awarded_rub = _awarded(row, details.awarded_rub)
    if Need.AMOUNT in step.needs:
        amount = kopecks(details.amount_rub or Decimal(0))
        if amount <= 0:
            raise Refused("amount_rub", _("Name the money."), "amount")
        row.paid_rub += amount
    return amount


def _day(row: CourtCase, step: Step, details: Details, today: date) -> date | None:
    if Need.DAY not in step.needs:
        return None
    if details.day is None:
        raise Refused("day", _("Name the day."), "day")
    if details.day > today:
        raise Refused("day", _("This day has not come yet."), "day")
    for before in (row.in_force_on, row.decided_on, row.filed_on):
        if before is not None and details.day < before:
            said = _("Before the step that came before it: %(day)s.")
            raise Refused("day", said % {"day": f"{before:%d.%m.%Y}"}, "day")
    return details.day


def _awarded(row: CourtCase, awarded: Decimal | None) -> Decimal:
    amount = kopecks(awarded or Decimal(0))
    if row.outcome == Outcome.LOST and amount:
        raise Refused("awarded_rub", _("A lost suit awards nothing."), "awarded")
    if row.outcome != Outcome.LOST and not amount and not row.asks_works:
        raise Refused("awarded_rub", _("Name the sum that the court awarded."), "awarded")
    return amount


def _end_claim(row: CourtCase, at: datetime) -> None:
    """Move the claim on by its own table; a claim that was settled otherwise stays as it is."""
    claim = row.claim
    if claim is None or claim.status != ClaimStatus.LAWYER:
        return
    if row.paid_rub:
        day = max(claim.month, (row.ended_on or timezone.localtime(at).date()).replace(day=1))
        details = claim_lifecycle.Details(amount_rub=row.paid_rub, credited_in=day)
        claim_lifecycle.move(claim, ClaimStatus.PAID, by=System(), at=at, details=details)
        return
    said = _("The court case is over: %(outcome)s.")
    outcome = row.get_outcome_display().lower()
    details = claim_lifecycle.Details(text=said % {"outcome": outcome})
    claim_lifecycle.move(claim, ClaimStatus.LOST, by=System(), at=at, details=details)
