"""Times in which letters left late."""

from __future__ import annotations

from django.db import models


class LateEpisode(models.Model):
    """From when the oldest due message was over a minute old until none was; told of once."""

    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "time in which letters were late"
        verbose_name_plural = "times in which letters were late"
        constraints = [
            # One at a time, whichever worker sees it first.
            models.UniqueConstraint(
                fields=["ended_at"], name="late_episode_open_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.began_at:%Y-%m-%d %H:%M}"
