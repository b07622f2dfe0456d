"""Cursors into the middle of the portal's lists, written as the lists write them."""

from __future__ import annotations

from django.utils.timezone import now

from accounts import keyset
from accounts.rest import pages
from requests_app.desk.tabs import BY_DUE, NEWEST
from requests_app.models import QueuePlace, Request
from requests_app.models.queue import ORDER, QueuePlaceQuerySet
from requests_app.open311 import windows
from requests_app.querysets import RequestQuerySet

DESK = "/api/v1/desk/requests/"
PUBLIC = "/api/v1/requests/"
# Rows of a page of Open311, where not the standard's thousand are asked for.
SMALL = 50


def middle() -> dict[str, str]:
    """Return by list the cursor of its middle; found by OFFSET, which only a bench may do."""
    rows = Request.objects.all()
    return {
        "desk": pages.sealed(_middle(rows.still_open(), BY_DUE), path=DESK, asked={}),
        "all": pages.sealed(_middle(rows, BY_DUE), path=DESK, asked={"status": "all"}),
        "newest": _middle(rows, NEWEST),
        "public": _middle(rows.public(), NEWEST),
        "public_api": pages.sealed(_middle(rows.public(), NEWEST), path=PUBLIC, asked={}),
        "queue": _middle(QueuePlace.objects.all(), ORDER),
        "open311": _last_page(),
    }


def _last_page() -> str:
    """Return the number of the last page of the days that Open311 looks back."""
    rows = Request.objects.public().filter(registered_at__gte=now() - windows.SPAN)
    return str(max(1, rows.count() // SMALL))


def _middle(rows: RequestQuerySet | QueuePlaceQuerySet, order: list[str]) -> str:
    row = rows.order_by(*order)[rows.count() // 2]
    return keyset._written(row, [name.lstrip("-") for name in order], backward=False)
