"""Opens an incident over houses and hangs requests on it, each in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.actors import Operator
from requests_app import lifecycle
from requests_app.models import Incident, IncidentBuilding, Request


@transaction.atomic
def open_incident(
    *,
    kind: str,
    utility: str,
    category: int,
    title: str,
    started_at: datetime,
    buildings: Iterable[int],
    by: Operator,
    text: str = "",
    expected_end_at: datetime | None = None,
) -> Incident:
    """Return the new incident over `buildings` (ids), entered by the operator."""
    incident = Incident.objects.create(
        kind=kind,
        utility=utility,
        category_id=category,
        title=title[:200],
        text=text,
        started_at=started_at,
        expected_end_at=expected_end_at,
        created_by_id=by.id,
    )
    IncidentBuilding.objects.bulk_create(
        IncidentBuilding(incident=incident, building_id=pk) for pk in dict.fromkeys(buildings)
    )
    return incident


def attach(incident: Incident, requests: Iterable[Request], *, by: Operator, at: datetime) -> int:
    """Hang the requests on the incident; return how many. One taken elsewhere stays there."""
    count = 0
    for item in requests:
        if item.incident_id is None and item.is_open:
            lifecycle.attach_to_incident(item, incident=incident.pk, by=by, at=at)
            count += 1
    return count
