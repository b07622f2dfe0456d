"""Calls that check finished work: a few of each day's repairs, drawn by lot."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from requests_app.models.requests import Request
from requests_app.querysets import QualityCallQuerySet


class CallState(models.TextChoices):
    """How far a call has come."""

    WAITING = "waiting", _("To be called")
    TALKED = "talked", _("Talked to")
    MISSED = "missed", _("Did not answer")
    DECLINED = "declined", _("Did not want to talk")


class QualityCall(models.Model):
    """One repair whose resident is asked by phone; a request is drawn once."""

    request = models.OneToOneField(Request, models.CASCADE, related_name="quality_call")
    drawn_on = models.DateField(_("drawn on"))
    state = models.CharField(
        _("state"), max_length=10, choices=CallState, default=CallState.WAITING
    )
    tries = models.PositiveSmallIntegerField(_("calls without an answer"), default=0)
    is_fixed = models.BooleanField(_("fixed, says the resident"), null=True)
    called_at = models.DateTimeField(_("called"), null=True)
    called_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    objects = QualityCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("quality call")
        verbose_name_plural = _("quality calls")
        constraints = [
            models.CheckConstraint(
                condition=Q(state=CallState.TALKED, is_fixed__isnull=False)
                | (~Q(state=CallState.TALKED) & Q(is_fixed=None)),
                name="quality_call_talked_has_answer",
            )
        ]
        indexes = [
            models.Index(
                fields=["drawn_on", "id"],
                condition=Q(state=CallState.WAITING),
                name="quality_call_waiting",
            ),
            models.Index(fields=["-called_at", "-id"], name="quality_call_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.state}"

    @property
    def version(self) -> int:
        """Grows each time the call is written down."""
        return self.tries + (self.state != CallState.WAITING)
