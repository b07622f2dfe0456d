"""`python manage.py play_drill`: play the storm of whichever drill is started, until stopped."""

from __future__ import annotations

import signal
import threading
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError, connection
from django.utils.timezone import now

from contact_center.drill import playing, running

log = structlog.get_logger(__name__)
TICK_SECONDS = 0.5
PAUSE_SECONDS = 3.0


class Command(BaseCommand):
    help = "Play the storm of the drill in its own database; needs DRILL=1."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            running.must_be_drill()
        except running.NotADrill:
            raise CommandError("A storm plays in a drill only: make drill starts one.") from None
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        while not stopping.wait(TICK_SECONDS):
            try:
                playing.play(at=now())
            except (OperationalError, InterfaceError) as gone:
                log.warning("drill_lost_database", error=type(gone).__name__)
                connection.close()
                stopping.wait(PAUSE_SECONDS)
