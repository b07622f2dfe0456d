"""Who hears of a broken deadline, how soon, and that they were told."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from requests_app.models.requests import Request


class Rung(models.TextChoices):
    """Whom an overdue request climbs to, from the lowest."""

    EXECUTOR = "executor", _("Executor")
    EXECUTOR_HEAD = "executor_head", _("Head of the executor")
    CENTRE_HEAD = "centre_head", _("Head of the contact centre")
    INSPECTORATE = "inspectorate", _("Housing inspectorate")


class EscalationRule(models.Model):
    """
    How many hours after the deadline a rung hears of it, for emergencies and for all else.

    A rule holds for requests filed since `active_since`: switched on, it does not climb through a
    backlog of years in one night.
    """

    rung = models.CharField(_("who is told"), max_length=16, choices=Rung)
    is_emergency = models.BooleanField(_("of emergencies"), default=False)
    after_hours = models.PositiveSmallIntegerField(_("hours after the deadline"))
    active_since = models.DateTimeField(
        _("for requests filed since"),
        null=True,
        blank=True,
        help_text=_("Empty: the rule is switched off."),
    )

    class Meta:
        verbose_name = _("escalation rule")
        verbose_name_plural = _("escalation rules")
        ordering = ["is_emergency", "after_hours"]
        constraints = [
            models.UniqueConstraint(fields=["rung", "is_emergency"], name="escalation_rule_once")
        ]

    def __str__(self) -> str:
        return str(self.get_rung_display())


class Escalation(models.Model):
    """That a rung was told of a request's broken deadline; each rung once a request."""

    request = models.ForeignKey(Request, models.CASCADE, related_name="escalations")
    rung = models.CharField(_("who is told"), max_length=16, choices=Rung)
    at = models.DateTimeField(_("at"))
    due_at = models.DateTimeField(_("deadline that was broken"))
    # Of the letter to the inspectorate: a person signs and sends it, and says so here.
    sent_on = models.DateField(_("letter sent on"), null=True, blank=True)
    outgoing_number = models.CharField(_("number of the letter"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["request", "rung"], name="escalation_once_a_rung")
        ]
        indexes = [models.Index(fields=["rung", "-at", "-id"], name="escalation_by_rung")]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.rung}"
