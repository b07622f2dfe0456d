"""A row of the desk's lists: what the work list and the queue show of a request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from requests_app.desk import clock
from requests_app.models import QueuePlace, Request
from requests_app.statuses import Status


@dataclass(frozen=True)
class Row:
    """A request as the list shows it; no name, phone, flat or text."""

    item: Request
    href: str
    clock: clock.Clock
    operator: str
    word: str
    place: QueuePlace | None = None

    @property
    def waits(self) -> bool:
        """Whether the resident was asked something."""
        return self.item.status == Status.NEEDS_INFO

    @property
    def has_flags(self) -> bool:
        """Whether anything about the request stands out."""
        item = self.item
        return bool(
            item.is_emergency
            or item.reopened_count
            or item.incident_id
            or item.has_files  # type: ignore[attr-defined]
            or self.waits
            or (self.place is not None and (self.place.is_unread or self.place.is_unanswered))
        )

    @property
    def filed(self) -> str:
        """When it was filed, short: «24.11 09:05», with the year where it is another."""
        local = timezone.localtime(self.item.registered_at)
        is_this_year = local.year == timezone.localdate().year
        return f"{local:%d.%m %H:%M}" if is_this_year else f"{local:%d.%m.%Y}"

    @property
    def filed_iso(self) -> str:
        """When it was filed, for programs."""
        return self.item.registered_at.isoformat()

    @property
    def due_iso(self) -> str:
        """When it is due, for programs."""
        return self.item.due_at.isoformat()


def row(item: Request, *, back: str, at: datetime, place: QueuePlace | None = None) -> Row:
    """Return the row of a request; `back` is the query that leads back to the list."""
    href = reverse("admin:requests_app_request_change", args=[item.pk])
    if back:
        href = f"{href}?{back}"
    outcome = item.get_outcome_display() if item.outcome else ""
    return Row(
        item=item,
        href=href,
        clock=clock.clock_of(item, at=at),
        operator=item.assigned_to.get_short_name() if item.assigned_to else "",
        word=outcome or item.get_status_display(),
        place=place,
    )
