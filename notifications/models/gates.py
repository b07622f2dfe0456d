"""How much may leave by a channel at a time, over all workers: kept here and nowhere else."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.models.channels import ChannelCode


class Gate(models.Model):
    """A channel's rate and its circuit breaker."""

    channel = models.CharField(_("channel"), max_length=12, choices=ChannelCode, primary_key=True)
    # When the next message would leave at an even pace (a leaky bucket needs no more).
    even_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    broken_since = models.DateTimeField(_("out of order since"), null=True)
    # Until then nobody tries; then one does, and the others wait for what becomes of it.
    closed_until = models.DateTimeField(null=True)
    last_error = models.CharField(_("last error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("gate of a channel")
        verbose_name_plural = _("gates of channels")

    def __str__(self) -> str:
        return self.channel


class GatePlace(models.Model):
    """One of the calls that a channel may have under way at once; free when its time is over."""

    channel = models.CharField(max_length=12, choices=ChannelCode)
    number = models.PositiveSmallIntegerField()
    # A worker that died frees its place by waiting.
    taken_until = models.DateTimeField()

    class Meta:
        verbose_name = _("place at a gate")
        verbose_name_plural = _("places at gates")
        constraints = [
            models.UniqueConstraint(fields=["channel", "number"], name="gate_place_once")
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.number}"
