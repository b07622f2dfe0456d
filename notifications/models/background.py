"""Work for many people: where it stands, and who held, resumed or cancelled it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class WorkState(models.TextChoices):
    """Where background work stands."""

    WAITING = "waiting", pgettext_lazy("work", "Waits")
    RUNNING = "running", pgettext_lazy("work", "Runs")
    PAUSED = "paused", pgettext_lazy("work", "Paused")
    CANCELLED = "cancelled", pgettext_lazy("work", "Cancelled")
    FINISHED = "finished", pgettext_lazy("work", "Finished")


# Nothing follows on these; what is paused still holds up what comes after it.
ENDED = (WorkState.CANCELLED, WorkState.FINISHED)


class BackgroundWork(models.Model):
    """
    Work made in batches, which a person may hold, resume or cancel (notifications.background).

    A batch locks its row to its end, so whoever cancels waits for the batch in hand, and no other
    begins.
    """

    state = models.CharField(
        _("state"), max_length=12, choices=WorkState, default=WorkState.WAITING
    )

    class Meta:
        abstract = True

    @property
    def letters_begin_with(self) -> str:
        """What the outbox keys of all its letters begin with; "" if it writes none of its own."""
        raise NotImplementedError

    @property
    def may_be_cancelled(self) -> bool:
        """Whether half of it may stay undone."""
        return True


class Deed(models.TextChoices):
    """What a person may do with background work."""

    PAUSE = "pause", pgettext_lazy("work", "Pause")
    GO_ON = "go_on", pgettext_lazy("work", "Go on")
    CANCEL = "cancel", pgettext_lazy("work", "Cancel")


class WorkDeed(models.Model):
    """Who held, resumed or cancelled which work, when and why."""

    # «notifications.fanout:5»
    work = models.CharField(max_length=80)
    deed = models.CharField(max_length=8, choices=Deed)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    # Letters that had been written and will not leave.
    kept_back = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("decision on background work")
        verbose_name_plural = _("decisions on background work")
        ordering = ["id"]
        indexes = [models.Index(fields=["work", "id"], name="work_deeds")]

    def __str__(self) -> str:
        return f"{self.work} {self.deed}"
