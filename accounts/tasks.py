"""Housekeeping that beat starts; every sweep goes in batches and may run twice at once."""

from __future__ import annotations

from importlib import import_module

from celery import shared_task
from django.conf import settings
from django.utils.timezone import now

from accounts import idempotency, throttling, token_letters
from accounts.uploads import sweeping


@shared_task(queue="default")
def sweep_uploads(**_newer: object) -> None:
    """Remove files that nobody attached."""
    while sweeping.sweep_unclaimed(at=now()):
        pass


@shared_task(queue="default")
def sweep_orphans(**_newer: object) -> None:
    """Remove stored bytes that no row names."""
    sweeping.sweep_orphans(at=now())


@shared_task(queue="default")
def sweep_counters(**_newer: object) -> None:
    """Remove rate limit counters and remembered calls whose time is over."""
    while throttling.sweep(at=now()):
        pass
    while idempotency.sweep(at=now()):
        pass


@shared_task(queue="default")
def sweep_sessions(**_newer: object) -> None:
    """Remove sign-ins whose time is over."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


@shared_task(queue="default")
def remind_of_tokens(**_newer: object) -> None:
    """Tell owners of tokens that stop working within a week."""
    token_letters.remind(at=now())
