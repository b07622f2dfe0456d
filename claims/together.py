"""
One decision for all claims of one incident: shown with its sum first, then made at once.

Each claim moves by the table of steps, with its own line and letter. What changed between the look
and the press stops all of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from claims import lifecycle
from claims.lifecycle import Details, Refused
from claims.models import Claim
from claims.recalculation.money import KOPECK, kopecks
from claims.statuses import UNANSWERED, ClaimStatus

# What one press answers; a larger incident takes several.
MOST = 300


@dataclass(frozen=True)
class Answered:
    """A claim and the rubles that the decision gives it."""

    claim: Claim
    granted_rub: Decimal


@dataclass(frozen=True)
class Plan:
    """What a decision would do; `left` claims do not fit into one press."""

    rows: Sequence[Answered]
    left: int

    @property
    def asked_rub(self) -> Decimal:
        """What the residents ask for: the sum of their claims."""
        return sum((row.claim.amount_rub for row in self.rows), Decimal("0.00"))

    @property
    def granted_rub(self) -> Decimal:
        """What they get: the sum of the parts, to the kopeck."""
        return sum((row.granted_rub for row in self.rows), Decimal("0.00"))

    @property
    def digest(self) -> str:
        """Return what stands for exactly these claims as they stand now."""
        said = ";".join(
            f"{row.claim.pk}:{row.claim.version}:{row.granted_rub}" for row in self.rows
        )
        return hashlib.sha256(said.encode()).hexdigest()


def plan(
    incident_id: int, target: ClaimStatus, *, by: Actor, percent: Decimal | None = None
) -> Plan:
    """
    Return what `target` would do to the unanswered claims of the incident that `by` may answer.

    A part is `percent` of each claim, rounded half-up, at least a kopeck and less than the whole.
    """
    rows = list(
        Claim.objects.visible_to(by)
        .filter(of_incident__incident=incident_id, status__in=UNANSWERED)
        .select_related("request__building")
        .order_by("filed_at", "pk")[: MOST + 1]
    )
    left = len(rows) > MOST
    found = [
        Answered(claim, amount)
        for claim in rows[:MOST]
        if (amount := _amount(claim, target, percent)) is not None
    ]
    return Plan(found, int(left))


def _amount(claim: Claim, target: ClaimStatus, percent: Decimal | None) -> Decimal | None:
    if target == ClaimStatus.GRANTED:
        return claim.amount_rub
    if target == ClaimStatus.REFUSED:
        return Decimal("0.00")
    assert percent is not None
    if claim.amount_rub <= KOPECK:
        # A kopeck has no part: it is answered alone.
        return None
    part = kopecks(claim.amount_rub * percent / 100)
    return min(max(part, KOPECK), claim.amount_rub - KOPECK)


def answer(
    incident_id: int,
    target: ClaimStatus,
    *,
    by: Actor,
    at: datetime,
    details: Details,
    digest: str,
    percent: Decimal | None = None,
) -> Plan:
    """Make the decision that was looked at; raise Refused, changing no claim, if it is another."""
    with transaction.atomic():
        looked = plan(incident_id, target, by=by, percent=percent)
        # Lock before comparing: a colleague may answer one of them this moment.
        locked = Claim.objects.select_for_update(of=("self",)).order_by("pk")
        fresh = {
            claim.pk: claim.version
            for claim in locked.filter(pk__in=[row.claim.pk for row in looked.rows])
        }
        is_same = all(fresh.get(row.claim.pk) == row.claim.version for row in looked.rows)
        if not looked.rows or looked.digest != digest or not is_same:
            raise Refused("", _("Something has changed meanwhile: look once more."), "changed")
        for row in looked.rows:
            lifecycle.move(
                row.claim,
                target,
                by=by,
                at=at,
                details=replace(details, amount_rub=row.granted_rub),
            )
    return looked
