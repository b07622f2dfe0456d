"""What is told of a case to its two people: rows of the outbox, in the caller's transaction."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import formats
from django.utils.translation import gettext_noop as noop

from claims.court.statuses import CaseStatus, HearingState, PartyRole, Side
from claims.court.words import step_label
from claims.models import CaseEvent, CaseHearing, CaseParty, CourtCase
from notifications import outbox
from notifications.models import Message, State
from notifications.said import start, words

# A week to find papers and witnesses, a day not to forget.
REMIND_BEFORE = (timedelta(days=7), timedelta(days=1))


def topic_of(case: CourtCase) -> str:
    """Return the topic all letters of a case share."""
    return f"court:{case.pk}"


def told(case: CourtCase, event: CaseEvent, *, at: datetime) -> None:
    """Tell both people of a line of the story; nobody hears of what they did themselves."""
    context = {
        "news": "step",
        "number": case.pk,
        "step": words("case_step", event.step),
        "status": words("case_status", event.status),
        "amount": "" if event.amount_rub is None else words("rubles", str(event.amount_rub)),
        "text": event.text,
    }
    for side, email, user_id in _people(case):
        if side == event.author or (user_id and user_id == event.user_id):
            continue
        _enqueue(case, f"event:{event.pk}", side, email, user_id, context, at=at)


def hearing_told(hearing: CaseHearing, news: str, *, by: Side, at: datetime) -> None:
    """Tell whoever did not do it: `news` is hearing, hearing_moved or hearing_cancelled."""
    case = hearing.case
    for side, email, user_id in _people(case):
        if side == by:
            continue
        context = {"news": news, **_of_hearing(hearing)}
        key = f"{news}:{hearing.uid}:{hearing.sequence}"
        _enqueue(case, key, side, email, user_id, context, at=at)


def remind(hearing: CaseHearing, *, at: datetime) -> None:
    """Write the reminders of a hearing for both people; those whose day is past are not needed."""
    if hearing.state != HearingState.PLANNED:
        return
    for before in REMIND_BEFORE:
        due = hearing.starts_at - before
        if due <= at:
            continue
        for side, email, user_id in _people(hearing.case):
            _enqueue(
                hearing.case,
                f"remind:{hearing.uid}:{hearing.sequence}:{before.days}:{user_id or 0}",
                side,
                email,
                user_id,
                {"news": "reminder", **_of_hearing(hearing)},
                at=at,
                not_before=due,
                expires_at=hearing.starts_at,
            )


def remind_all(case: CourtCase, *, at: datetime) -> None:
    """Write the reminders of every hearing ahead: the lawyer is another one."""
    for hearing in CaseHearing.objects.ahead(at).filter(case=case).select_related("case"):
        remind(hearing, at=at)


def forget_reminders(case: CourtCase, hearing: CaseHearing | None = None) -> None:
    """Take back reminders that have not left, of one hearing or of all."""
    waiting = Message.objects.filter(
        topic=topic_of(case), state=State.QUEUED, event="court.reminder"
    )
    if hearing is not None:
        waiting = waiting.filter(dedupe_key__startswith=f"court:remind:{hearing.uid}:")
    waiting.delete()


def _people(case: CourtCase) -> list[tuple[Side, str, int | None]]:
    """Return (side, address, account) of those who can be written to."""
    found: list[tuple[Side, str, int | None]] = []
    if case.lawyer is not None and case.lawyer.is_active:
        found.append((Side.LAWYER, case.lawyer.email, case.lawyer_id))
    plaintiff = CaseParty.objects.filter(case=case, role=PartyRole.PLAINTIFF).first()
    email = plaintiff.email if plaintiff else ""
    if not email and case.plaintiff is not None and case.plaintiff.is_active:
        email = case.plaintiff.email
    if email:
        found.append((Side.PLAINTIFF, email, case.plaintiff_id))
    return found


def _enqueue(
    case: CourtCase,
    key: str,
    side: Side,
    email: str,
    user_id: int | None,
    context: dict[str, Any],
    *,
    at: datetime,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
) -> None:
    link = "court_case" if side == Side.LAWYER else "court_case_of_plaintiff"
    outbox.enqueue(
        event=f"court.{context['news']}",
        template="claims/mail/court",
        to=email,
        context={**context, "side": str(side), "link": {"link": link, "id": case.pk}},
        topic=topic_of(case),
        dedupe_key=f"court:{key}:{side}",
        at=at,
        user_id=user_id,
        why=noop("You are the lawyer of this case.")
        if side == Side.LAWYER
        else noop("The contact centre's lawyer conducts your case."),
        not_before=not_before,
        expires_at=expires_at,
    )


def _of_hearing(hearing: CaseHearing) -> dict[str, Any]:
    return {
        "number": hearing.case_id,
        "when": start(hearing.local),
        "place": hearing.place,
        "note": hearing.note,
    }


def when(hearing: CaseHearing) -> str:
    """Return «1 декабря 2026, вторник, 14:20» by the court's clock."""
    local = hearing.local
    return f"{formats.date_format(local, 'j E Y, l').lower()}, {local:%H:%M}"


def step_words(name: str) -> str:
    """Return what a line of the story is called; for notifications.said."""
    return str(step_label(name))


def status_words(code: str) -> str:
    """Return the word of a case's status; for notifications.said."""
    return str(CaseStatus(code).label)
