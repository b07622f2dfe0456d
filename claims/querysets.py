"""Queries of this room; who sees which claim comes first."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.actors import Actor, CodeHolder, Executor, Operator, Resident, System
from claims.recalculation import figures
from claims.statuses import AWAITED, ClaimStatus

if TYPE_CHECKING:
    from claims.models import Claim, FigureRow  # noqa: F401


class ClaimQuerySet(models.QuerySet["Claim"]):
    """Claims; `visible_to` is the one door."""

    def visible_to(self, actor: Actor) -> Self:
        """Return the claims the actor may open: its request's owner, its executor, staff."""
        match actor:
            case Operator() | System():
                return self
            case Executor(inns=inns) if any(inns):
                return self.filter(executor_inn__in=[inn for inn in inns if inn])
            case Resident(id=resident_id):
                return self.filter(request__resident_id=resident_id)
            case CodeHolder(number=number, code_hash=code_hash) if number and code_hash:
                return self.filter(request__number=number, request__code_hash=code_hash)
        return self.none()

    def unanswered(self, at: datetime) -> Self:
        """Return the claims whose time for an answer is over at `at`."""
        return self.filter(status__in=sorted(AWAITED), due_at__lt=at)

    def overdue(self, at: datetime) -> Self:
        """Return the claims that nobody answered in time, whether marked so yet or not."""
        late = Q(status__in=sorted(AWAITED), due_at__lt=at)
        return self.filter(Q(status=ClaimStatus.SILENT) | late)

    def with_flags(self) -> Self:
        """Add `has_papers`: whether a photo of the bill came with it."""
        from claims.models import ClaimPaper

        return self.annotate(has_papers=Exists(ClaimPaper.objects.filter(claim=OuterRef("pk"))))

    def won(self) -> Self:
        """Return the claims whose money residents saw on their bills."""
        return self.filter(status=ClaimStatus.PAID)


class LawFigureQuerySet(models.QuerySet["FigureRow"]):
    """Numbers and readings that the city set for itself."""

    def holding_on(self, day: date) -> Self:
        """Return those in force on `day`, the oldest first: a newer one stands before it."""
        return self.filter(Q(until=None) | Q(until__gte=day), since__lte=day).order_by(
            "since", "id"
        )

    def figures_on(self, day: date) -> figures.Figures:
        """Return all figures of `day`: the portal's, and the city's before them (one query)."""
        return figures.on(day, before=[row.figure() for row in self.holding_on(day)])
