"""What a visitor chose among outages: when, which utility, which house."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from disclosure import address_search
from disclosure.models import Building
from disclosure.utilities import Utility
from requests_app.models import Incident
from requests_app.querysets import IncidentQuerySet
from requests_app.typed_text import one_line

WHEN = {"now": _("Now"), "planned": _("Planned"), "past": _("Past")}


@dataclass(frozen=True)
class Choice:
    """A choice that stands in the address of the page."""

    when: str = "now"
    utility: str = ""
    q: str = ""
    building: int | None = None

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Choice:
        """Return the choice; what is unknown is as if it was not said. One search at most."""
        q = one_line(asked.get("q", ""))[:200]
        when, utility = asked.get("when", ""), asked.get("utility", "")
        building: int | None = None
        if q:
            building = next((house.id for house in address_search.find(q, limit=1)), 0)
        return cls(
            when=when if when in WHEN else "now",
            utility=utility if utility in Utility.values else "",
            q=q,
            building=building,
        )

    def rows(self, at: datetime) -> IncidentQuerySet:
        """Return the incidents; a house that was not found has none."""
        rows = Incident.objects.all()
        match self.when:
            case "planned":
                rows = rows.planned_at(at)
            case "past":
                rows = rows.past_at(at)
            case "all":
                # For programs that keep a copy: also what went into another.
                pass
            case _:
                rows = rows.open_at(at)
        if self.utility:
            rows = rows.filter(utility=self.utility)
        if self.building is not None:
            rows = rows.filter(incidentbuilding__building_id=self.building)
        return rows

    @property
    def order(self) -> list[str]:
        """Soonest first for what is to come, newest first for all else."""
        return ["started_at", "id"] if self.when == "planned" else ["-started_at", "-id"]

    @property
    def house(self) -> Building | None:
        """The house that the words mean."""
        return Building.objects.filter(pk=self.building).first() if self.building else None

    def query(self, **other: str) -> str:
        """Return the choice as a query string, with `other` in its place."""
        values = {"when": self.when, "utility": self.utility, "q": self.q, **other}
        return urlencode({name: value for name, value in values.items() if value})
