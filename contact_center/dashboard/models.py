"""What the roof keeps itself: the standing monthly reports."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class StandingReportQuerySet(models.QuerySet["StandingReport"]):
    """Reports; for whoever may see the dashboard whole."""

    def newest(self, count: int) -> models.QuerySet[StandingReport]:
        """Return the newest months without their values."""
        return self.order_by("-month").defer("sections")[:count]


class StandingReport(models.Model):
    """
    A month's report as it stood when it was made: later counts rewrite no report.

    `sections` are of contact_center.dashboard.sections; its files are made of them when asked for.
    """

    month = models.DateField(_("month"), unique=True)
    made_at = models.DateTimeField(_("made"))
    sections = models.JSONField(_("tables"))

    objects = StandingReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("monthly report")
        verbose_name_plural = _("monthly reports")
        ordering = ["-month"]
        permissions = [("see_dashboard", _("Can see the whole dashboard"))]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
