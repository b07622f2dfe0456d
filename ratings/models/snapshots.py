"""Methodologies as they were used, published ratings, and where each company stood."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ratings.querysets import ResultQuerySet, SnapshotQuerySet


class Methodology(models.Model):
    """A version of the methodology, word for word; a change is another version."""

    version = models.PositiveIntegerField(_("version"), unique=True)
    dated = models.DateField(_("dated"))
    document = models.JSONField(_("document"))
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("methodology")
        verbose_name_plural = _("methodologies")
        ordering = ["-version"]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.version}"


class RatingSnapshot(models.Model):
    """
    The rating of a month: its frozen input and what was worked out of it.

    A draft may be made anew; once published it stays for ever, and a correction is the next
    edition, which says in `erratum` what was wrong.
    """

    period = models.DateField(_("month"), help_text=_("Its first day."))
    edition = models.PositiveSmallIntegerField(_("edition"), default=1)
    erratum = models.TextField(_("what was corrected"), blank=True)
    methodology = models.ForeignKey(
        Methodology, models.PROTECT, related_name="snapshots", verbose_name=_("methodology")
    )
    frozen_at = models.DateTimeField(_("data as of"))
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Canonical text of inputs.csv: what is hashed is what is kept and what is given away.
    inputs = models.TextField(_("input"))
    manifest = models.JSONField(_("manifest"))
    # rows.csv, gzipped: one line a request, without person, house and number.
    rows = models.BinaryField(_("rows"), default=bytes, db_default=b"", editable=False)
    comments_from = models.DateTimeField(_("comments from"), null=True, blank=True)
    comments_until = models.DateTimeField(_("comments until"), null=True, blank=True)
    waiver = models.TextField(
        _("why there was no time for comments"),
        blank=True,
        default="",
        db_default="",
        help_text=_("Everybody reads this."),
    )
    # Of the manifest's canonical text, made when it is published; hex, "" before.
    signature = models.CharField(_("signature"), max_length=128, blank=True, editable=False)
    public_key = models.CharField(_("public key"), max_length=64, blank=True, editable=False)

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = _("rating of a month")
        verbose_name_plural = _("ratings of months")
        ordering = ["-period", "-edition"]
        permissions = [("publish_ratingsnapshot", _("Can publish ratings"))]
        constraints = [
            models.UniqueConstraint(fields=["period", "edition"], name="snapshot_edition_once"),
            models.UniqueConstraint(
                fields=["period"], condition=Q(published_at=None), name="snapshot_one_draft"
            ),
            models.CheckConstraint(condition=Q(period__day=1), name="snapshot_is_of_a_month"),
            models.CheckConstraint(
                condition=Q(edition=1) | ~Q(erratum=""), name="snapshot_correction_says_why"
            ),
            models.CheckConstraint(
                condition=Q(published_at=None) | Q(published_at__gte=F("frozen_at")),
                name="snapshot_published_after_frozen",
            ),
            models.CheckConstraint(
                condition=Q(comments_from=None, comments_until=None)
                | Q(comments_until__gt=F("comments_from")),
                name="snapshot_comments_have_an_end",
            ),
            models.CheckConstraint(
                condition=Q(published_at=None)
                | ~Q(waiver="")
                | Q(published_at__gte=F("comments_until")),
                name="snapshot_heard_before_published",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="published_is_final",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.period:%Y-%m}"

    def get_absolute_url(self) -> str:
        """Return the address of the month's page."""
        return reverse("ratings:period", args=[f"{self.period:%Y-%m}"])

    @property
    def is_published(self) -> bool:
        """Whether everybody sees it, and nobody can change it."""
        return self.published_at is not None


class RatingResult(models.Model):
    """Where a company stands in a snapshot; name and reference are those of that day."""

    snapshot = models.ForeignKey(RatingSnapshot, models.CASCADE, related_name="results")
    company = models.ForeignKey(
        "disclosure.ManagementCompany", models.PROTECT, related_name="ratings"
    )
    position = models.PositiveIntegerField(_("line"))
    reference = models.CharField(_("ИНН"), max_length=24)
    name = models.CharField(_("name"), max_length=300)
    group = models.CharField(_("size"), max_length=24)
    is_rated = models.BooleanField(_("has a place"))
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=2)
    low = models.DecimalField(_("not less than"), max_digits=5, decimal_places=2)
    high = models.DecimalField(_("not more than"), max_digits=5, decimal_places=2)
    # "" and nulls where too little is known for a place.
    band = models.CharField(_("colour"), max_length=24, blank=True)
    certainty = models.DecimalField(
        _("certainty of the colour"), max_digits=4, decimal_places=3, null=True, blank=True
    )
    best = models.PositiveIntegerField(_("place, at best"), null=True, blank=True)
    worst = models.PositiveIntegerField(_("place, at worst"), null=True, blank=True)
    rivals = models.PositiveIntegerField(_("companies of its size"), default=0)
    # [{"code", "count", "of", "value", "low", "high", "average", "points"}, …]
    indicators = models.JSONField(_("indicators"))
    # [{"code", "count", "of"}, …] of ratings.gaming: shown beside the score, never part of it.
    signs = models.JSONField(_("signs of gaming"), default=list, db_default=[], blank=True)

    objects = ResultQuerySet.as_manager()

    class Meta:
        verbose_name = _("result of a company")
        verbose_name_plural = _("results of companies")
        ordering = ["snapshot", "position"]
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "position"], name="result_one_on_a_line"),
            models.UniqueConstraint(fields=["snapshot", "company"], name="result_once_a_company"),
            models.CheckConstraint(
                condition=Q(is_rated=False, band="", best=None, worst=None, certainty=None)
                | (
                    Q(is_rated=True, best__gte=1, worst__gte=F("best"), certainty__isnull=False)
                    & ~Q(band="")
                ),
                name="result_place_only_if_rated",
            ),
        ]
        indexes = [
            models.Index(fields=["snapshot", "group", "position"], name="result_by_group"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="final_with_snapshot",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF EXISTS (
                        SELECT FROM ratings_ratingsnapshot
                        WHERE id IN (NEW.snapshot_id, OLD.snapshot_id) AND published_at IS NOT NULL
                    ) THEN
                        RAISE EXCEPTION 'pgtrigger: results of a published rating are final';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.score}"
