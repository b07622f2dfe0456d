"""What this room adds to the pages of a house and of a company; counts and matters, no people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from accounts.actors import Actor
from disclosure.models import Building, ManagementCompany
from disclosure.panels import Panel
from requests_app import places, treatment
from requests_app.filing.house import until
from requests_app.models import Incident, Request
from requests_app.public_list.views import row
from requests_app.statuses import OPEN
from requests_app.treatment import RECENT

LATEST = 5
_OPEN = sorted(OPEN)


def outages_now(building: Building, actor: Actor, at: datetime) -> Panel:
    """Show the faults and planned outages that touch the house now; none, nothing."""
    incidents = [
        {"incident": incident, "until": until(incident, at=at)}
        for incident in Incident.objects.open_at(at).at_building(building.pk)[:LATEST]
    ]
    if not incidents:
        return Panel()
    return Panel(
        "requests_app/panels/outages.html", {"incidents": incidents, "building": building.pk}
    )


def requests_here(building: Building, actor: Actor, at: datetime) -> Panel:
    """
    Show the house's open and recent requests by matter, and the latest public ones.

    A house with few flats shows no counts: there a count tells what one family reports.
    """
    values: dict[str, Any] = {
        "new_url": f"{reverse('requests_app:new')}?building={building.pk}",
        "follow_url": reverse("outages:subscribe", args=[building.pk]),
        "by_matter": [],
        "latest": [],
        "days": RECENT.days,
    }
    if (by_matter := matters_here(building, at=at)) is not None:
        values["by_matter"] = by_matter
        latest = (
            Request.objects.public()
            .filter(building=building)
            .select_related("category", "building__street")
            .order_by("-registered_at", "-id")[:LATEST]
        )
        values["latest"] = [row(item) for item in latest]
    return Panel("requests_app/panels/requests_here.html", values)


def requests_of_company(company: ManagementCompany, actor: Actor, at: datetime) -> Panel:
    """Show how many requests the company has, how many are late, and about what."""
    values = figures_of(company, at=at)
    if values is None:
        return Panel()
    return Panel("requests_app/panels/requests_of_company.html", values)


def figures_of(company: ManagementCompany, *, at: datetime) -> dict[str, Any] | None:
    """Return the counts that the panel shows; None of a company without ИНН. Four queries."""
    if not company.inn:
        return None
    rows = Request.objects.filter(executor_inn=company.inn)
    by_matter = _by_matter(rows, at=at)
    counts = rows.filter(status__in=_OPEN).aggregate(
        open=Count("pk"), late=Count("pk", filter=Q(due_at__lt=at, paused_at=None))
    )
    return {
        "by_matter": by_matter,
        "days": RECENT.days,
        **counts,
        "treated": _treated(company, at=at),
    }


def matters_here(building: Building, *, at: datetime) -> list[dict[str, Any]] | None:
    """Return the house's recent requests by service; None where counts would tell of a family."""
    if not places.names_nobody(building):
        return None
    return _by_matter(Request.objects.filter(building=building), at=at)


def _treated(company: ManagementCompany, *, at: datetime) -> dict[str, int | float | None]:
    counts = treatment.of_company(company, at=at)
    names = ("total", "fixed", "judged", "in_time", "presented", "reopened")
    shares = ("in_time_percent", "reopened_percent")
    return {
        **{name: getattr(counts, name) for name in (*names, *shares)},
        **treatment.again_and_marks(company, at=at),
    }


def _by_matter(rows: Any, *, at: datetime) -> list[dict[str, Any]]:
    """Return the services asked about lately, the most asked about first."""
    since = timezone.localtime(at) - RECENT
    found = (
        rows.filter(registered_at__gte=since)
        .values("category__parent__name")
        .annotate(
            total=Count("pk"),
            open=Count("pk", filter=Q(status__in=_OPEN)),
            late=Count("pk", filter=Q(status__in=_OPEN, due_at__lt=at, paused_at=None)),
        )
        .order_by("-total", "category__parent__name")
    )
    return [
        {
            "service": line["category__parent__name"] or "",
            "total": line["total"],
            "open": line["open"],
            "late": line["late"],
        }
        for line in found
    ]
