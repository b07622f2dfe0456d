"""What the record keeps: one number for a year and a kind of work."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class RecordCode(models.TextChoices):
    """A kind of work, in the order in which it is told."""

    REQUESTS = "requests", _("Requests taken in")
    FIXED = "fixed", _("Faults fixed")
    CALLS = "calls", _("Consultations by phone")
    QUESTIONS = "questions", _("Questions answered in writing")
    RECEPTIONS = "receptions", _("People received in person")
    SEMINARS = "seminars", _("Seminars held")
    TAUGHT = "taught", _("People taught")
    BILLS = "bills_rub", _("Taken off bills, rubles")
    WORKS = "works_rub", _("Works won, rubles")
    CASES = "cases", _("Court cases filed")
    CASES_WON = "cases_won", _("Court cases won")


class YearFigure(models.Model):
    """A number of a year; a year that is long over keeps the number it had."""

    year = models.PositiveSmallIntegerField(_("year"))
    code = models.CharField(_("what"), max_length=12, choices=RecordCode)
    value = models.DecimalField(_("how much"), max_digits=16, decimal_places=2)
    counted_at = models.DateTimeField(_("counted"))

    class Meta:
        verbose_name = _("figure of a year")
        verbose_name_plural = _("figures of years")
        ordering = ["-year", "code"]
        constraints = [
            models.UniqueConstraint(fields=["year", "code"], name="record_one_figure_a_year"),
            models.CheckConstraint(
                condition=models.Q(value__gte=0), name="record_figure_is_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.code}: {self.value}"
