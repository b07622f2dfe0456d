"""Who sees which request to correct."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models

from accounts.actors import Actor, Operator, System

if TYPE_CHECKING:
    from disclosure.corrections.models import CorrectionRequest  # noqa: F401

# An answer that has not come in half a year will not come: the address goes.
EMAIL_KEPT = timedelta(days=180)


class CorrectionQuerySet(models.QuerySet["CorrectionRequest"]):
    """What readers say is wrong."""

    def visible_to(self, actor: Actor) -> Self:
        """Return all of them for staff; nobody else reads what others wrote."""
        match actor:
            case Operator() | System():
                return self
        return self.none()

    def with_stale_email(self, at: datetime) -> Self:
        """Return those whose address was kept long enough."""
        return self.filter(sent_at__lt=at - EMAIL_KEPT).exclude(email="")
