"""When a company can be reached, as it published."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Subquery

from disclosure.models import DisclosureValue, ManagementCompany, Publication

_FORM = "1.1"


@dataclass(frozen=True)
class Hours:
    """Opening hours in the company's words; empty while they are not published."""

    dispatcher: str = ""
    office: str = ""


def hours_of(company: ManagementCompany) -> Hours:
    """Return the hours of the newest version that counts. One query."""
    newest = Publication.objects.filter(
        company=company, building=None, form_code=_FORM, year=0, returned=None
    ).order_by("-version")
    said = dict(
        DisclosureValue.objects.filter(
            publication=Subquery(newest.values("pk")[:1]),
            table="",
            code__in=["dispatcher_work_time", "work_time"],
        ).values_list("code", "text")
    )
    return Hours(said.get("dispatcher_work_time", ""), said.get("work_time", ""))
