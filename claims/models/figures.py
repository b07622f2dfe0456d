"""Figures of the law that the city sets for itself."""

from __future__ import annotations

import pghistory
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from claims.querysets import LawFigureQuerySet
from claims.recalculation import figures


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    model_name="FigureAudit",
    append_only=True,
)
class FigureRow(models.Model):
    """A number or reading of the law that the city keeps instead of the portal's own, dated."""

    class Confidence(models.TextChoices):
        SURE = "sure", _("Sure")
        LIKELY = "likely", _("Likely")
        CHECK = "check", _("To be checked by a lawyer")

    code = models.CharField(_("code"), max_length=60)
    value = models.CharField(_("value"), max_length=40)
    since = models.DateField(_("in force from"))
    until = models.DateField(_("in force until"), null=True, blank=True)
    clause = models.CharField(_("clause"), max_length=200)
    source = models.CharField(_("source"), max_length=300)
    confidence = models.CharField(
        _("confidence"), max_length=10, choices=Confidence, default=Confidence.CHECK
    )
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = LawFigureQuerySet.as_manager()

    class Meta:
        verbose_name = _("figure of the law")
        verbose_name_plural = _("figures of the law")
        ordering = ["code", "-since"]
        constraints = [
            models.UniqueConstraint(fields=["code", "since"], name="claims_figure_once_a_day"),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("since")),
                name="claims_figure_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} = {self.value}"

    def clean(self) -> None:
        """Refuse a code that no rule reads and a value that it cannot be."""
        try:
            figures.check(self.code, self.value)
        except figures.Unreadable as mistake:
            raise ValidationError(
                _("No rule can read this: %(what)s"), params={"what": str(mistake)}
            ) from None

    def figure(self) -> figures.Figure:
        """Return it as the rules know it."""
        return figures.Figure(
            code=self.code,
            value=self.value,
            since=self.since,
            until=self.until,
            clause=self.clause,
            source=self.source,
            confidence=self.confidence,
            note=self.note,
        )
