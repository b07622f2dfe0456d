"""What is told to whom when a claim moves: rows of the outbox, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from claims.calculator.wording import rubles
from claims.models import Claim, ClaimEvent, Recount
from claims.statuses import ClaimStatus
from notifications import outbox
from notifications.said import moment, month, words
from requests_app.models import RequestContact
from requests_app.steps import Role

LANGUAGE = "ru"


def told(claim: Claim, event: ClaimEvent, *, tells: AbstractSet[Role], at: datetime) -> None:
    """Tell those in `tells` about a line of the timeline; an organisation hears not of itself."""
    if Role.RESIDENT in tells:
        _to_resident(claim, event, at=at)
    if Role.EXECUTOR in tells and event.author != Role.EXECUTOR:
        _to_executor(claim, event, at=at)


def keys_of(event_id: int) -> list[str]:
    """Return the keys under which the letters about a line of a claim are written."""
    return [f"claim:{event_id}:resident", f"claim:{event_id}:executor"]


def _to_resident(claim: Claim, event: ClaimEvent, *, at: datetime) -> None:
    email = (
        RequestContact.objects.filter(request_id=claim.request_id)
        .exclude(email="")
        .values_list("email", flat=True)
        .first()
    )
    if not email:
        return
    outbox.enqueue(
        event=f"claim.{event.step}",
        template="claims/mail/resident",
        to=email,
        context={**_context(claim, event), "link": {"link": "claim", "id": claim.pk}},
        topic=f"request:{claim.request.number}",
        dedupe_key=f"claim:{event.pk}:resident",
        at=at,
        user_id=claim.request.resident_id,
        why=noop("You filed claim %(number)s."),
        why_of={"number": claim.number},
    )


def _to_executor(claim: Claim, event: ClaimEvent, *, at: datetime) -> None:
    organisation = claim.company or claim.supplier
    if organisation is None or not organisation.email:
        return
    outbox.enqueue(
        event=f"executor.claim.{event.step}",
        template="claims/mail/executor",
        to=organisation.email,
        # Without a code: the organisation opens it with its own account.
        context={**_context(claim, event), "link": {"link": "claim_of_executor", "id": claim.pk}},
        topic=f"executor:{organisation.inn or organisation.pk}",
        dedupe_key=f"claim:{event.pk}:executor",
        at=at,
        why=noop("Your organisation answers for claim %(number)s."),
        why_of={"number": claim.number},
    )


def recount_words(recount: Recount) -> str:
    """Return both sums, and which way it goes, as a line of the timeline says it."""
    with translation.override(LANGUAGE):
        sums = {"was": rubles(recount.was_rub), "now": rubles(recount.amount_rub)}
        if recount.amount_rub > recount.was_rub:
            return _("Counted anew: %(now)s instead of %(was)s, more than was demanded.") % sums
        return _("Counted anew: %(now)s instead of %(was)s, less than was demanded.") % sums


def recount_offered(recount: Recount, event: ClaimEvent, *, at: datetime) -> None:
    """Tell the resident that the claim may be counted anew, with both sums."""
    claim = recount.claim
    email = (
        RequestContact.objects.filter(request_id=claim.request_id)
        .exclude(email="")
        .values_list("email", flat=True)
        .first()
    )
    if not email:
        return
    outbox.enqueue(
        event=f"claim.{event.step}",
        template="claims/mail/recount",
        to=email,
        context={
            "number": claim.number,
            "service": words("service", claim.service),
            "month": month(claim.month),
            "was": words("rubles", str(recount.was_rub)),
            "now": words("rubles", str(recount.amount_rub)),
            "is_more": recount.amount_rub > recount.was_rub,
            "is_nothing": not recount.amount_rub,
            "link": {"link": "claim", "id": claim.pk},
        },
        topic=f"request:{claim.request.number}",
        dedupe_key=f"claim:{event.pk}:resident",
        at=at,
        user_id=claim.request.resident_id,
        why=noop("You filed claim %(number)s."),
        why_of={"number": claim.number},
    )


def _context(claim: Claim, event: ClaimEvent) -> dict[str, Any]:
    return {
        "number": claim.number,
        "service": words("service", claim.service),
        "month": month(claim.month),
        "amount": words("rubles", str(claim.amount_rub)),
        "granted": "" if claim.granted_rub is None else words("rubles", str(claim.granted_rub)),
        "credited": month(claim.credited_in),
        "status": claim.status,
        "status_words": words("claim_status", claim.status),
        "executor": claim.executor_name,
        "text": event.text,
        "due": moment(claim.due_at),
    }


def rubles_words(written: str) -> str:
    """Return «412 ₽ 18 к.»; for notifications.said."""
    return rubles(Decimal(written))


def status_words(code: str) -> str:
    """Return the word of a claim's status; for notifications.said."""
    return str(ClaimStatus(code).label)
