"""
A resident who was asked whether it is fixed, and says nothing, has agreed when the time is over.

The letter that came with the act said so, and after closing there is still time to object.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db.models import Q

from accounts.actors import System
from requests_app import lifecycle
from requests_app.models import Request
from requests_app.statuses import Status

log = structlog.get_logger(__name__)

BATCH = 200


def close_silent(*, at: datetime) -> int:
    """
    Close every request whose resident kept silent for CONFIRM_WITHIN; return how many.

    Each closes in a transaction of its own, with its letters; one that cannot stops no other. Run
    twice at once, one of the two finds the request changed and leaves it.
    """
    closed = 0
    place: tuple[datetime, int] | None = None
    while page := _page(at, place):
        for item in page:
            closed += _close(item, at)
        last = page[-1]
        assert last.done_at is not None
        place = last.done_at, last.pk
    return closed


def _page(at: datetime, place: tuple[datetime, int] | None) -> list[Request]:
    silent = Request.objects.silent_since(at - lifecycle.CONFIRM_WITHIN).order_by("done_at", "id")
    if place is not None:
        done_at, pk = place
        silent = silent.filter(done_at__gte=done_at).filter(
            Q(done_at__gt=done_at) | Q(done_at=done_at, id__gt=pk)
        )
    return list(silent.only("id", "done_at", "version")[:BATCH])


def _close(item: Request, at: datetime) -> bool:
    try:
        lifecycle.move(item, Status.CLOSED, by=System(), at=at, seen_version=item.version)
    except lifecycle.Refused:
        # The resident answered, or another worker closed it, since the page was read.
        return False
    except Exception:
        log.exception("silent_request_not_closed", request=item.pk)
        return False
    return True
