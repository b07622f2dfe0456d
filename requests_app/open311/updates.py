"""
News of public requests, as mySociety's fronts ask for them: each change of state, once.

Words of people and of executors may name somebody: they stay on the request's own page.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from requests_app.models import EventKind, RequestEvent
from requests_app.open311 import states, windows
from requests_app.open311.errors import bad
from requests_app.open311.formats import Stream
from requests_app.statuses import public_words

# Without dates: a front that asks every hour and missed one still hears everything.
RECENT = timedelta(hours=2)
SPAN = timedelta(days=31)
_CHUNK = 1_000
_NAMES = ("start_date", "end_date")


def lines() -> QuerySet[RequestEvent]:
    """Return the changes of state that everybody may know of."""
    return RequestEvent.objects.filter(
        kind=EventKind.STATUS, public=True, request__public=True
    ).only("request_id", "at", "status", "data")


def words(line: RequestEvent) -> str:
    """Return what everybody reads of a change of state."""
    told = str(public_words(line.status, line.data.get("outcome", "")))
    executor = line.data.get("executor", "")
    return f"{told}: {executor}" if executor else told


def updates(http: HttpRequest) -> Stream:
    """
    Return every change of state between two moments, oldest first: both or neither is given.

    Nothing is cut off: the answer is written while it is read, so its length costs no memory.
    """
    given = [http.GET.get(name, "").strip() for name in _NAMES]
    at = timezone.now()
    if not any(given):
        window = windows.of(_NAMES, ("", ""), at=at, span=RECENT)
    elif all(given):
        window = windows.of(_NAMES, (given[0], given[1]), at=at, span=SPAN)
    else:
        missing = _NAMES[given.index("")]
        raise bad(missing, _("Give both dates or neither."))
    return Stream("service_request_updates", _news(window))


def _news(window: windows.Window) -> Iterator[dict[str, Any]]:
    found = lines().filter(at__lt=window.end).select_related("request")
    found = found.only("request__number", "at", "status", "data").order_by("at", "id")
    after, known = window.start, 0
    while True:
        # By key, a chunk at a time: no cursor stays open while a slow reader reads.
        chunk = list(found.filter(at__gte=after).exclude(at=after, id__lte=known)[:_CHUNK])
        yield from map(_thing, chunk)
        if len(chunk) < _CHUNK:
            return
        after, known = chunk[-1].at, chunk[-1].pk


def _thing(line: RequestEvent) -> dict[str, Any]:
    return {
        "update_id": str(line.pk),
        "service_request_id": line.request.number,
        "status": states.news_of(line.status, line.data.get("outcome", "")),
        "updated_datetime": windows.shown(line.at),
        "description": words(line),
        "media_url": None,
        "external_status_code": line.status,
    }
