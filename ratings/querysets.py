"""Reusable queries of the ratings; a draft is the staff's."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef

from accounts.actors import Actor, Executor, Operator, System

if TYPE_CHECKING:
    from ratings.models import Objection, RatingResult, RatingSnapshot  # noqa: F401


class SnapshotQuerySet(models.QuerySet["RatingSnapshot"]):
    """Ratings of months."""

    def visible_to(self, actor: Actor) -> Self:
        """Return what the actor may see: everybody the published, staff the drafts too."""
        match actor:
            case Operator() | System():
                return self
        return self.published()

    def published(self) -> Self:
        """Return the published ones."""
        return self.exclude(published_at=None)

    def newest(self) -> RatingSnapshot | None:
        """Return the newest published one without its files; one query."""
        return self.published().light().order_by("-period", "-edition").first()

    def of_month(self, period: date) -> Self:
        """Return the editions of a month, the latest first."""
        return self.filter(period=period).order_by("-edition")

    def light(self) -> Self:
        """Leave the files where they are: they may weigh megabytes."""
        return self.defer("inputs", "rows").select_related("methodology")

    def in_comments(self, at: datetime) -> Self:
        """Return drafts that companies may object to at the moment."""
        return self.filter(published_at=None, comments_from__lte=at, comments_until__gt=at)


class ResultQuerySet(models.QuerySet["RatingResult"]):
    """Results of companies."""

    def in_published(self) -> Self:
        """Return results that everybody may see."""
        return self.exclude(snapshot__published_at=None)

    def with_houses_in(self, district: str, *, on: date) -> Self:
        """Return results of companies that manage a house of the district on the day."""
        from disclosure.models import ManagementPeriod

        there = ManagementPeriod.objects.filter(
            company=OuterRef("company"), building__district=district, during__contains=on
        )
        return self.filter(Exists(there))

    def newest_first(self) -> Self:
        """Order from the latest month and edition back."""
        return self.order_by("-snapshot__period", "-snapshot__edition")


class ObjectionQuerySet(models.QuerySet["Objection"]):
    """Objections of companies to drafts."""

    def visible_to(self, actor: Actor) -> Self:
        """Return what the actor may see whole: a company its own, staff all, nobody else any."""
        match actor:
            case Operator() | System():
                return self
            case Executor(inns=inns):
                return self.filter(company__inn__in=inns)
        return self.none()

    def of_month(self, period: date) -> Self:
        """Return the objections to a month's rating, the oldest first."""
        return self.filter(period=period).order_by("filed_at", "id")

    def decided(self) -> Self:
        """Return those that staff have decided: their decision, not their reason, is public."""
        return self.exclude(verdict="")

    def upheld_since(self, frozen_at: datetime) -> Self:
        """Return those that a draft frozen at the moment does not know of yet."""
        return self.filter(verdict="upheld", decided_at__gt=frozen_at)

    def undecided(self) -> Self:
        """Return those that still wait."""
        return self.filter(verdict="")
