"""Reading requests: by filters and pages, by a list of numbers, one by one, and by token."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from requests_app.models import Category, Request
from requests_app.open311 import rows, states, updates, windows
from requests_app.open311.errors import Wrong, bad
from requests_app.open311.formats import Answer
from requests_app.querysets import RequestQuerySet

# Of the standard: a thousand rows, or ninety days.
MOST = 1_000
# Nobody has so many; more would not fit the database's own count.
_FAR = 10**9
_TRUE = frozenset({"true", "1", "yes"})


def search(http: HttpRequest) -> Answer:
    """
    Return the public requests that are asked for, newest first.

    `service_request_id` (by commas) overrides everything else. Otherwise a window of at most
    ninety days, by default the latest, and pages counted from 1; past the end they are empty.
    """
    asked = http.GET
    numbers = _listed(asked, "service_request_id")
    if numbers:
        return _answered(Request.objects.public().filter(number__in=numbers), asked)
    size = min(_number(asked, "page_size", MOST), MOST)
    page = max(_number(asked, "page", 1), 1)
    if size < 1:
        raise bad("page_size", _("At least 1."))
    if page * size > _FAR:
        return Answer("service_requests", [])
    # Numbers of rows first, from the index alone: a deep page then joins no more than it shows.
    chosen = _chosen(asked).order_by("-registered_at", "-id").values("pk")
    found = chosen[(page - 1) * size : page * size]
    return _answered(Request.objects.public().filter(pk__in=found), asked)


def one(http: HttpRequest, number: str) -> Answer:
    """Return one public request, in a list; one that is hidden or was never there is 404."""
    answer = _answered(_by_number(number), http.GET)
    if not answer.value:
        raise _unknown()
    return answer


def token(http: HttpRequest, token: str) -> Answer:
    """
    Return the request of a token; 404 for an unknown one.

    Every matter is answered at once, so no token is ever given out: the number serves as one.
    """
    found = _by_number(token).values_list("number", flat=True)
    for number in found[:1]:
        return Answer("service_requests", [{"service_request_id": number, "token": number}])
    raise _unknown()


def _unknown() -> Wrong:
    return Wrong(404, "service_request_id: " + _("There is no such request."))


def _by_number(number: str) -> RequestQuerySet:
    return Request.objects.public().filter(number=number.replace("\x00", ""))


def _answered(found: RequestQuerySet, asked: QueryDict) -> Answer:
    newest = found.order_by("-registered_at", "-id")
    items = list(newest.values_list(*rows.COLUMNS, named=True))
    things = [rows.thing(item) for item in items]
    if asked.get("extensions", "").strip().lower() in _TRUE:
        notes = _notes([item.pk for item in items])
        for thing, item in zip(things, items, strict=True):
            thing |= rows.extended(item, notes[item.pk])
    return Answer("service_requests", things)


def _notes(ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    if ids:
        for line in updates.lines().filter(request__in=ids).order_by("at", "id"):
            found[line.request_id].append(
                {
                    "datetime": windows.shown(line.at),
                    "description": updates.words(line),
                    "type": "status",
                }
            )
    return found


def _chosen(asked: QueryDict) -> RequestQuerySet:
    at = timezone.now()
    found = Request.objects.public()
    created = asked.get("start_date", "").strip(), asked.get("end_date", "").strip()
    changed = asked.get("updated_after", "").strip(), asked.get("updated_before", "").strip()
    if any(changed):
        window = windows.of(("updated_after", "updated_before"), changed, at=at)
        found = found.shown_changed(window.start, window.end)
    if any(created) or not any(changed):
        window = windows.of(("start_date", "end_date"), created, at=at)
        found = found.filter(registered_at__gte=window.start, registered_at__lt=window.end)
    if wanted := set(_listed(asked, "status")):
        if wanted - {states.OPEN, states.CLOSED}:
            raise bad("status", _("Write open, closed or both."))
        codes = sorted(str(code) for code, word in states.STATES.items() if word in wanted)
        found = found.filter(status__in=codes)
    if codes := _listed(asked, "service_code"):
        # Ids first: the planner then walks the window instead of joining it.
        matters = list(Category.objects.filter(slug__in=codes).values_list("pk", flat=True))
        if len(matters) < len(set(codes)):
            raise Wrong(404, "service_code: " + _("There is no such matter."))
        found = found.filter(category_id__in=matters)
    return found


def _listed(asked: QueryDict, name: str) -> list[str]:
    """Return the values of a parameter by commas; raise Wrong for more than MOST of them."""
    text = asked.get(name, "").replace("\x00", "")
    found = list(dict.fromkeys(part for word in text.split(",") if (part := word.strip())))
    if len(found) > MOST:
        raise bad(name, _("At most %(limit)d at once.") % {"limit": MOST})
    return found


def _number(asked: QueryDict, name: str, default: int) -> int:
    text = asked.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdecimal()):
        raise bad(name, _("Write a whole number."))
    # No more digits than can matter: Python itself refuses to read thousands of them.
    return int(text.lstrip("0")[:12] or "0")
