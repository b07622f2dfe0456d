"""
The relay: takes due messages from the outbox and hands their ids to Celery.

Events for other systems become messages here as well, some pages between two looks at letters.

It is woken by NOTIFY and looks by itself every second. Any number may run on any machine: SKIP
LOCKED and leases keep them apart, Postgres is all they share.

Redis is asked how much already waits before anything is leased. So a queue that nobody empties
never grows, a broker that is gone costs no lease, and a login code overtakes ten thousand mass
letters: those wait in Postgres, and the few that are in Redis have a lower priority there.
"""

from __future__ import annotations

import os
import select
import socket
import threading
import time
from datetime import timedelta
from typing import Any

import structlog
from celery.exceptions import OperationalError as BrokerGone
from django.db import InterfaceError, OperationalError, connection
from django.utils.timezone import now
from kombu import Producer
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from notifications import delivery, spilling
from notifications.models import Priority, RelayBeat
from notifications.tasks import QUEUE, deliver
from notifications.webhooks import spreading

log = structlog.get_logger(__name__)

BATCH = 400
# How many tasks may wait in Redis before messages of this priority stay in Postgres.
ROOM = {Priority.EMERGENCY: 400, Priority.NORMAL: 20, Priority.BULK: 8}
# How many messages one task carries: a code flies alone, a mass letter shares its connection.
IDS_A_TASK = {Priority.EMERGENCY: 1, Priority.NORMAL: 50, Priority.BULK: 50}
POLL_SECONDS = 1.0
# While messages wait only for room in Redis.
FULL_SECONDS = 0.2
# How many pages of events become calls of webhooks before letters are looked at again.
SPREAD_PAGES = 20
LOST_SECONDS = 5.0
BEAT_SECONDS = 10.0
BROKER_PAUSE_SECONDS = 1.0
DATABASE_PAUSE_SECONDS = 1.0
# Else Celery spells out each task's ids a second time, for a log that nobody keeps.
UNSPOKEN: dict[str, Any] = {"kwargsrepr": "ids"}
_BROKER_ERRORS = (BrokerGone, KombuError, RedisError, OSError)


class Relay:
    """One relay; `run` returns after `stop`."""

    def __init__(self) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self.handed_over = 0
        self.is_full = False
        self._is_busy = False
        self._stopping = threading.Event()
        self._beaten_at = self._looked_at = 0.0
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
                    self._look_after()
                    spread = spreading.run(at=now(), pages=SPREAD_PAGES)
                    if not self.hand_over() and not spread:
                        self._sleep(FULL_SECONDS if self.is_full else POLL_SECONDS)
            except (OperationalError, InterfaceError) as gone:
                log.warning("relay_lost_database", error=type(gone).__name__)
                connection.close()
                self._stopping.wait(DATABASE_PAUSE_SECONDS)
        connection.close()
        log.info("relay_stopped", name=self.name, handed_over=self.handed_over)

    def hand_over(self) -> int:
        """Hand a batch of each priority that has room to the workers; return how many messages."""
        handed = 0
        self.is_full = False
        # Without a due message Redis is left alone; in the midst of work the question costs more
        # than an empty hand.
        due = list(Priority) if self._is_busy else delivery.due_priorities(at=now())
        if not due:
            return 0
        self._is_busy = False
        try:
            with deliver.app.producer_pool.acquire(block=True) as producer:
                waiting = _waiting_tasks(producer)
                for priority in due:
                    size = min(BATCH, (ROOM[priority] - waiting) * IDS_A_TASK[priority])
                    if size <= 0:
                        self.is_full = True
                        break
                    count = self._hand_over(priority, size=size, producer=producer)
                    waiting += -(-count // IDS_A_TASK[priority])
                    handed += count
        except _BROKER_ERRORS as gone:
            log.warning("relay_lost_broker", error=type(gone).__name__)
            self._stopping.wait(BROKER_PAUSE_SECONDS)
            return 0
        self._is_busy = handed > 0
        return handed

    def _hand_over(self, priority: Priority, *, size: int, producer: Producer) -> int:
        taken = delivery.take(size=size, at=now(), priority=priority)
        told = 0
        try:
            while told < len(taken.ids):
                ids = taken.ids[told : told + IDS_A_TASK[priority]]
                deliver.apply_async(
                    kwargs={"message_ids": ids},
                    **UNSPOKEN,
                    priority=int(priority),
                    retry=False,
                    producer=producer,
                )
                told += len(ids)
        except _BROKER_ERRORS:
            # The broker may have heard of the last ones all the same: what a worker has begun
            # stays with it.
            delivery.give_back(taken.ids[told:], lease=taken.lease)
            raise
        finally:
            self.handed_over += told
        return told

    def _listen(self) -> None:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("LISTEN notifications_message")

    def _sleep(self, seconds: float) -> None:
        """Wait for a new message, the end of `seconds` or the end of the relay."""
        raw = connection.connection
        # The driver's own errors, as Django's: the database may go while we sleep.
        with connection.wrap_database_errors:
            if not raw.notifies:
                ready, _, _ = select.select([raw, self._wake_read], [], [], seconds)
                if raw in ready:
                    raw.poll()
            raw.notifies.clear()

    def _look_after(self) -> None:
        """Bring back what dead workers held, and say that this relay lives."""
        moment = time.monotonic()
        if moment - self._looked_at >= LOST_SECONDS:
            self._looked_at = moment
            lost = delivery.return_lost(at=now())
            if lost:
                log.warning("relay_returned_lost", count=lost)
            spilled = spilling.spill_due(at=now())
            if spilled:
                log.info("relay_spilled", count=spilled)
        if moment - self._beaten_at >= BEAT_SECONDS:
            self._beaten_at = moment
            at = now()
            RelayBeat.objects.update_or_create(
                name=self.name, defaults={"seen_at": at, "handed_over": self.handed_over}
            )
            RelayBeat.objects.filter(seen_at__lt=at - timedelta(days=1)).delete()


def _waiting_tasks(producer: Producer) -> int:
    """Return how many tasks of the mail queue nobody has taken yet; raise if Redis is gone."""
    channel: Any = producer.channel
    return int(channel.queue_declare(queue=QUEUE).message_count)
