"""Which conflicts of imports wait, and who sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from accounts.actors import Actor, Operator, System

if TYPE_CHECKING:
    from disclosure.registers.models import ImportConflict  # noqa: F401


class ConflictQuerySet(models.QuerySet["ImportConflict"]):
    """Differences between a register and what was published."""

    def visible_to(self, actor: Actor) -> Self:
        """Return all of them to staff, nothing to others."""
        return self if isinstance(actor, Operator | System) else self.none()

    def waiting(self) -> Self:
        """Return those nobody has decided."""
        return self.filter(take="")
