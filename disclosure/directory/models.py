"""How each company answers requests, counted by the room that knows requests."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ResponseFigures(models.Model):
    """
    Counts of a company's requests of the last months, as of `counted_at`.

    Written by the room of requests, which lies above: the list of companies sorts by them and
    must not count every request to do so. A company without such requests has no row.
    """

    company = models.OneToOneField(
        "disclosure.ManagementCompany",
        models.CASCADE,
        primary_key=True,
        related_name="response_figures",
        verbose_name=_("management company"),
    )
    counted_at = models.DateTimeField(_("counted"))
    days = models.PositiveSmallIntegerField(_("over the last days"))
    total = models.PositiveIntegerField(_("requests"))
    fixed = models.PositiveIntegerField(_("fixed"))
    # Done, or their term is over.
    judged = models.PositiveIntegerField(_("judged by their term"))
    in_time = models.PositiveIntegerField(_("done in time"))
    # An act was presented, or the resident sent the work back.
    presented = models.PositiveIntegerField(_("presented as done"))
    reopened = models.PositiveIntegerField(_("sent back by residents"))

    class Meta:
        verbose_name = _("figures of answers to requests")
        verbose_name_plural = _("figures of answers to requests")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(in_time__lte=models.F("judged"))
                & models.Q(reopened__lte=models.F("presented")),
                name="response_part_within_whole",
            )
        ]

    def __str__(self) -> str:
        return f"{self.company_id}: {self.in_time}/{self.judged}"

    @property
    def in_time_percent(self) -> int | None:
        """Of the judged ones how many were done in time; None of nothing."""
        return _percent(self.in_time, self.judged)

    @property
    def reopened_percent(self) -> int | None:
        """Of the presented ones how many residents sent back; None of nothing."""
        return _percent(self.reopened, self.presented)


def _percent(part: int, whole: int) -> int | None:
    return round(part * 100 / whole) if whole else None
