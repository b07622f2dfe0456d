"""The ways a message leaves, by their codes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ChannelCode(models.TextChoices):
    """How a message leaves; each but the inbox is a file of `notifications.channels`."""

    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")
    TELEGRAM = "telegram", _("Telegram")
    WEB_PUSH = "web_push", _("Notifications of this device")
    WEBHOOK = "webhook", _("Webhook")
    # A row that never leaves: people read it in the portal.
    INBOX = "inbox", _("In the portal")
