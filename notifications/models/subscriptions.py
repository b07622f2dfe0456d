"""What an address hears about."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.models.channels import ChannelCode


class Subscription(models.Model):
    """What an address hears about; a row appears when its owner stops a topic."""

    channel = models.CharField(_("channel"), max_length=12, choices=ChannelCode)
    address = models.CharField(_("address"), max_length=1000)
    topic = models.CharField(_("about"), max_length=120)
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True)

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "address", "topic"], name="subscription_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel}: {self.topic}"
