"""That somebody asked to be erased, and how far it has come; never who it was."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ErasureState(models.TextChoices):
    """Where an erasure stands."""

    ASKED = "asked", pgettext_lazy("erasure", "Asked for; may be called off")
    CALLED_OFF = "called_off", pgettext_lazy("erasure", "Called off")
    RUNNING = "running", pgettext_lazy("erasure", "Runs")
    # The account is erased; some matters are not over.
    WAITING = "waiting", pgettext_lazy("erasure", "Waits for matters under way")
    DONE = "done", pgettext_lazy("erasure", "Done")


LIVING = (ErasureState.ASKED, ErasureState.RUNNING, ErasureState.WAITING)


class Erasure(models.Model):
    """
    One wish to be erased. After it is done `user` is a tombstone: a number.

    `asked_by` is the member of staff who took a written application in; empty: the person.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="erasures",
        verbose_name=_("account"),
    )
    state = models.CharField(
        _("state"), max_length=12, choices=ErasureState, default=ErasureState.ASKED
    )
    asked_at = models.DateTimeField(pgettext_lazy("erasure", "asked"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who took the application in"),
    )
    application = models.CharField(
        _("number and day of the application"), max_length=60, blank=True
    )
    due_at = models.DateTimeField(_("begins"))
    began_at = models.DateTimeField(pgettext_lazy("erasure", "began"), null=True, blank=True)
    # When the rooms were last gone through: an unfinished one is gone through again.
    looked_at = models.DateTimeField(_("last looked at"), null=True, blank=True)
    ended_at = models.DateTimeField(pgettext_lazy("erasure", "ended"), null=True, blank=True)
    left = models.PositiveIntegerField(_("matters under way"), default=0)

    class Meta:
        verbose_name = _("erasure of an account")
        verbose_name_plural = _("erasures of accounts")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(state__in=list(LIVING)), name="erasure_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=(
                    Q(state__in=["called_off", "done"], ended_at__isnull=False)
                    | Q(state__in=["asked", "running", "waiting"], ended_at=None)
                ),
                name="erasure_ends_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state__in=list(LIVING)), name="erasure_living"
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
