"""An incident at one house, opened in one press from a call or a request."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Operator
from disclosure.models import Building
from requests_app import lifecycle
from requests_app.desk import house
from requests_app.incidents import opening
from requests_app.models import Incident, IncidentKind, Norm, Request

# A colleague who got the house first may have pressed a moment after us.
TOGETHER = timedelta(minutes=1)


def open_at(building_id: int, slug: str, *, by: Operator, at: datetime) -> Incident:
    """
    Open a fault over the house about the matter and hang the house's open requests about it on it.

    Where one about the matter is open already, that one is returned: two calls in a minute are one
    fault. Raise Refused for an unknown house or matter.
    """
    with transaction.atomic():
        # The house's row stands for its incidents: two operators pressing at once open one.
        building = Building.objects.select_for_update().filter(pk=building_id).first()
        norm = (
            Norm.objects.select_related("category")
            .filter(category__slug=slug, in_force__contains=timezone.localtime(at).date())
            .first()
        )
        if building is None or norm is None:
            raise lifecycle.Refused(
                "incident", _("Choose the house and the matter first."), "unknown"
            )
        known = (
            Incident.objects.open_at(at + TOGETHER)
            .at_building(building.pk)
            .filter(category=norm.category)
            .first()
        )
        incident = known or opening.open_incident(
            kind=IncidentKind.FAULT,
            utility=norm.utility,
            category=norm.category_id,
            title=f"{norm.category.name}: {building.address}",
            started_at=at,
            buildings=[building.pk],
            by=by,
            at=at,
        )
        same = [
            item
            for item in house.open_about(building.pk, norm.category_id, by=by)
            if item.incident_id is None
        ]
        opening.attach(incident, same, by=by, at=at)
        return incident


def open_for(item: Request, *, by: Operator, at: datetime) -> Incident:
    """Open a fault at the request's house about its matter, the request on it."""
    if not item.is_open:
        raise lifecycle.Refused("incident", _("The request is over: nothing waits."), "closed")
    return open_at(item.building_id, item.category.slug, by=by, at=at)
