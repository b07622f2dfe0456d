"""Drafts, immutable publications with their typed values, remarks of staff, scores over time."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from disclosure.publications.querysets import DraftQuerySet, PublicationQuerySet


def report_key(code: str, year: int) -> str:
    """Return what stands for a form in addresses: «1.1», a yearly one «2.8-2025»."""
    return f"{code}-{year}" if year else code


class Draft(models.Model):
    """A form being filled in; one for a company (or its house), form and year."""

    company = models.ForeignKey("disclosure.ManagementCompany", models.PROTECT, related_name="+")
    building = models.ForeignKey(
        "disclosure.Building", models.PROTECT, related_name="+", null=True, blank=True
    )
    form_code = models.CharField(_("form"), max_length=12)
    year = models.PositiveSmallIntegerField(_("year"), default=0)
    content = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    # Which open page saved last: its next save is no conflict, though it knows an old revision.
    saved_tab = models.CharField(max_length=32, blank=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    saved_at = models.DateTimeField(_("saved"))

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft of a form")
        verbose_name_plural = _("drafts of forms")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "building", "form_code", "year"],
                name="one_draft_of_a_form",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.company_id}: {report_key(self.form_code, self.year)}"


class StaleSave(models.Model):
    """What somebody wrote into a draft that another had changed meanwhile: kept, never merged."""

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="stale_saves")
    tab = models.CharField(max_length=32)
    content = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("save over a changed draft")
        verbose_name_plural = _("saves over changed drafts")
        constraints = [
            models.UniqueConstraint(fields=["draft", "tab"], name="one_stale_save_of_a_tab")
        ]

    def __str__(self) -> str:
        return f"#{self.draft_id}"


class Publication(models.Model):
    """A form as it was published: never changed, never deleted."""

    company = models.ForeignKey(
        "disclosure.ManagementCompany",
        models.PROTECT,
        related_name="publications",
        verbose_name=_("management company"),
    )
    building = models.ForeignKey(
        "disclosure.Building",
        models.PROTECT,
        related_name="publications",
        null=True,
        blank=True,
        verbose_name=_("building"),
    )
    form = models.ForeignKey(
        "disclosure.DisclosureForm",
        models.PROTECT,
        related_name="publications",
        verbose_name=_("form"),
    )
    form_code = models.CharField(_("form"), max_length=12)
    year = models.PositiveSmallIntegerField(_("year"), default=0)
    version = models.PositiveIntegerField(_("version"))
    published_at = models.DateTimeField(_("published"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("published by"),
    )
    on_behalf = models.BooleanField(_("by staff on the company's behalf"), default=False)
    # What differs from the version before: [{"table", "row", "code", "before", "after"}].
    changes = models.JSONField(_("changes"), default=list)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        permissions = [
            ("publish_on_behalf", _("May fill in and publish forms for a company")),
            ("return_publication", _("May return a publication with a remark")),
        ]
        ordering = ["-published_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "building", "form_code", "year", "version"],
                name="publication_version_once",
                nulls_distinct=False,
            )
        ]
        indexes = [
            models.Index(fields=["company", "-id"], name="publication_of_company"),
            models.Index(
                fields=["building", "form_code", "year", "-version"], name="publication_of_house"
            ),
        ]
        triggers = [
            # Only the account may go, when its owner has it erased.
            pgtrigger.ReadOnly(name="publication_stays", exclude=["published_by"]),
            pgtrigger.Protect(name="publication_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.key} v{self.version}"

    def get_absolute_url(self) -> str:
        """Return the permanent address of this version; `company` must be loaded."""
        return reverse(
            "publications:version",
            args=[self.company.reference, self.place, self.key, self.version],
        )

    @property
    def key(self) -> str:
        """What stands for the form in addresses."""
        return report_key(self.form_code, self.year)

    @property
    def place(self) -> str:
        """What stands for the subject in addresses: «company» or the house's number."""
        return str(self.building_id) if self.building_id else "company"


class DisclosureValue(models.Model):
    """One published value: its canonical text, and the number, day or file it stands for."""

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="values")
    table = models.CharField(max_length=40, blank=True)
    row = models.PositiveSmallIntegerField(default=0)
    code = models.CharField(max_length=80)
    text = models.TextField()
    number = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    day = models.DateField(null=True)
    upload = models.ForeignKey("accounts.Upload", models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("published value")
        verbose_name_plural = _("published values")
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "table", "row", "code"], name="value_once_in_publication"
            )
        ]
        triggers = [
            pgtrigger.Protect(name="value_stays", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.publication_id}: {self.code}"


class PublicationReturn(models.Model):
    """Staff's remark on a version: it stays at its address and no longer counts."""

    publication = models.OneToOneField(
        Publication, models.PROTECT, related_name="returned", verbose_name=_("publication")
    )
    remark = models.TextField(_("remark"), max_length=2000)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("returned by"),
    )
    at = models.DateTimeField(_("returned"))

    class Meta:
        verbose_name = _("returned publication")
        verbose_name_plural = _("returned publications")
        triggers = [
            pgtrigger.ReadOnly(name="return_stays", exclude=["by"]),
            pgtrigger.Protect(name="return_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"#{self.publication_id}"


class CompletenessScore(models.Model):
    """
    How complete and timely the disclosure was on a day; a row appears when it changed.

    For a house: its forms. For a company (`building` empty): its own forms, and the total with
    its houses weighted by area.
    """

    company = models.ForeignKey(
        "disclosure.ManagementCompany", models.PROTECT, related_name="completeness_scores"
    )
    building = models.ForeignKey(
        "disclosure.Building", models.PROTECT, null=True, related_name="completeness_scores"
    )
    day = models.DateField(_("day"))
    # Points of weight, not fields: a field of weight 2 counts twice.
    asked = models.DecimalField(_("asked"), max_digits=8, decimal_places=2)
    filled = models.DecimalField(_("filled"), max_digits=8, decimal_places=2)
    forms = models.PositiveSmallIntegerField(_("forms"))
    in_time = models.PositiveSmallIntegerField(_("in time"))
    percent = models.DecimalField(_("completeness, %"), max_digits=5, decimal_places=2)
    total = models.DecimalField(
        _("with the buildings, %"), max_digits=5, decimal_places=2, null=True
    )

    class Meta:
        verbose_name = _("completeness of disclosure")
        verbose_name_plural = _("completeness of disclosure")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "building", "day"],
                name="completeness_once_a_day",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.company_id}/{self.building_id} {self.day}: {self.percent}"
