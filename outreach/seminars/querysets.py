"""Queries over seminars and sign-ups; who sees what comes first."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts.actors import Actor, Operator, System

if TYPE_CHECKING:
    from outreach.models import Seminar, SignUp  # noqa: F401 - names of the querysets


class SeminarQuerySet(models.QuerySet["Seminar"]):
    """Seminars."""

    def visible_to(self, actor: Actor) -> Self:
        """Return what the actor may read: drafts are the staff's."""
        return self if isinstance(actor, Operator | System) else self.exclude(state="draft")

    def with_times(self) -> Self:
        """Add `starts_at`, `ends_at` of the whole and the number `times` of its meetings."""
        from outreach.models import Meeting

        own = Meeting.objects.filter(seminar=OuterRef("pk"))
        return self.annotate(
            starts_at=Subquery(own.order_by("starts_at").values("starts_at")[:1]),
            ends_at=Subquery(own.order_by("-ends_at").values("ends_at")[:1]),
            times=_counted(own, "seminar"),
        )

    def with_seats(self) -> Self:
        """Add `taken`, how many seats are given or offered, and `waiting`."""
        from outreach.models import SignUp

        own = SignUp.objects.filter(seminar=OuterRef("pk"))
        return self.annotate(
            taken=_counted(own.filter(seat__isnull=False), "seminar"),
            waiting=_counted(own.filter(state="waiting"), "seminar"),
        )

    def upcoming(self, at: datetime) -> Self:
        """Return those `with_times` that are not over, the soonest first."""
        return self.filter(ends_at__gt=at).order_by("starts_at", "pk")

    def over(self, at: datetime) -> Self:
        """Return those `with_times` whose last meeting has ended."""
        return self.filter(ends_at__lte=at)

    def past(self, at: datetime) -> Self:
        """Return those `with_times` that took place, the newest first."""
        return self.over(at).filter(state="open").order_by("-starts_at", "-pk")

    def begun_before(self, moment: datetime) -> Self:
        """Return those `with_times` whose first meeting began earlier."""
        return self.filter(starts_at__lt=moment)


class SignUpQuerySet(models.QuerySet["SignUp"]):
    """Sign-ups; strangers come to one by the link of its letter only."""

    def visible_to(self, actor: Actor) -> Self:
        """Return all to the staff, nothing to others."""
        return self if isinstance(actor, Operator | System) else self.none()

    def alive(self) -> Self:
        """Return who has a seat, is offered one or waits."""
        return self.filter(state__in=["seated", "offered", "waiting"])


def _counted(rows: models.QuerySet[Any], by: str) -> Coalesce:
    counted = rows.order_by().values(by).annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
