"""Locking a case's row, and the lines of its story."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.actors import Actor, user_id_of
from claims.court.refusals import NotFound
from claims.court.statuses import CaseStatus, Side
from claims.models import CaseEvent, CourtCase
from requests_app.models import RequestContact

# Files of a case are kept five years after its end, and the request's own data no shorter.
KEPT_FOR = timedelta(days=5 * 365 + 2)


def locked(case: CourtCase, by: Actor) -> CourtCase:
    row = (
        CourtCase.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=case.pk).first()
    )
    if row is None:
        raise NotFound
    return row


def event(
    case: CourtCase,
    step: str,
    side: Side,
    by: Actor,
    at: datetime,
    *,
    text: str = "",
    amount: Decimal | None = None,
    day: date | None = None,
) -> CaseEvent:
    return CaseEvent.objects.create(
        case=case,
        at=at,
        step=step,
        status=CaseStatus(case.status),
        author=side,
        user_id=user_id_of(by),
        text=text,
        amount_rub=amount,
        day=day,
    )


def keep_request(row: CourtCase, at: datetime) -> None:
    """Hold the personal data of the request: it is evidence while the case lives, and after."""
    if row.claim_id is None:
        return
    until = timezone.localtime(at).date() + KEPT_FOR
    RequestContact.objects.filter(request__claims=row.claim_id, retention_until__lt=until).update(
        retention_until=until
    )
