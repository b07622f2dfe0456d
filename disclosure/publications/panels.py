"""What disclosure adds to the pages of a company and of a house."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.actors import Actor
from disclosure.models import Building, ManagementCompany, ManagementPeriod
from disclosure.panels import Panel
from disclosure.publications import duties, of_company, scoring, sections
from disclosure.publications.scoring import Scored


def disclosure_of_company(company: ManagementCompany, actor: Actor, at: datetime) -> Panel:
    """Show how complete the company's forms are, each with its newest version and its gaps."""
    on = timezone.localtime(at).date()
    scored = scoring.scored(duties.of_company(company, on=on))
    if not scored:
        return Panel()
    return Panel(
        "disclosure/panels/of_company.html",
        {
            "forms": [_line(company, each) for each in scored],
            "sections": sections.of_company(scored, company),
            "finances": of_company.finances(company),
            "works": of_company.works(company, on=on),
            "reports": of_company.reports(company),
            "newest": of_company.newest(company),
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
    if not scored:
        return Panel()
    is_published = any(each.duty.counting for each in scored)
    return Panel(
        "disclosure/panels/of_house.html",
        {
            "company": str(period.company),
            # A list of thirteen absences helps no resident: one sentence says it.
            "forms": [_line(period.company, each) for each in scored] if is_published else [],
            "sections": sections.of_house(scored, period.company) if is_published else [],
            "score": scoring.latest(period.company, building) if is_published else None,
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
