"""What followed the demo's last outages: everybody was offered the money, some asked for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.actors import Operator, System
from claims import lifecycle
from claims.incidents import offering, showing
from claims.lifecycle import Details
from claims.models import Offer
from claims.statuses import ClaimStatus
from requests_app.models import Ending, Incident

# Charges for heating; whoever asked later has not been answered yet.
_CHARGES = ("2150.40", "1980.15", "3320.00", "2740.75", "2412.30", "1876.90", "2203.60")
_GRANTED = 2


def ask(operator_id: int, *, at: datetime) -> None:
    """Offer the money of the outages that ended lately, and file claims after one of them."""
    offering.begin_due(at=at)
    offering.run(at=at)
    incident = (
        Incident.objects.filter(ending=Ending.OVER, category__slug="ht_riser")
        .order_by("-started_at")
        .first()
    )
    if incident is None or incident.ended_at is None:
        return
    desk = Operator(id=operator_id, sees_contacts=True, is_admin=False)
    start = timezone.localtime(incident.started_at)
    requests = incident.requests.exclude(executor_inn="").order_by("pk")[: len(_CHARGES)]
    for number, (item, charge) in enumerate(zip(requests, _CHARGES, strict=False)):
        asked_at = min(at, incident.ended_at + timedelta(hours=9 * number + 5))
        body = {
            "utility": "heating",
            "month": f"{start:%Y-%m}",
            "charge": charge,
            "metered": number % 3 == 0,
            "intervals": [showing.interval_of(incident)],
        }
        try:
            claim = lifecycle.file(item, body, by=desk, at=asked_at)
        except lifecycle.Refused:
            # Two of one flat, or an end within what the law permits in this month.
            continue
        Offer.objects.filter(request=item).update(opened_at=asked_at)
        if number < _GRANTED:
            details = Details(credited_in=start.date().replace(day=1))
            answered_at = asked_at + timedelta(hours=30)
            lifecycle.move(claim, ClaimStatus.GRANTED, by=desk, at=answered_at, details=details)
        elif claim.due_at is not None and claim.due_at < at:
            lifecycle.move(claim, ClaimStatus.SILENT, by=System(), at=claim.due_at)
