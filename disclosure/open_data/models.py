"""Which files of open data exist, day by day."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class OpenDataFile(models.Model):
    """A public table in one format as of one day; its address is permanent."""

    day = models.DateField(_("day"))
    table = models.CharField(_("table"), max_length=40)
    ext = models.CharField(_("format"), max_length=8)
    made_at = models.DateTimeField(_("as of"))
    rows = models.PositiveIntegerField(_("rows"))
    size = models.PositiveBigIntegerField(_("size, bytes"))
    sha256 = models.CharField(max_length=64)
    # Of the CSV: days on which a table did not change share their files.
    content_sha256 = models.CharField(max_length=64)
    storage_key = models.CharField(max_length=200)

    class Meta:
        verbose_name = _("file of open data")
        verbose_name_plural = _("files of open data")
        ordering = ["-day", "table", "ext"]
        constraints = [
            models.UniqueConstraint(fields=["day", "table", "ext"], name="open_data_file_once")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.table}.{self.ext}"

    def get_absolute_url(self) -> str:
        """Return the permanent address."""
        return reverse("open_data:file", args=[self.day.isoformat(), self.table, self.ext])
