"""The act of destruction: what was taken out of which request, when, and nothing of what it was."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Destruction(models.Model):
    """
    A request whose personal data was destroyed when its time was over.

    The request itself stays for the statistics: house, matter, moments, outcome.
    """

    request = models.OneToOneField(
        "requests_app.Request",
        models.PROTECT,
        related_name="destruction",
        verbose_name=_("request"),
    )
    at = models.DateTimeField(_("destroyed"))
    kept_until = models.DateField(_("kept until"))
    lines = models.PositiveIntegerField(_("lines of the timeline emptied"))
    files = models.PositiveIntegerField(_("files deleted"))
    letters = models.PositiveIntegerField(_("letters deleted"))

    class Meta:
        verbose_name = _("destruction of personal data")
        verbose_name_plural = _("destructions of personal data")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"#{self.request_id}"
