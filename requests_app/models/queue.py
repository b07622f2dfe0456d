"""Today's queue: one narrow row for each open request, in the order that matters."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, Operator

# Emergencies, what the clock runs for, and what waits for the resident: nobody is given the last.
EMERGENCY, ORDINARY, STANDING = 0, 1, 2
ORDER = ["lane", "due_hour", "turn", "id"]


class QueuePlaceQuerySet(models.QuerySet["QueuePlace"]):
    """Places of the queue; staff only."""

    def visible_to(self, actor: Actor) -> Self:
        """Return the places the actor may see: all for operators, none for anybody else."""
        return self if isinstance(actor, Operator) else self.none()

    def nobodys(self) -> Self:
        """Return what no operator has taken."""
        return self.filter(holder=None)

    def held_by(self, user_id: int) -> Self:
        """Return what this operator has taken."""
        return self.filter(holder_id=user_id)

    def held_by_others(self, user_id: int) -> Self:
        """Return what the colleagues of this operator have taken."""
        return self.filter(holder__isnull=False).exclude(holder_id=user_id)

    def ready(self, at: datetime) -> Self:
        """Return what can be worked on at `at`: not set aside beyond it."""
        return self.filter(Q(set_aside_until=None) | Q(set_aside_until__lte=at))

    def set_aside(self, at: datetime) -> Self:
        """Return what is set aside beyond `at`."""
        return self.filter(set_aside_until__gt=at)

    def in_order(self) -> Self:
        """Return emergencies, then least time left, then what waits for the centre, unread."""
        return self.order_by(*ORDER)


class QueuePlace(models.Model):
    """
    Where an open request stands in the queue.

    Triggers of the database keep it beside `Request` and its timeline, so that no writer of either
    can forget it; the desk itself writes only `is_unread` and `set_aside_until`.
    """

    request = models.OneToOneField(
        "requests_app.Request", models.CASCADE, related_name="queue_place"
    )
    lane = models.PositiveSmallIntegerField()
    # The hour in which the promise ends: within it, what waits for the centre comes first.
    due_hour = models.DateTimeField()
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    # New, reopened, or answered for by the centre itself.
    is_centres = models.BooleanField()
    # The resident had the last word, or the executor asks the centre to decide something.
    is_unanswered = models.BooleanField(db_default=False)
    # Nobody of the staff has opened it since it came or since the resident wrote.
    is_unread = models.BooleanField(db_default=True)
    turn = models.GeneratedField(
        expression=Case(
            When(Q(is_centres=True) | Q(is_unanswered=True), then=Value(0)), default=Value(2)
        )
        + Case(When(is_unread=True, then=Value(0)), default=Value(1)),
        output_field=models.PositiveSmallIntegerField(),
        db_persist=True,
    )
    set_aside_until = models.DateTimeField(null=True)

    objects = QueuePlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("place in the queue")
        verbose_name_plural = _("places in the queue")
        indexes = [
            models.Index(fields=ORDER, name="queue_in_order"),
            models.Index(fields=ORDER, condition=Q(holder=None), name="queue_of_nobody"),
            models.Index(fields=ORDER, condition=Q(holder__isnull=False), name="queue_of_somebody"),
            models.Index(
                F("holder"),
                *ORDER,
                condition=Q(holder__isnull=False),
                name="queue_by_holder",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.lane}"
