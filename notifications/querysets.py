"""Reusable queries of messages and of the addresses they go to."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models

from accounts.actors import Actor, Executor, Operator, Resident

if TYPE_CHECKING:
    from notifications.models import (  # noqa: F401
        Destination,
        Follow,
        InboxItem,
        Message,
        WebhookSubscription,
    )


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


class DestinationQuerySet(models.QuerySet["Destination"]):
    """Confirmed addresses of people."""

    def visible_to(self, actor: Actor) -> Self:
        """Return one's own; nobody else's, whoever asks: staff see figures, not addresses."""
        match actor:
            case Resident(id=id) | Executor(id=id) | Operator(id=id):
                return self.filter(user_id=id)
        return self.none()

    def living(self) -> Self:
        """Return those that messages may leave for: confirmed and not stopped."""
        return self.filter(confirmed_at__isnull=False, stopped_at__isnull=True)


class InboxQuerySet(models.QuerySet["InboxItem"]):
    """What people read in the portal."""

    def visible_to(self, actor: Actor) -> Self:
        """Return one's own; nobody else's, whoever asks."""
        match actor:
            case Resident(id=id) | Executor(id=id) | Operator(id=id):
                return self.filter(user_id=id)
        return self.none()

    def unread(self) -> Self:
        """Return those nobody has opened."""
        return self.filter(read_at=None)


class FollowQuerySet(models.QuerySet["Follow"]):
    """Who follows what; nobody reads of others, the portal only writes to them."""

    def visible_to(self, actor: Actor) -> Self:
        """Return one's own; nobody else's, whoever asks."""
        match actor:
            case Resident(id=id) | Executor(id=id) | Operator(id=id):
                return self.filter(user_id=id)
        return self.none()

    def confirmed(self) -> Self:
        """Return those whose owners have confirmed the address."""
        return self.filter(confirmed_at__isnull=False)


class WebhookQuerySet(models.QuerySet["WebhookSubscription"]):
    """Subscriptions of systems."""

    def visible_to(self, actor: Actor) -> Self:
        """
        Return one's own, and those of the organisations that one acts for.

        Nobody else's: the list for staff is admin's, and shows no secret.
        """
        match actor:
            case Executor(id=id, inns=inns):
                return self.filter(models.Q(owner_id=id) | models.Q(inn__in=inns))
            case Resident(id=id) | Operator(id=id):
                return self.filter(owner_id=id)
        return self.none()

    def switched_on(self) -> Self:
        """Return those that events are sent to."""
        return self.filter(off="")
