"""Models that suggest a category: each version with what it was measured at."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SuggestionModelQuerySet(models.QuerySet["SuggestionModel"]):
    """Versions; only staff reads of them."""

    def in_use(self) -> SuggestionModel | None:
        """Return the version that suggests now, without its numbers; None before the first."""
        return self.filter(is_used=True).without_numbers().first()

    def without_numbers(self) -> models.QuerySet[SuggestionModel]:
        """Leave the megabytes out."""
        return self.defer("vocabulary", "weights")


class SuggestionModel(models.Model):
    """
    A learnt version; numbers and words only, never a pickle.

    `metrics` and `before` (of what suggested until then, on the same texts) are of
    `suggestion.measuring.Metrics`. One that was worse is kept unused, without its numbers.
    """

    trained_at = models.DateTimeField(_("learnt"))
    learnt = models.PositiveIntegerField(_("learnt from"))
    held_out = models.PositiveIntegerField(_("measured on"))
    seconds = models.FloatField(_("seconds"))
    is_used = models.BooleanField(_("in use"), default=False)
    metrics = models.JSONField(_("figures"))
    before = models.JSONField(_("figures before"))
    classes = models.JSONField()
    bias = models.JSONField()
    vocabulary = models.BinaryField()
    weights = models.BinaryField()

    objects = SuggestionModelQuerySet.as_manager()

    class Meta:
        verbose_name = _("model of suggestions")
        verbose_name_plural = _("models of suggestions")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_used"], condition=Q(is_used=True), name="suggestion_one_in_use"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk}"
