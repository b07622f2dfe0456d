"""Queries of court cases; who opens which file comes first."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from accounts.actors import Actor, CodeHolder, Executor, Lawyer, Operator, Resident, System
from claims.court.statuses import OVER, HearingState

if TYPE_CHECKING:
    from claims.models import CaseHearing, CourtCase  # noqa: F401


class CaseQuerySet(models.QuerySet["CourtCase"]):
    """Cases; `visible_to` is the one door."""

    def visible_to(self, actor: Actor) -> Self:
        """
        Return the files the actor may open: the lawyer's own, the plaintiff's own.

        Operators, chiefs and administrators open none that is not theirs.
        """
        match actor:
            case System():
                return self
            case Lawyer(id=lawyer_id):
                return self.filter(lawyer=lawyer_id)
            case Resident(id=user_id) | Operator(id=user_id) | Executor(id=user_id):
                return self.filter(Q(plaintiff=user_id) | Q(claim__request__resident=user_id))
            case CodeHolder(number=number, code_hash=code_hash) if number and code_hash:
                return self.filter(
                    claim__request__number=number, claim__request__code_hash=code_hash
                )
        return self.none()

    def given_out_by(self, actor: Actor) -> Self:
        """Return the cases whose lawyer the actor may change, to be shown without their files."""
        match actor:
            case Lawyer(may_assign=True):
                return self.all()
        return self.none()

    def living(self) -> Self:
        """Return those that are not over."""
        return self.exclude(status__in=sorted(OVER))

    def filed(self) -> Self:
        """Return those that were brought to a court."""
        return self.filter(filed_on__isnull=False)

    def past_retention(self, day: date) -> Self:
        """Return those that ended by `day` and are not emptied yet."""
        return self.filter(ended_on__lte=day, erased_at=None)


class HearingQuerySet(models.QuerySet["CaseHearing"]):
    """Hearings of cases."""

    def ahead(self, at: datetime) -> Self:
        """Return those still to come, the soonest first."""
        return self.filter(state=HearingState.PLANNED, starts_at__gte=at).order_by(
            "starts_at", "pk"
        )

    def untold(self, at: datetime) -> Self:
        """Return those that are past and of which nobody said what came, the oldest first."""
        return self.filter(state=HearingState.PLANNED, starts_at__lt=at).order_by("starts_at", "pk")
