"""
Quality calls: which repairs are checked by phone, and what a call leads to.

The lot falls upon all repairs of a day alike, also on those that silence closed: executors cannot
know which of their works will be asked about.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection, transaction
from django.db.models import Avg, Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Operator
from requests_app import lifecycle
from requests_app.lifecycle import Details, Refused
from requests_app.models import CallState, QualityCall, Request
from requests_app.statuses import Outcome, Status

SHARE, LEAST = 0.02, 5
# After so many calls without an answer nobody is called again.
TRIES = 3
# Orders of the two lists: the longest waiting first, the last called first.
WAITING, CALLED = ["drawn_on", "id"], ["-called_at", "-id"]
FIGURES_OF = timedelta(days=90)
# Any number, the same for whoever draws.
_LOCK = 7_210_354


@transaction.atomic
def draw(day: date) -> int:
    """
    Draw the calls for what was closed as fixed on `day`, of the city; return how many.

    A day is drawn once: again, or by two at once, it returns 0.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    if QualityCall.objects.filter(drawn_on=day).exists():
        return 0
    since = datetime.combine(day, time(), timezone.get_current_timezone())
    until = datetime.combine(day + timedelta(days=1), time(), timezone.get_current_timezone())
    repaired = (
        Request.objects.filter(
            status=Status.CLOSED,
            outcome=Outcome.FIXED,
            closed_at__gte=since,
            closed_at__lt=until,
            quality_call=None,
        )
        .exclude(contact__phone="")
        .exclude(contact=None)
    )
    wanted = max(LEAST, math.ceil(SHARE * repaired.count()))
    chosen = repaired.order_by("?").values_list("pk", flat=True)[:wanted]
    calls = [QualityCall(request_id=pk, drawn_on=day) for pk in chosen]
    return len(QualityCall.objects.bulk_create(calls))


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came of a call: `state` is never WAITING; the rest only of one who talked."""

    state: CallState
    is_fixed: bool | None = None
    mark: int | None = None
    text: str = ""


@transaction.atomic
def record(
    call: QualityCall,
    answer: Answer,
    *,
    by: Operator,
    at: datetime,
    seen_version: int | None = None,
) -> QualityCall:
    """
    Write down a call. A repair that does not hold sends the request back to work, a mark counts.

    Without an answer the call waits again, until the last try. Raise Refused and write nothing,
    also where the call is not the one that was seen.
    """
    row = QualityCall.objects.select_for_update().get(pk=call.pk)
    if seen_version is not None and row.version != seen_version:
        raise Refused("", _("Somebody has changed this since you read it. Read it again."), "stale")
    if row.state != CallState.WAITING:
        raise Refused("", _("This call was written down already."), "called")
    row.called_at, row.called_by_id = at, by.id
    match answer.state:
        case CallState.MISSED:
            row.tries += 1
            if row.tries >= TRIES:
                row.state = CallState.MISSED
        case CallState.TALKED:
            if answer.is_fixed is None:
                raise Refused("is_fixed", _("Say whether it is fixed."), "answer_needed")
            row.state, row.is_fixed = CallState.TALKED, answer.is_fixed
            _act(row, answer, by=by, at=at)
        case _:
            row.state = CallState.DECLINED
    row.save()
    return row


def _act(row: QualityCall, answer: Answer, *, by: Operator, at: datetime) -> None:
    item = Request.objects.get(pk=row.request_id)
    if not answer.is_fixed:
        # The resident may have said so on the page meanwhile.
        if item.status == Status.CLOSED:
            lifecycle.move(item, Status.REOPENED, by=by, at=at, details=Details(text=answer.text))
    elif answer.mark is not None:
        lifecycle.mark(item, value=answer.mark, text=answer.text, by=by, at=at)
    elif answer.text:
        lifecycle.internal_note(item, by=by, at=at, text=answer.text)


def figures(*, since: datetime) -> dict[str, float | int | None]:
    """Return what calls since then found: `talked`, `fixed` of them, mean `mark`, `missed`."""
    return QualityCall.objects.filter(called_at__gte=since).aggregate(
        talked=Count("pk", filter=Q(state=CallState.TALKED)),
        fixed=Count("pk", filter=Q(is_fixed=True)),
        missed=Count("pk", filter=Q(state=CallState.MISSED)),
        mark=Avg("request__mark__value", filter=Q(is_fixed=True)),
    )
