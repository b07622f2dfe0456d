"""What else is going on at a house: other requests, likely duplicates, open incidents."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.actors import Actor
from requests_app.models import Category, Incident, Request
from requests_app.querysets import RequestQuerySet

SHOWN = 8
RECENT = timedelta(days=30)


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


def incidents_here(building_id: int, *, at: datetime) -> list[Incident]:
    """Return the incidents that touch the house now."""
    return list(Incident.objects.open_at(at).at_building(building_id)[:SHOWN])
