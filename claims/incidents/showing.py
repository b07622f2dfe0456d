"""An incident's money in words: by month, with a meter and by norm; and the calculator's fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.dates import MONTHS

from claims import known_bills
from claims.calculator import wording
from claims.incidents import due
from claims.incidents.due import MonthDue
from claims.models import FigureRow
from claims.recalculation.figures import Figures
from claims.recalculation.values import Bill, Service
from requests_app.models import Ending, Incident, IncidentKind


def service_of(incident: Incident) -> Service | None:
    """Return the utility whose bill the incident reduces; None where the law names no hours."""
    return due.SERVICES.get(incident.utility)


def is_over(incident: Incident) -> bool:
    """Tell whether its hours are known: it ended with its act, and was neither called off."""
    return incident.ending == Ending.OVER and incident.ended_at is not None


def months_of(incident: Incident) -> list[MonthDue]:
    """Return what each month's bill is reduced by; nothing while it is not over."""
    service = service_of(incident)
    if service is None or incident.ended_at is None or not is_over(incident):
        return []
    return due.months_of(
        service,
        start=incident.started_at,
        end=incident.ended_at,
        planned=incident.kind == IncidentKind.PLANNED,
        figures_on=FigureRow.objects.figures_on,
        zone=timezone.get_default_timezone(),
    )


def amount(incident: Incident, months: Mapping[date, Figures], bill: Bill) -> Decimal:
    """Return the rubles of all months (by their figures), counted by the bill known last."""
    assert incident.ended_at is not None
    return known_bills.amount(
        bill,
        months,
        start=incident.started_at,
        end=incident.ended_at,
        planned=incident.kind == IncidentKind.PLANNED,
    )


def interval_of(incident: Incident) -> dict[str, Any]:
    """Return its hours as the calculation for machines takes them."""
    return {
        "kind": "interruption",
        "start": timezone.localtime(incident.started_at).isoformat(),
        "end": timezone.localtime(incident.ended_at).isoformat() if incident.ended_at else None,
        "planned": incident.kind == IncidentKind.PLANNED,
    }


def fields_of(incident: Incident, month: date | None = None) -> dict[str, str]:
    """Return the calculator's fields that the incident knows, for one month of it."""
    service = service_of(incident)
    if service is None:
        return {}
    start = timezone.localtime(incident.started_at)
    end = timezone.localtime(incident.ended_at) if incident.ended_at else None
    return {
        "utility": str(service),
        "incident": str(incident.pk),
        "month": f"{month or start:%Y-%m}",
        "i0-kind": wording.PLANNED if incident.kind == IncidentKind.PLANNED else "interruption",
        "i0-start": f"{start:%Y-%m-%dT%H:%M}",
        "i0-end": f"{end:%Y-%m-%dT%H:%M}" if end else "",
    }


@dataclass(frozen=True)
class ShownMonth:
    """A month of an incident in words; sums are of each thousand rubles of the bill."""

    word: str
    code: str
    hours: str
    metered_percent: str
    norm_percent: str
    metered_sum: str
    norm_sum: str
    is_due: bool
    same: bool
    clauses: list[str]
    href: str


def shown(incident: Incident, found: list[MonthDue], **more: str) -> list[ShownMonth]:
    """Return the months in words; `more` goes into the address of the calculator."""
    calculator = reverse("claims:calculator")
    return [
        month_shown(
            one,
            href=f"{calculator}?"
            + urlencode({"incident": incident.pk, "month": f"{one.month:%Y-%m}", **more}),
        )
        for one in found
    ]


def month_shown(one: MonthDue, *, href: str) -> ShownMonth:
    """Return a month in words."""
    metered, by_norm = one.per_thousand
    return ShownMonth(
        word=month_word(one.month),
        code=f"{one.month:%Y-%m}",
        hours=wording.hours(one.hours),
        metered_percent=wording.percent(one.metered_percent),
        norm_percent=wording.percent(one.norm_percent),
        metered_sum=wording.rubles(metered),
        norm_sum=wording.rubles(by_norm),
        is_due=one.is_due,
        same=one.metered_percent == one.norm_percent,
        clauses=list(dict.fromkeys(line.clause for line in one.by_norm.lines)),
        href=href,
    )


def month_word(month: date) -> str:
    """Return «march 2026» in the reader's language."""
    return f"{MONTHS[month.month]} {month.year}".lower()


def whole_hours(incident: Incident) -> str:
    """Return how long it lasted: «31 hours»."""
    return wording.hours(hours_of(incident))


def hours_of(incident: Incident) -> Decimal:
    """Return how many hours it lasted."""
    assert incident.ended_at is not None
    return due.hours_of((incident.ended_at - incident.started_at).total_seconds())
