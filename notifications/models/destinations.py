"""Where a person may be reached: addresses they have shown to be theirs."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from notifications.models.channels import ChannelCode
from notifications.querysets import DestinationQuerySet


class StopReason(models.TextChoices):
    """Why a destination gets nothing any more."""

    REMOVED = "removed", _("Removed by its owner")
    BOUNCED = "bounced", _("The address does not exist")
    BLOCKED = "blocked", _("Messages of the portal are blocked there")
    GONE = "gone", _("The device no longer takes notifications")
    REFUSED = "refused", _("The receiver refuses what is sent")
    TAKEN = "taken", _("Somebody else has confirmed this address")


class Destination(models.Model):
    """
    A person's confirmed address on a channel.

    `address` is an e-mail address, a phone in E.164, a Telegram chat's id, a push endpoint or a
    webhook's URL. `keys` holds what the channel needs besides: for web push the browser's
    `p256dh` and `auth`, for a webhook the `secret` it is signed with. A stopped row stays as a
    record; the same address may be confirmed anew as another row.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="destinations")
    channel = models.CharField(_("channel"), max_length=12, choices=ChannelCode)
    address = models.CharField(_("address"), max_length=1000)
    keys = models.JSONField(default=dict, blank=True)
    # What its owner knows it by: «Chrome, Android», a Telegram name.
    label = models.CharField(_("name"), max_length=120, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True)
    stop_reason = models.CharField(
        _("why it stopped"), max_length=12, choices=StopReason, blank=True
    )
    created_at = models.DateTimeField(pgettext_lazy("destination", "added"))

    objects = DestinationQuerySet.as_manager()

    class Meta:
        verbose_name = _("destination")
        verbose_name_plural = _("destinations")
        constraints = [
            # Only who confirmed an address holds it: an unconfirmed claim keeps nobody out.
            models.UniqueConstraint(
                fields=["channel", "address"],
                condition=Q(stopped_at__isnull=True, confirmed_at__isnull=False),
                name="destination_lives_once",
            ),
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True, stop_reason="")
                | (Q(stopped_at__isnull=False) & ~Q(stop_reason="")),
                name="destination_stop_has_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["user", "channel"],
                condition=Q(stopped_at__isnull=True),
                name="destination_of_user",
            ),
            models.Index(
                fields=["channel", "address"],
                condition=Q(stopped_at__isnull=False),
                name="destination_stopped",
            ),
        ]

    def __str__(self) -> str:
        # An address is personal: it never stands in a log or a list by accident.
        return f"{self.channel} #{self.pk}"

    @property
    def is_living(self) -> bool:
        """Whether messages may leave for it."""
        return self.confirmed_at is not None and self.stopped_at is None
