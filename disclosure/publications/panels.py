"""What disclosure adds to the pages of a company and of a house."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.actors import Actor
from disclosure.models import Building, ManagementCompany, ManagementPeriod
from disclosure.panels import Panel
from disclosure.publications import duties, scoring
from disclosure.publications.contents import content_of
from disclosure.publications.scoring import Scored
from disclosure.publications.showing import as_shown

# Tables a resident looks for on the page of a house, by form.
_SHOWN_TABLES = ("2.4", "2.3")


def disclosure_of_company(company: ManagementCompany, actor: Actor, at: datetime) -> Panel:
    """Show how complete the company's forms are, each with its newest version and its gaps."""
    scored = scoring.scored(duties.of_company(company, on=timezone.localtime(at).date()))
    if not scored:
        return Panel()
    return Panel(
        "disclosure/panels/of_company.html",
        {
            "forms": [_line(company, each) for each in scored],
            "score": scoring.latest(company),
            "history_url": reverse("publications:history", args=[company.reference]),
        },
    )


def disclosure_of_house(building: Building, actor: Actor, at: datetime) -> Panel:
    """Show what today's company published about the house: tariffs, works, all forms."""
    on = timezone.localtime(at).date()
    period = (
        ManagementPeriod.objects.filter(building=building, during__contains=on)
        .select_related("company")
        .first()
    )
    if period is None:
        return Panel()
    scored = scoring.scored(duties.of_houses(period.company, [building], on=on))
    if not any(each.duty.counting for each in scored):
        # Nothing of a house that nobody described: a list of thirteen absences helps no resident.
        return Panel()
    tables: list[dict[str, Any]] = []
    for code in _SHOWN_TABLES:
        for each in scored:
            counting = each.duty.counting
            if counting and each.duty.report.form.code == code:
                # Loaded already, with every version of the form one and the same.
                counting.company, counting.form = period.company, each.duty.report.edition
                tables += as_shown(counting, content_of(counting)).tables
    return Panel(
        "disclosure/panels/of_house.html",
        {
            "company": str(period.company),
            "forms": [_line(period.company, each) for each in scored],
            "tables": tables,
            "score": scoring.latest(period.company, building),
        },
    )


def _line(company: ManagementCompany, each: Scored) -> dict[str, Any]:
    report, counting = each.duty.report, each.duty.counting
    return {
        "code": report.form.code,
        "title": report.form.title,
        "year": report.year,
        "percent": each.points.percent,
        "gaps": each.points.gaps if counting else (),
        "published_at": counting.published_at if counting else None,
        "is_late": not each.duty.timing.is_in_time,
        "href": reverse(
            "publications:version",
            args=[company.reference, report.place, report.key, counting.version],
        )
        if counting
        else "",
    }
