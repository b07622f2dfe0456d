"""What became of a message after it left, and which way it goes if nobody says that it came."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from notifications.models.channels import ChannelCode
from notifications.models.messages import Message


class Report(models.Model):
    """
    What a gateway said later about a message that it took.

    A row is there for messages of channels that can tell (SMS), and for those whose arrival was
    asked of the device because another way waits for the answer.
    """

    message = models.OneToOneField(Message, models.CASCADE, primary_key=True, related_name="report")
    channel = models.CharField(_("channel"), max_length=12, choices=ChannelCode)
    # The gateway's own name of the message: a call-back brings it, a question names it.
    gateway_id = models.CharField(max_length=64, blank=True)
    parts = models.PositiveSmallIntegerField(_("parts"), default=1)
    left_at = models.DateTimeField(_("sent"))
    delivered_at = models.DateTimeField(pgettext_lazy("message", "delivered"), null=True)
    opened_at = models.DateTimeField(pgettext_lazy("message", "opened"), null=True)
    failed_at = models.DateTimeField(pgettext_lazy("message", "failed later"), null=True)
    # When the gateway is asked next; null: it has said its last word, or is not asked.
    ask_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("delivery report")
        verbose_name_plural = _("delivery reports")
        indexes = [
            models.Index(fields=["ask_at"], condition=Q(ask_at__isnull=False), name="report_ask"),
            models.Index(
                fields=["channel", "gateway_id"],
                condition=~Q(gateway_id=""),
                name="report_by_gateway_id",
            ),
            models.Index(fields=["channel", "left_at"], name="report_by_channel"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} #{self.message_id}"


class Spill(models.Model):
    """
    The ways that are left for a message, and when it takes the next one.

    `ways` is a list of [channel, address]. The row goes when the message has arrived.
    """

    message = models.OneToOneField(Message, models.CASCADE, primary_key=True, related_name="spill")
    ways = models.JSONField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("next way of a message")
        verbose_name_plural = _("next ways of messages")

    def __str__(self) -> str:
        return f"#{self.message_id}"
