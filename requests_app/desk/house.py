"""What else is going on at a house: other requests, likely duplicates, open incidents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.actors import Actor
from requests_app.desk.likeness import ALIKE, likeness
from requests_app.models import Category, Incident, Request
from requests_app.querysets import RequestQuerySet

SHOWN = 8
RECENT = timedelta(days=30)
# So many open requests of a house are compared by their words: a block of flats has a few dozen.
COMPARED = 60


@dataclass(frozen=True)
class Alike:
    """An open request of the house told in like words, and the share of words that they share."""

    item: Request
    share: float

    @property
    def percent(self) -> int:
        """The share for people."""
        return round(self.share * 100)


def _rows(building_id: int, by: Actor, apart_from: int | None) -> RequestQuerySet:
    rows = Request.objects.visible_to(by).filter(building_id=building_id)
    if apart_from is not None:
        rows = rows.exclude(pk=apart_from)
    return rows.select_related("category", "building").without_texts()


def open_here(building_id: int, *, by: Actor, apart_from: int | None = None) -> list[Request]:
    """Return the house's open requests, the most pressing first."""
    rows = _rows(building_id, by, apart_from).still_open()
    return list(rows.order_by("due_at", "id")[:SHOWN])


def recent_here(
    building_id: int, *, by: Actor, at: datetime, apart_from: int | None = None
) -> list[Request]:
    """Return what the house asked for in the last month and what is over by now."""
    rows = _rows(building_id, by, apart_from).over().filter(registered_at__gt=at - RECENT)
    return list(rows.order_by("-registered_at", "-id")[:SHOWN])


def repaired_before(item: Request, *, by: Actor) -> Request | None:
    """Return the latest repair of the same at this house shortly before the request, if any."""
    rows = _rows(item.building_id, by, item.pk).repaired_before(
        item.registered_at, item.building_id, item.category_id
    )
    return rows.order_by("-done_at", "-id").first()


def likely_duplicates(
    building_id: int, category: Category | None, *, by: Actor, apart_from: int | None = None
) -> list[Request]:
    """Return the house's open requests about the same matter or its neighbours in the tree."""
    if category is None:
        return []
    rows = _rows(building_id, by, apart_from).still_open()
    if category.parent_id is None:
        rows = rows.filter(category=category)
    else:
        rows = rows.filter(category__parent=category.parent_id)
    return list(rows.order_by("-registered_at", "-id")[:SHOWN])


def open_about(building_id: int, category_id: int, *, by: Actor) -> list[Request]:
    """Return the house's open requests about this very matter, in the order of their ids."""
    rows = Request.objects.visible_to(by).filter(building_id=building_id, category_id=category_id)
    return list(rows.still_open().without_texts().order_by("pk")[:COMPARED])


def alike_here(
    building_id: int, text: str, *, by: Actor, apart_from: int | None = None
) -> list[Alike]:
    """Return the house's open requests told in like words, whatever their matter; closest first."""
    rows = Request.objects.visible_to(by).filter(building_id=building_id).still_open()
    if apart_from is not None:
        rows = rows.exclude(pk=apart_from)
    compared = rows.select_related("category", "building").defer("norm_text", "search")
    found = [
        Alike(item, likeness(text, item.description))
        for item in compared.order_by("-registered_at", "-id")[:COMPARED]
    ]
    found = [one for one in found if one.share >= ALIKE]
    return sorted(found, key=lambda one: -one.share)[:SHOWN]


def incidents_here(building_id: int, *, at: datetime) -> list[Incident]:
    """Return the incidents that touch the house now."""
    return list(Incident.objects.open_at(at).at_building(building_id)[:SHOWN])
