"""`python manage.py relay`: hand due messages of the outbox to the workers."""

from __future__ import annotations

import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.training import InDrill, real_only
from notifications.relay import Relay


class Command(BaseCommand):
    help = "Hand due messages of the outbox to Celery until stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            real_only("the relay")
        except InDrill as refused:
            raise CommandError(str(refused)) from None
        relay = Relay()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: relay.stop())
        relay.run()
