"""Grounds of the right to free legal aid, dated, each with its clause."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from claims.models.figures import FigureRow


class GroundPart(models.TextChoices):
    """What a ground is about: the right needs one of each."""

    PERSON = "person", _("who asks")
    MATTER = "matter", _("what about")


class GroundLevel(models.TextChoices):
    """Whose law it is."""

    FEDERAL = "federal", _("federal law")
    REGION = "region", _("the region's law")


class GroundQuerySet(models.QuerySet["AidGround"]):
    """Grounds of legal aid."""

    def holding_on(self, day: date) -> GroundQuerySet:
        """Return those in force on `day`, in the order they are asked."""
        return self.filter(Q(until=None) | Q(until__gte=day), since__lte=day)


class AidGround(models.Model):
    """A category of people, or a kind of matter, that free legal aid is given to."""

    code = models.SlugField(_("code"), max_length=60)
    part = models.CharField(_("part"), max_length=8, choices=GroundPart)
    level = models.CharField(
        _("level"), max_length=8, choices=GroundLevel, default=GroundLevel.FEDERAL
    )
    words = models.CharField(_("as asked on the page"), max_length=300)
    papers = models.TextField(_("papers to bring, one a line"), blank=True)
    clause = models.CharField(_("clause"), max_length=200)
    source = models.CharField(_("source"), max_length=300)
    confidence = models.CharField(
        _("confidence"),
        max_length=10,
        choices=FigureRow.Confidence,
        default=FigureRow.Confidence.CHECK,
    )
    since = models.DateField(_("in force from"))
    until = models.DateField(_("in force until"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    loaded_hash = models.CharField(max_length=64, blank=True, editable=False)

    objects = GroundQuerySet.as_manager()

    class Meta:
        verbose_name = _("ground of free legal aid")
        verbose_name_plural = _("grounds of free legal aid")
        ordering = ["part", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["code", "since"], name="claims_ground_once_a_day"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=models.F("since")),
                name="claims_ground_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.words


class DutyQuerySet(models.QuerySet["DutyStep"]):
    """Steps of the state duty."""

    def holding_on(self, day: date) -> DutyQuerySet:
        """Return the scale in force on `day`, the smallest suit first."""
        return self.filter(Q(until=None) | Q(until__gte=day), since__lte=day).order_by("up_to_rub")


class DutyStep(models.Model):
    """A step of the state duty's scale: a fixed part, and percent of what is over the one below."""

    up_to_rub = models.DecimalField(_("suits up to, ₽"), max_digits=14, decimal_places=2)
    fixed_rub = models.DecimalField(_("fixed part, ₽"), max_digits=12, decimal_places=2)
    percent = models.DecimalField(
        _("percent of what is over the lower border"), max_digits=5, decimal_places=2, default=0
    )
    clause = models.CharField(_("clause"), max_length=200)
    source = models.CharField(_("source"), max_length=300)
    since = models.DateField(_("in force from"))
    until = models.DateField(_("in force until"), null=True, blank=True)
    loaded_hash = models.CharField(max_length=64, blank=True, editable=False)

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of the state duty")
        verbose_name_plural = _("state duty of a suit")
        ordering = ["-since", "up_to_rub"]
        constraints = [
            models.UniqueConstraint(fields=["up_to_rub", "since"], name="claims_duty_once_a_day"),
            models.CheckConstraint(
                condition=Q(up_to_rub__gt=0, fixed_rub__gte=0, percent__gte=0),
                name="claims_duty_is_money",
            ),
        ]

    def __str__(self) -> str:
        return f"≤ {self.up_to_rub} ₽ ({self.since})"
