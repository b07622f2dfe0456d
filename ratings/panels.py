"""What this room adds to the page of a company."""

from __future__ import annotations

from datetime import datetime

from accounts.actors import Actor
from disclosure.models import ManagementCompany
from disclosure.panels import Panel
from ratings import showing
from ratings.models import RatingResult


def rating_of_company(company: ManagementCompany, actor: Actor, at: datetime) -> Panel:
    """Show the company's standing in the newest published rating that holds it. One query."""
    result = newest_of(company)
    if result is None:
        return Panel()
    method = showing.method_of(result.snapshot)
    return Panel(
        "ratings/panel.html",
        {"row": showing.row(result, method), "period": result.snapshot.period},
    )


def newest_of(company: ManagementCompany) -> RatingResult | None:
    """Return the company's result in the newest published rating that holds it. One query."""
    found: RatingResult | None = (
        RatingResult.objects.in_published()
        .filter(company=company)
        .newest_first()
        .select_related("snapshot__methodology")
        .defer("snapshot__inputs", "snapshot__manifest", "snapshot__rows")
        .first()
    )
    return found
