"""The Telegram bot: registering its webhook, or asking for updates instead."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from notifications import telegram
from notifications.channels import NeverDelivered, TryLater
from requests_app.telegram import polling


class Command(BaseCommand):
    """`webhook` tells Telegram our address, `poll` asks it instead, `off` ends the first."""

    help = "webhook: let Telegram bring updates to us; poll: ask for them; off: forget the webhook."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what to do."""
        parser.add_argument("deed", choices=["webhook", "poll", "off"])

    def handle(self, *args: Any, deed: str, **options: Any) -> None:
        """Do it."""
        if not telegram.is_set_up():
            raise CommandError("TELEGRAM_TOKEN and TELEGRAM_BOT must be set")
        try:
            if deed == "webhook":
                telegram.call(
                    "setWebhook",
                    url=settings.PUBLIC_URL + reverse("telegram_webhook"),
                    secret_token=telegram.webhook_secret(),
                    allowed_updates=["message", "my_chat_member"],
                    max_connections=4,
                )
                self.stdout.write("Telegram brings updates to us.")
                return
            # Telegram refuses questions while it has an address.
            telegram.call("deleteWebhook")
        except (TryLater, NeverDelivered) as refused:
            raise CommandError(str(refused)) from None
        if deed == "poll":
            stopping = threading.Event()
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, lambda *_: stopping.set())
            polling.run(stopping)
