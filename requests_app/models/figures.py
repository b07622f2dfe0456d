"""What requests add up to, counted beforehand: a page of figures reads hundreds of rows at most."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _


class Span(models.TextChoices):
    """How long a figure is about."""

    DAY = "day", _("Day")
    MONTH = "month", _("Month")


class FigureScope(models.TextChoices):
    """What a figure is about; the key of each is said beside it."""

    CITY = "city", _("The whole city")  # ""
    MATTER = "matter", _("Service")  # the code of the top matter
    DISTRICT = "district", _("District")  # its name
    EXECUTOR = "executor", _("Organisation")  # its ИНН
    HOUSE = "house", _("House")  # its id
    SQUARE = "square", _("Square of the map")  # «row:column», see figures.squares


class FigureQuerySet(models.QuerySet["Figure"]):
    """Figures; they name nobody, but small ones are folded before strangers see them."""

    def of_month(self, month: date) -> Self:
        """Return the figures of the requests filed in the month."""
        return self.filter(span=Span.MONTH, start=month)

    def city_months(self, first: date, last: date) -> Self:
        """Return the whole city's months from `first` to `last`, in order."""
        return self.filter(
            span=Span.MONTH, scope=FigureScope.CITY, key="", start__range=(first, last)
        ).order_by("start")

    def city_days(self, first: date, last: date) -> Self:
        """Return the whole city's days from `first` to `last`, in order; empty days have none."""
        return self.filter(
            span=Span.DAY, scope=FigureScope.CITY, key="", start__range=(first, last)
        ).order_by("start")


class Figure(models.Model):
    """
    The requests filed in one day or month, about one thing, and how they were treated.

    The same rules as on a company's page: what was refused, withdrawn, joined or not found is
    filed, but not judged; a promise is judged once it is kept or broken.
    """

    span = models.CharField(max_length=5, choices=Span)
    start = models.DateField()
    scope = models.CharField(max_length=8, choices=FigureScope)
    key = models.CharField(max_length=160, blank=True)
    # How the organisation was called on its requests; "" for all else.
    name = models.CharField(max_length=300, blank=True)
    filed = models.PositiveIntegerField()
    emergencies = models.PositiveIntegerField()
    still_open = models.PositiveIntegerField()
    fixed = models.PositiveIntegerField()
    judged = models.PositiveIntegerField()
    in_time = models.PositiveIntegerField()
    presented = models.PositiveIntegerField()
    reopened = models.PositiveIntegerField()
    # Half of the repaired ones took no longer; None while nothing is repaired.
    hours_median = models.FloatField(null=True)

    objects = FigureQuerySet.as_manager()

    class Meta:
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        constraints = [
            models.UniqueConstraint(
                fields=["span", "scope", "key", "start"], name="figure_counted_once"
            )
        ]
        indexes = [
            models.Index(fields=["span", "start", "scope", "-filed"], name="figure_most_first")
        ]

    def __str__(self) -> str:
        return f"{self.start} {self.scope} {self.key}: {self.filed}"


class FigureMark(models.Model):
    """
    Up to where requests are counted; one row.

    Every line of the timeline up to `settled_event` was committed before the count of `counted_at`:
    a line may be committed after one with a larger id, but not minutes after it.
    """

    settled_event = models.BigIntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("mark of the figures")
        verbose_name_plural = _("marks of the figures")

    def __str__(self) -> str:
        return f"{self.counted_at:%Y-%m-%d %H:%M}"
