"""Which archives exist, and how the making of each goes."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ArchiveState(models.TextChoices):
    """Whether the archive can be taken."""

    MAKING = "making", pgettext_lazy("archive", "being made")
    READY = "ready", pgettext_lazy("archive", "ready")
    FAILED = "failed", pgettext_lazy("archive", "failed")


class OpenDataArchive(models.Model):
    """
    The archive of one day; its address is permanent while it is kept.

    Storage has the bytes before the row says «ready», so nobody is offered half of them.
    """

    day = models.DateField(_("day"), unique=True)
    state = models.CharField(
        _("state"), max_length=8, choices=ArchiveState, default=ArchiveState.MAKING
    )
    started_at = models.DateTimeField(_("started"))
    moved_at = models.DateTimeField(_("last table done"))
    made_at = models.DateTimeField(_("as of"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    tables_done = models.PositiveSmallIntegerField(_("tables done"), default=0)
    tables = models.PositiveSmallIntegerField(_("tables in all"), default=0)
    rows = models.PositiveBigIntegerField(_("rows"), default=0)
    size = models.PositiveBigIntegerField(_("size, bytes"), default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    storage_key = models.CharField(max_length=200, blank=True)
    fault = models.CharField(_("why it failed"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("archive of all open data")
        verbose_name_plural = _("archives of all open data")
        ordering = ["-day"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="ready")
                | (~Q(storage_key="") & ~Q(sha256="") & Q(made_at__isnull=False)),
                name="archive_ready_has_bytes",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day}"

    def get_absolute_url(self) -> str:
        """Return the permanent address."""
        return reverse("open_data:archive", args=[self.day.isoformat()])
