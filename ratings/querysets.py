"""Reusable queries of the ratings; a draft is the staff's."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models

from accounts.actors import Actor, Operator, System

if TYPE_CHECKING:
    from ratings.models import RatingResult, RatingSnapshot  # noqa: F401


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

    def of_month(self, period: date) -> Self:
        """Return the editions of a month, the latest first."""
        return self.filter(period=period).order_by("-edition")

    def light(self) -> Self:
        """Leave the input file where it is: it may weigh a megabyte."""
        return self.defer("inputs").select_related("methodology")


class ResultQuerySet(models.QuerySet["RatingResult"]):
    """Results of companies."""

    def in_published(self) -> Self:
        """Return results that everybody may see."""
        return self.exclude(snapshot__published_at=None)

    def newest_first(self) -> Self:
        """Order from the latest month and edition back."""
        return self.order_by("-snapshot__period", "-snapshot__edition")
