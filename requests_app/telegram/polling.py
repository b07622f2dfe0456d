"""Asking Telegram for updates, for a portal that Telegram cannot reach from outside."""

from __future__ import annotations

import threading
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, connection
from django.utils.timezone import now

from notifications import outbound, telegram
from notifications.channels import NeverDelivered, TryLater
from requests_app.telegram import talk

log = structlog.get_logger(__name__)

# How long Telegram holds the question open when it has nothing to say.
WAIT_SECONDS = 25
PAUSE_SECONDS = 5.0
LIMITS = outbound.Limits(connect=5, read=WAIT_SECONDS + 10, total=WAIT_SECONDS + 15, answer=2**21)


def run(stopping: threading.Event, *, wait: int = WAIT_SECONDS) -> None:
    """Answer updates until told to stop, through absences of Telegram and of the database."""
    offset = 0
    while not stopping.is_set():
        try:
            offset = once(offset, wait=wait)
        except (TryLater, NeverDelivered) as away:
            log.warning("telegram_away", error=str(away))
            stopping.wait(PAUSE_SECONDS)
        except (OperationalError, InterfaceError) as gone:
            log.warning("telegram_lost_database", error=type(gone).__name__)
            connection.close()
            stopping.wait(PAUSE_SECONDS)


def once(offset: int, *, wait: int = WAIT_SECONDS) -> int:
    """
    Answer what has come since `offset` and return the next one.

    Telegram forgets an update when a later offset is asked for: after its answer is committed.
    """
    updates: Any = telegram.call(
        "getUpdates",
        limits=LIMITS,
        offset=offset,
        timeout=wait,
        allowed_updates=["message", "my_chat_member"],
    )
    for update in updates if isinstance(updates, list) else []:
        if isinstance(update, dict):
            talk.answer(update, at=now())
            if isinstance(update.get("update_id"), int):
                offset = max(offset, update["update_id"] + 1)
    return offset
