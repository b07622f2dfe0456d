"""What a reader of the public list chose to see: service, open or closed, district."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from requests_app.models import Category, Request
from requests_app.querysets import RequestQuerySet
from requests_app.statuses import Status

OPEN, CLOSED = "open", "closed"
STATES = ((OPEN, _("Being worked on")), (CLOSED, _("Closed")))


@dataclass(frozen=True)
class Choice:
    """The filters of the list and of the map; an unknown value chooses nothing."""

    service: str = ""
    state: str = ""
    district: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> Choice:
        """Return what the address says."""
        state, district = query.get("state", ""), query.get("district", "")
        service = query.get("service", "")[:64]
        return cls(
            service=service if service.replace("_", "").replace("-", "").isalnum() else "",
            state=state if state in {OPEN, CLOSED} else "",
            district=district if district in settings.CITY.districts else "",
        )

    @property
    def query(self) -> str:
        """The choice as the query of an address, "" for everything."""
        chosen = {"service": self.service, "state": self.state, "district": self.district}
        return urlencode({name: value for name, value in chosen.items() if value})

    def rows(self) -> RequestQuerySet:
        """Return the chosen public requests."""
        found: Any = Request.objects.public()
        if self.service:
            # Ids first: the planner then walks the newest rows instead of joining them all.
            leaves = Category.objects.filter(
                models.Q(parent__slug=self.service) | models.Q(slug=self.service)
            ).values_list("pk", flat=True)
            found = found.filter(category_id__in=list(leaves))
        if self.state == OPEN:
            found = found.still_open()
        elif self.state == CLOSED:
            found = found.filter(status=Status.CLOSED)
        if self.district:
            found = found.filter(building__district=self.district)
        rows: RequestQuerySet = found
        return rows
