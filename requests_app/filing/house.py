"""What the address step says of a house at once: who runs it, whom to call, what is known there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from disclosure.answerable import who_runs
from disclosure.models import Building, ManagementCompany
from requests_app import deadlines
from requests_app.models import Incident


@dataclass(frozen=True)
class KnownIncident:
    """An open incident at the house, in words."""

    id: int
    title: str
    text: str
    is_planned: bool
    started_at: datetime
    until: str


@dataclass(frozen=True)
class House:
    """A chosen house."""

    building: Building
    company: ManagementCompany | None
    incidents: list[KnownIncident]

    @property
    def dispatcher_phone(self) -> str:
        """The phone that answers day and night, else the office's, else ""."""
        if self.company is None:
            return ""
        return self.company.dispatcher_phone or self.company.phone


def known(building_id: int, *, at: datetime) -> House | None:
    """Return what is known of the house; None where the register has none. Three queries."""
    building = Building.objects.filter(pk=building_id).first()
    if building is None:
        return None
    return House(
        building=building,
        company=who_runs(building.pk, timezone.localtime(at).date()),
        incidents=[
            KnownIncident(
                id=incident.pk,
                title=incident.title,
                text=incident.text,
                is_planned=incident.kind == "planned",
                started_at=incident.started_at,
                until=until(incident, at=at),
            )
            for incident in Incident.objects.open_at(at).at_building(building.pk)[:5]
        ],
    )


def until(incident: Incident, *, at: datetime) -> str:
    """Return by when the incident should end, in words; "" where nobody promised."""
    if incident.expected_end_at is None or incident.expected_end_at < at:
        return ""
    return deadlines.in_words(
        incident.expected_end_at, now=at, zone=timezone.get_current_timezone()
    )
