"""A drill that was run, and each call of its storm. In a real city's database both stay empty."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from contact_center.drill.storm import Call


class Speed(models.IntegerChoices):
    """How many minutes of the storm pass in one of the clock."""

    REAL = 1, _("×1: as in life")
    FAST = 5, _("×5: five times as fast")
    STORM = 20, _("×20: twenty times as fast")


class Drill(models.Model):
    """One storm played to some operators; at most one at a time."""

    speed = models.PositiveSmallIntegerField(_("speed"), choices=Speed)
    started_at = models.DateTimeField(_("started"))
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    crew = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", verbose_name=_("who takes part")
    )

    class Meta:
        verbose_name = _("drill")
        verbose_name_plural = _("drills")
        default_permissions = ()
        permissions = [("run_drill", _("Can run a drill"))]
        constraints = [
            models.UniqueConstraint(
                # One and the same key for all that have not stopped.
                models.Value(1),
                condition=Q(stopped_at=None),
                name="drill_runs_alone",
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk} ×{self.speed}"

    @property
    def is_running(self) -> bool:
        """Whether its storm still plays."""
        return self.stopped_at is None

    def minute(self, at: datetime) -> float:
        """Return how many minutes of the storm have passed at `at`."""
        return (at - self.started_at) / timedelta(minutes=1) * self.speed

    def moment(self, minute: float) -> datetime:
        """Return when a minute of the storm comes by the clock."""
        return self.started_at + timedelta(minutes=minute) / self.speed


class DrillCall(models.Model):
    """
    One call of a drill: when it comes, and the request it became.

    The request is named by its number, as whoever takes part sees it. A repeated call has `turn`
    1, 2, …; its code is the first call's.
    """

    drill = models.ForeignKey(Drill, models.CASCADE, related_name="calls")
    code = models.CharField(max_length=40)
    turn = models.PositiveSmallIntegerField(default=0)
    building = models.ForeignKey("disclosure.Building", models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    filed_at = models.DateTimeField(null=True, blank=True)
    number = models.CharField(max_length=16, blank=True)
    # What the norm gives for the first reaction, in minutes of the storm, and its clause.
    limit_minutes = models.PositiveIntegerField(null=True, blank=True)
    clause = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("call of a drill")
        verbose_name_plural = _("calls of a drill")
        default_permissions = ()
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["drill", "code", "turn"], name="drill_call_comes_once")
        ]

    def __str__(self) -> str:
        return f"{self.code}/{self.turn}"

    @property
    def script(self) -> Call:
        """The call as the storm's script has it."""
        from contact_center.drill import storm

        return storm.read().call(self.code)

    @property
    def key(self) -> str:
        """The call's name within its drill."""
        return f"{self.code}/{self.turn}"
