"""An organisation that does not answer in time has fallen silent: the resident is told."""

from __future__ import annotations

from datetime import datetime

import structlog

from accounts.actors import System
from claims import lifecycle
from claims.models import Claim
from claims.statuses import ClaimStatus

log = structlog.get_logger(__name__)

BATCH = 200


def fall_silent(*, at: datetime) -> int:
    """Mark each claim whose answer is late at `at`, in its own transaction; return how many."""
    marked, last = 0, 0
    while page := list(Claim.objects.unanswered(at).filter(pk__gt=last).order_by("pk")[:BATCH]):
        for claim in page:
            marked += _mark(claim, at)
        last = page[-1].pk
    return marked


def _mark(claim: Claim, at: datetime) -> bool:
    try:
        lifecycle.move(claim, ClaimStatus.SILENT, by=System(), at=at)
    except lifecycle.Refused:
        # It was answered since the page was read.
        return False
    except Exception:
        log.exception("silent_claim_not_marked", claim=claim.pk)
        return False
    return True
