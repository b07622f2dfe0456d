"""What a request's resident is offered: its hours, what they are worth, and one field to fill."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from claims import known_bills, lifecycle
from claims.calculator import wording
from claims.incidents import due, showing
from claims.incidents.due import MonthDue
from claims.incidents.showing import ShownMonth
from claims.models import FigureRow
from claims.recalculation.values import Service
from requests_app.models import IncidentKind, Request
from requests_app.statuses import Outcome, Status

# What the calculator calls the breach that a matter is about; others are breaks of supply.
KINDS = {
    "hw_temp": "temperature",
    "hw_scald": "temperature",
    "ht_temp": "temperature",
    "ht_over": "temperature",
    "hw_pressure": "pressure",
    "cw_pressure": "pressure",
    "gas_pressure": "pressure",
    "hw_quality": "quality",
    "cw_quality": "quality",
    "el_voltage": "voltage",
}
BREAK = "interruption"


@dataclass(frozen=True, kw_only=True)
class Hours:
    """When service was bad by what the portal knows; `end` is None while it is."""

    service: Service
    kind: str
    start: datetime
    end: datetime | None
    planned: bool = False
    incident: int | None = None


@dataclass(frozen=True, kw_only=True)
class Offered:
    """
    An offer in words.

    `hours` and `months` are empty while service is not back, or where a measured value is still
    needed. `amount` is "" where no bill is known.
    """

    href: str
    hours: str
    months: list[ShownMonth]
    amount: str

    @property
    def is_due(self) -> bool:
        """Tell whether the bare hours are enough to owe something."""
        return any(month.is_due for month in self.months)


def hours_of(item: Request) -> Hours | None:
    """
    Return the hours of a request; None where no bill is reduced by the hour.

    An ended incident that the request hangs on knows them better than the request: it began before
    anybody wrote.
    """
    service = lifecycle.service_of(item)
    if service is None:
        return None
    incident = item.incident
    if (
        incident is not None
        and showing.is_over(incident)
        and showing.service_of(incident) == service
    ):
        return Hours(
            service=service,
            kind=wording.PLANNED if incident.kind == IncidentKind.PLANNED else BREAK,
            start=incident.started_at,
            end=incident.ended_at,
            planned=incident.kind == IncidentKind.PLANNED,
            incident=incident.pk,
        )
    return Hours(
        service=service,
        kind=KINDS.get(item.category.slug, BREAK),
        start=item.registered_at,
        end=item.done_at if item.status in {Status.DONE, Status.CLOSED} else None,
    )


def fields_of(item: Request, known: Hours, month: str = "") -> dict[str, str]:
    """Return the calculator's fields that the request knows."""
    start = timezone.localtime(known.start)
    return {
        "utility": str(known.service),
        "request": item.number,
        "month": month or f"{start:%Y-%m}",
        "i0-kind": known.kind,
        "i0-start": f"{start:%Y-%m-%dT%H:%M}",
        "i0-end": f"{timezone.localtime(known.end):%Y-%m-%dT%H:%M}" if known.end else "",
    }


def offer(item: Request) -> Offered | None:
    """Return what to offer; None where no bill is reduced by the hour."""
    known = hours_of(item)
    if known is None:
        return None
    href = f"{reverse('claims:calculator')}?{urlencode(fields_of(item, known))}"
    is_refuted = item.outcome in {Outcome.NOT_CONFIRMED, Outcome.WITHDRAWN, Outcome.DUPLICATE}
    if known.end is None or known.end <= known.start or is_refuted:
        return Offered(href=href, hours="", months=[], amount="")
    seconds = (known.end - known.start).total_seconds()
    hours = wording.hours(due.hours_of(seconds))
    if known.kind not in {BREAK, wording.PLANNED}:
        return Offered(href=href, hours=hours, months=[], amount="")
    months = [
        month
        for month in due.months_of(
            known.service,
            start=known.start,
            end=known.end,
            planned=known.planned,
            figures_on=FigureRow.objects.figures_on,
            zone=timezone.get_default_timezone(),
        )
        if month.is_due
    ]
    return Offered(
        href=href,
        hours=hours,
        months=[showing.month_shown(month, href="") for month in months],
        amount=_amount(item, known, months),
    )


def _amount(item: Request, known: Hours, months: list[MonthDue]) -> str:
    bill = known_bills.of([item], known.service).get(known_bills.key_of(item))
    if bill is None or known.end is None or not months:
        return ""
    found = known_bills.amount(
        bill,
        {month.month: FigureRow.objects.figures_on(month.month) for month in months},
        start=known.start,
        end=known.end,
        planned=known.planned,
    )
    return wording.rubles(found) if found else ""
