"""
A case's file is emptied five years after its end; the case stays for the statistics.

Gone are parties, texts, scans, hearings' notes, story's words, letters and accounts; kind, court,
stages, outcome, sums and dates stay. The request's own data is held meanwhile:
`story.keep_request`.
"""

from __future__ import annotations

from datetime import date, datetime

import structlog
from django.db import transaction

from accounts.models import Upload
from accounts.uploads import sweeping
from claims.court.letters import topic_of
from claims.court.story import KEPT_FOR
from claims.models import CaseDocument, CaseEvent, CaseHearing, CaseParty, CourtCase
from notifications.models import Message

log = structlog.get_logger(__name__)


def forget_ended(*, today: date, at: datetime, batch: int = 100) -> int:
    """Empty up to `batch` files whose time is over; return how many."""
    due = CourtCase.objects.past_retention(today - KEPT_FOR).order_by("pk")
    return sum(
        _forget(pk, today=today, at=at) for pk in list(due.values_list("pk", flat=True)[:batch])
    )


@transaction.atomic
def _forget(pk: int, *, today: date, at: datetime) -> bool:
    case = (
        CourtCase.objects.past_retention(today - KEPT_FOR)
        .select_for_update(of=("self",), skip_locked=True)
        .filter(pk=pk)
        .first()
    )
    if case is None:
        return False
    papers = CaseDocument.objects.filter(case=case)
    files = list(Upload.objects.filter(pk__in=papers.values("upload")))
    papers.delete()
    sweeping.destroy(files)
    CaseParty.objects.filter(case=case).delete()
    CaseEvent.objects.filter(case=case).update(text="", user=None)
    CaseHearing.objects.filter(case=case).update(place="", note="", result="")
    letters, _by_model = Message.objects.filter(topic=topic_of(case)).delete()
    CourtCase.objects.filter(pk=pk).update(
        plaintiff=None,
        court_number="",
        judge="",
        subject="",
        facts="",
        demands="",
        attachments="",
        authority="",
        writ_number="",
        erased_at=at,
    )
    log.info("court_case_emptied", case=pk, files=len(files), letters=letters)
    return True
