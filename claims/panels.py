"""What this room adds to the pages of a request and of an incident: the money that is due."""

from __future__ import annotations

from datetime import datetime

from accounts.actors import Actor
from claims import lifecycle
from claims.calculator import wording
from claims.incidents import showing
from claims.models import Claim
from claims.of_request.offered import offer
from disclosure.panels import Panel
from requests_app.models import Incident, Request
from requests_app.statuses import Status


def money_of_request(item: Request, actor: Actor, at: datetime) -> Panel:
    """Show a resident what the hours are worth, or how the claims stand; else nothing."""
    service = lifecycle.service_of(item)
    if service is None:
        return Panel()
    # While it goes on nothing can be said yet, and nothing is asked: the page behind lists claims.
    is_over = item.status in {Status.DONE, Status.CLOSED}
    rows = Claim.objects.visible_to(actor).filter(request=item).order_by("place")
    claims = list(rows) if is_over else []
    offered = offer(item) if is_over else None
    values = {
        "number": item.number,
        "utility": wording.service_label(str(service)),
        "claims": [
            {"sum": wording.rubles(one.amount_rub), "word": one.get_status_display()}
            for one in claims
        ],
        "offer": offered,
    }
    return Panel("claims/panels/request.html", values)


def money_of_incident(incident: Incident, actor: Actor, at: datetime) -> Panel:
    """Show anybody what an incident's bills are reduced by; one with nothing due, nothing."""
    months = [month for month in showing.months_of(incident) if month.is_due]
    if not months:
        return Panel()
    values = {
        "incident": incident,
        "utility": wording.service_label(str(showing.service_of(incident))),
        "hours": showing.whole_hours(incident),
        "months": showing.shown(incident, months),
    }
    return Panel("claims/panels/incident.html", values)
