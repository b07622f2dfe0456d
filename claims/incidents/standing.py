"""What came of an incident's offer: how many were offered, counted, filed and granted, and sums."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Count, Q, Sum

from claims.models import Claim, IncidentOffer, Offer
from claims.statuses import ClaimStatus
from claims.totals.folding import SMALLEST
from requests_app.models import Incident

_GRANTED = Q(status__in=[ClaimStatus.GRANTED, ClaimStatus.PARTLY, ClaimStatus.PAID])
_ZERO = Decimal("0.00")


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Counts and sums of one incident; each sum is the sum of its claims' kopecks."""

    offered: int = 0
    told: int = 0
    opened: int = 0
    filed: int = 0
    asked_rub: Decimal = _ZERO
    granted: int = 0
    granted_rub: Decimal = _ZERO
    paid: int = 0
    paid_rub: Decimal = _ZERO
    overdue: int = 0
    whole: IncidentOffer | None = None


def of(incident: Incident) -> Standing:
    """Return how an incident's money stands; three queries."""
    whole = IncidentOffer.objects.filter(incident=incident).first()
    offers = Offer.objects.filter(whole=whole).aggregate(
        offered=Count("pk"), opened=Count("opened_at")
    )
    return replace(
        _claims(incident),
        whole=whole,
        told=whole.told if whole else 0,
        offered=offers["offered"],
        opened=offers["opened"],
    )


def _claims(incident: Incident) -> Standing:
    living = Claim.objects.filter(of_incident__incident=incident).exclude(
        status=ClaimStatus.WITHDRAWN
    )
    found = living.aggregate(
        filed=Count("pk"),
        asked_rub=Sum("amount_rub", default=_ZERO),
        granted=Count("pk", filter=_GRANTED),
        granted_rub=Sum("granted_rub", filter=_GRANTED, default=_ZERO),
        paid=Count("pk", filter=Q(status=ClaimStatus.PAID)),
        paid_rub=Sum("paid_rub", default=_ZERO),
        overdue=Count("pk", filter=Q(status=ClaimStatus.SILENT)),
    )
    return Standing(**found)


@dataclass(frozen=True)
class PublicStanding:
    """What anybody may read of it: counts, and no ruble."""

    filed: int
    granted: int


def public_of(incident: Incident) -> PublicStanding | None:
    """
    Return what anybody may read; None where so few applied that a family could be known.

    Rubles stay untold: less the public totals, which fold small groups, they would unfold one.
    """
    found = _claims(incident)
    if found.filed < SMALLEST:
        return None
    return PublicStanding(found.filed, 0 if found.granted < SMALLEST else found.granted)
