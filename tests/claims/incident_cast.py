"""An incident that ended, with requests on it: what the tests of its money play on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from accounts.actors import System
from requests_app.incidents import ending, jobs, opening
from requests_app.models import Category, Incident, Request
from tests.city_fixtures import NOON

MATTER = "hw_none"
# 31 hours without hot water: 2 March 12:00 UTC, 16:00 in the city, to 3 March 23:00.
STARTED, ENDED = NOON, NOON + timedelta(hours=31)
AFTER = ENDED + timedelta(minutes=10)


def an_incident(
    houses: list[int],
    *,
    requests: list[Request] | tuple[Request, ...] = (),
    started_at: datetime = STARTED,
    utility: str = "hot_water",
    matter: str = MATTER,
    **fields: Any,
) -> Incident:
    """Open an incident over the houses (ids) and hang the requests on it."""
    return opening.open_incident(
        kind=fields.pop("kind", "fault"),
        utility=utility,
        category=Category.objects.get(slug=matter).pk,
        title="Прорыв трубы на Садовой",
        started_at=started_at,
        buildings=houses,
        requests=[item.pk for item in requests],
        by=System(),
        at=started_at + timedelta(minutes=1),
        **fields,
    )


def ended(incident: Incident, *, at: datetime = ENDED) -> Incident:
    """End it with its act, do the background work, and return it re-read."""
    ending.end(
        incident.pk,
        signed_on=at.date(),
        signer="Мастер Фёдоров",
        text="Трубу заменили",
        by=System(),
        at=at,
    )
    jobs.run(at=at)
    incident.refresh_from_db()
    return incident
