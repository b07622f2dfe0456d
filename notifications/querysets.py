"""Reusable queries of the outbox."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from notifications.models import Message  # noqa: F401


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages of the outbox."""

    def due(self, at: datetime) -> Self:
        """Return the waiting messages whose time has come, most urgent first."""
        return self.filter(state="queued", not_before__lte=at).order_by(
            "priority", "not_before", "id"
        )

    def dead(self) -> Self:
        """Return the messages nobody will try again unless asked."""
        return self.filter(state="dead")
