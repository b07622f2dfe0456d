"""Files being imported, and what of them waits for a person."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from disclosure.registers.querysets import ConflictQuerySet


class ImportRun(models.Model):
    """One file: what it would change, and from `finished_at` on what it did change."""

    kind = models.CharField(_("kind of register"), max_length=40)
    file_name = models.CharField(_("file"), max_length=300)
    file_sha256 = models.CharField(max_length=64)
    started_at = models.DateTimeField(_("started"))
    # The counts below tell what would be done from the first moment on, what was done from the
    # second on.
    compared_at = models.DateTimeField(_("import compared"), null=True, blank=True)
    finished_at = models.DateTimeField(_("import applied"), null=True, blank=True)
    last_line = models.PositiveIntegerField(_("last line stored"), default=0)
    added = models.PositiveIntegerField(_("added"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    gone = models.PositiveIntegerField(_("gone from the register"), default=0, db_default=0)
    conflicts = models.PositiveIntegerField(_("in conflict"), default=0, db_default=0)
    rejected = models.PositiveIntegerField(_("rejected"), default=0)
    report = models.CharField(_("report of rejected rows"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "file_sha256"], name="import_once_per_file")
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.file_name}"


class Take(models.TextChoices):
    """Whose word holds where a register and a company's publication differ."""

    WAITING = "", _("waits for a decision")
    REGISTER = "register", _("the register's")
    COMPANY = "company", _("the company's")


class ImportConflict(models.Model):
    """
    A register says of a house or a company other than what was published of it.

    The registry keeps its old value until a person decides. The decision holds for this pair of
    values: the same file does not ask again.
    """

    run = models.ForeignKey(
        ImportRun, models.CASCADE, related_name="waiting", verbose_name=_("import")
    )
    building = models.ForeignKey(
        "disclosure.Building",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("building"),
    )
    company = models.ForeignKey(
        "disclosure.ManagementCompany",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("management company"),
    )
    field = models.CharField(_("field in the registry"), max_length=40)
    register_value = models.CharField(_("the register says"), max_length=400)
    published_value = models.CharField(_("the company published"), max_length=400)
    publication = models.ForeignKey(
        "disclosure.Publication", models.PROTECT, related_name="+", verbose_name=_("publication")
    )
    found_at = models.DateTimeField(_("conflict found"))
    take = models.CharField(
        _("decision"), max_length=8, choices=Take, blank=True, default=Take.WAITING, db_default=""
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True)

    objects = ConflictQuerySet.as_manager()

    class Meta:
        verbose_name = _("conflict with a publication")
        verbose_name_plural = _("conflicts with publications")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["building", "company", "field", "register_value", "published_value"],
                name="conflict_asked_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(building=None) ^ Q(company=None), name="conflict_of_house_or_company"
            ),
        ]
        indexes = [
            models.Index(fields=["-id"], condition=Q(take=""), name="conflict_waiting"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.field}"
