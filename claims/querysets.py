"""Queries of this room."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from claims.recalculation import figures


class FigureQuerySet(models.QuerySet["FigureRow"]):  # type: ignore[name-defined]
    """Numbers and readings that the city set for itself."""

    def holding_on(self, day: date) -> Self:
        """Return those in force on `day`, the oldest first: a newer one stands before it."""
        return self.filter(Q(until=None) | Q(until__gte=day), since__lte=day).order_by(
            "since", "id"
        )

    def figures_on(self, day: date) -> figures.Figures:
        """Return all figures of `day`: the portal's, and the city's before them (one query)."""
        return figures.on(day, before=[row.figure() for row in self.holding_on(day)])
