"""Queries over batches from other systems; who sees what comes first."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.actors import Actor, Executor, Operator, System

if TYPE_CHECKING:
    from requests_app.models import ExchangeBatch, OutsideLetter  # noqa: F401


class ExchangeBatchQuerySet(models.QuerySet["ExchangeBatch"]):
    """Batches."""

    def visible_to(self, actor: Actor) -> Self:
        """Return all to staff, to an executor those sent for organisations it speaks for."""
        match actor:
            case Operator() | System():
                return self
            case Executor(inns=inns) if inns:
                return self.filter(kind="states", inns__contained_by=list(inns)).exclude(inns=[])
        return self.none()

    def unfinished(self) -> Self:
        """Return what a worker still has to do."""
        return self.filter(state__in=["waiting", "running"])


class OutsideLetterQuerySet(models.QuerySet["OutsideLetter"]):
    """Letters from outside portals."""

    def visible_to(self, actor: Actor) -> Self:
        """Return all to staff who may change requests, nothing to anybody else."""
        match actor:
            case Operator(may_change=True) | System():
                return self
        return self.none()

    def to_sort(self) -> Self:
        """Return what waits for staff, the oldest first."""
        return self.filter(state="to_sort").order_by("received_at", "id")

    def with_answers(self) -> Self:
        """Add `said`, the last words of its request that people read."""
        from requests_app.models import RequestEvent

        spoken = (
            RequestEvent.objects.filter(request=OuterRef("request"), public=True)
            .exclude(text="")
            .exclude(author="resident")
            .order_by("-at", "-id")
        )
        return self.annotate(
            said=Coalesce(
                Subquery(spoken.values("text")[:1]), Value(""), output_field=models.TextField()
            ),
        )

    def changed_since(self, moment: datetime) -> Self:
        """Return what changed here at the moment or later, the request of it included."""
        return self.filter(changed_at__gte=moment)
