"""
A worker that has gone deaf ends itself, so that whoever supervises it starts a new one.

When Redis is restarted under load, Celery's consumer sometimes waits for ever on a connection that
another thread has closed meanwhile: it logs nothing, takes nothing, and looks alive. Work that lies
waiting while the worker neither works nor takes anything is what betrays it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from celery import Celery
from celery.worker import state
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

EVERY_SECONDS = 4.0
# So many looks in a row must find work waiting and nothing taken.
PATIENCE = 4


@dataclass
class Hearing:
    """What was seen of one worker so far."""

    taken: int = -1
    silent_looks: int = 0

    def is_lost(self, *, waiting: int, taken: int, active: int) -> bool:
        """
        Tell whether the worker is deaf, seen once more.

        `waiting` tasks lie in Redis, `taken` were taken since its start, `active` run now.
        """
        silent = waiting > 0 and active == 0 and taken == self.taken
        self.silent_looks = self.silent_looks + 1 if silent else 0
        self.taken = taken
        return self.silent_looks >= PATIENCE


def watch(app: Celery, queues: tuple[str, ...], *, end: Callable[[int], object] = os._exit) -> None:
    """Look at this process's worker for as long as it lives; end the process if it is deaf."""
    hearing = Hearing()
    pause = threading.Event()
    while not pause.wait(EVERY_SECONDS):
        try:
            waiting = _waiting(app, queues)
        except (RedisError, KombuError, OSError):
            # Nothing can be heard from a Redis that is away.
            hearing = Hearing()
            continue
        taken = sum(state.total_count.values())
        if hearing.is_lost(waiting=waiting, taken=taken, active=len(state.active_requests)):
            log.critical("worker_is_deaf", waiting=waiting)
            # Nothing runs in it, and a polite end would ask the deaf part first.
            end(1)
            return


def _waiting(app: Celery, queues: tuple[str, ...]) -> int:
    with app.connection_for_read() as connection:
        channel: Any = connection.default_channel
        return sum(channel.queue_declare(queue=queue).message_count for queue in queues)


def start(app: Celery, queues: tuple[str, ...]) -> None:
    """Watch in a thread of its own that ends with the process."""
    threading.Thread(target=watch, args=(app, queues), name="hearing", daemon=True).start()
