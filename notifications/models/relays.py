"""The relays that run."""

from __future__ import annotations

from django.db import models


class RelayBeat(models.Model):
    """A running relay says that it lives."""

    name = models.CharField(max_length=120, primary_key=True)
    seen_at = models.DateTimeField()
    handed_over = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return self.name
