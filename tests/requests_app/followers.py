"""Followers of houses and incidents, as the portal keeps them."""

from __future__ import annotations

from datetime import datetime

from disclosure.models import Building
from notifications.models import Follow
from requests_app.models import Incident
from requests_app.topics import house_topic, incident_topic


def row(
    *,
    email: str,
    created_at: datetime,
    building: Building | None = None,
    building_id: int | None = None,
    incident: Incident | None = None,
    confirmed_at: datetime | None = None,
) -> Follow:
    """Return an unsaved follower of an incident, or else of a house."""
    house_id = building.pk if building else building_id
    assert house_id is not None
    return Follow(
        email=email,
        topic=incident_topic(incident.pk) if incident else house_topic(house_id),
        label=building.address if building else f"дом {house_id}",
        created_at=created_at,
        confirmed_at=confirmed_at,
    )


def add(**fields) -> Follow:
    """Store and return a follower."""
    made = row(**fields)
    made.save()
    return made
