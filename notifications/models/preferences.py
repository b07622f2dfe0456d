"""What a person wants to be told, where and when; no row means the ordinary ways."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Pace(models.TextChoices):
    """How often letters come."""

    AT_ONCE = "at_once", _("At once")
    DAILY = "daily", _("Once a day, in one letter")


class Preference(models.Model):
    """One person's choices; `notifications.routing` reads them."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+"
    )
    # {kind of event: [channels]}; a kind that is not there takes the ordinary ways.
    choices = models.JSONField(default=dict)
    pace = models.CharField(_("how often"), max_length=8, choices=Pace, default=Pace.AT_ONCE)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    changed_at = models.DateTimeField(pgettext_lazy("preference", "changed"))

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="preference_quiet_has_ends",
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
