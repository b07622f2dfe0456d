"""
The relay: takes due messages from the outbox and hands their ids to Celery.

It is woken by NOTIFY and looks by itself every second. Any number may run on any machine: SKIP
LOCKED and leases keep them apart, Postgres is all they share.
"""

from __future__ import annotations

import os
import select
import socket
import threading
import time
from datetime import timedelta

import structlog
from celery.exceptions import OperationalError as BrokerGone
from django.db import InterfaceError, OperationalError, connection
from django.utils.timezone import now
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from notifications import delivery
from notifications.models import RelayBeat
from notifications.tasks import deliver

log = structlog.get_logger(__name__)

BATCH = 100
POLL_SECONDS = 1.0
BEAT_SECONDS = 10.0
# How long messages rest after the broker could not be told of them.
BROKER_PAUSE = timedelta(seconds=5)
DATABASE_PAUSE_SECONDS = 1.0


class Relay:
    """One relay; `run` returns after `stop`."""

    def __init__(self) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self.handed_over = 0
        self._stopping = threading.Event()
        self._beaten_at = 0.0
        # A signal writes here, so that a relay asleep in select wakes at once.
        self._wake_read, self._wake_write = os.pipe()

    def stop(self) -> None:
        """Ask the relay to end after what it has in hand."""
        self._stopping.set()
        os.write(self._wake_write, b".")

    def run(self) -> None:
        """Work until stopped, through restarts of Postgres and Redis."""
        log.info("relay_started", name=self.name)
        while not self._stopping.is_set():
            try:
                self._listen()
                while not self._stopping.is_set():
                    self._beat()
                    if not self.hand_over():
                        self._sleep()
            except (OperationalError, InterfaceError) as gone:
                log.warning("relay_lost_database", error=type(gone).__name__)
                connection.close()
                self._stopping.wait(DATABASE_PAUSE_SECONDS)
        connection.close()
        log.info("relay_stopped", name=self.name, handed_over=self.handed_over)

    def hand_over(self) -> int:
        """Take one batch, hand it to the workers and return how many messages it had."""
        taken = delivery.take(size=BATCH, at=now())
        for place, message_id in enumerate(taken.ids):
            try:
                deliver.apply_async(kwargs={"message_id": message_id}, retry=False)
            except (BrokerGone, KombuError, RedisError, OSError) as gone:
                log.warning("relay_lost_broker", error=type(gone).__name__)
                delivery.give_back(taken.ids[place:], not_before=now() + BROKER_PAUSE)
                self.handed_over += place
                self._stopping.wait(1.0)
                return 0
        self.handed_over += len(taken.ids)
        return len(taken.ids)

    def _listen(self) -> None:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("LISTEN notifications_message")

    def _sleep(self) -> None:
        """Wait for a new message, the poll interval or the end."""
        raw = connection.connection
        if not raw.notifies:
            ready, _, _ = select.select([raw, self._wake_read], [], [], POLL_SECONDS)
            if raw in ready:
                raw.poll()
        raw.notifies.clear()

    def _beat(self) -> None:
        if time.monotonic() - self._beaten_at < BEAT_SECONDS:
            return
        self._beaten_at = time.monotonic()
        at = now()
        lost = delivery.return_lost(at=at)
        if lost:
            log.warning("relay_returned_lost", count=lost)
        RelayBeat.objects.update_or_create(
            name=self.name, defaults={"seen_at": at, "handed_over": self.handed_over}
        )
        RelayBeat.objects.filter(seen_at__lt=at - timedelta(days=1)).delete()
