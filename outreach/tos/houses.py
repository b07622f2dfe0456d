"""Which houses belong to a ТОС: those its boundary embraces, and those an editor named."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from disclosure import viewport
from disclosure.models import Building
from outreach.models import Tos, TosHouse
from outreach.tos import boundaries


@transaction.atomic
def draw(tos: Tos, geometry: dict[str, Any] | None, *, at: datetime) -> None:
    """Give the ТОС another boundary, checked by `boundaries`, and the houses inside of it."""
    row = Tos.objects.select_for_update().get(pk=tos.pk)
    if row.boundary != geometry:
        row.boundary = tos.boundary = geometry
        row.boundary_at = tos.boundary_at = at
        row.save(update_fields=["boundary", "boundary_at"])
    settle(row)


@transaction.atomic
def settle(tos: Tos) -> None:
    """Make the houses found by the boundary agree with it; those an editor named stay."""
    Tos.objects.select_for_update().get(pk=tos.pk)
    inside = _inside(tos.boundary) if tos.boundary else set()
    kept = dict(TosHouse.objects.filter(tos=tos).values_list("building_id", "is_listed"))
    gone = [pk for pk, is_listed in kept.items() if not is_listed and pk not in inside]
    TosHouse.objects.filter(tos=tos, building__in=gone).delete()
    TosHouse.objects.bulk_create(
        [TosHouse(tos=tos, building_id=pk, is_listed=False) for pk in sorted(inside - kept.keys())]
    )


@transaction.atomic
def name(tos: Tos, buildings: Iterable[int]) -> None:
    """Add the houses to those an editor named."""
    for building in buildings:
        TosHouse.objects.update_or_create(
            tos=tos, building_id=building, defaults={"is_listed": True}
        )


def settle_all() -> int:
    """Look again which houses lie inside: the register grows. Return of how many ТОС."""
    drawn = list(Tos.objects.exclude(boundary=None).order_by("pk"))
    for tos in drawn:
        settle(tos)
    return len(drawn)


def _inside(geometry: dict[str, Any]) -> set[int]:
    near = Building.objects.filter(viewport.within(boundaries.box(geometry), building=""))
    known = near.exclude(lat=None).values_list("pk", "lat", "lon")
    return boundaries.inside(geometry, [(pk, lat or 0, lon or 0) for pk, lat, lon in known])
