"""Housekeeping that beat starts; every sweep is bounded and may run twice at once."""

from __future__ import annotations

from celery import shared_task
from django.utils.timezone import now

from accounts import idempotency, throttling
from accounts.uploads import sweeping


@shared_task(queue="default")
def sweep_uploads(**_newer: object) -> None:
    """Remove files that nobody attached."""
    sweeping.sweep_unclaimed(at=now())


@shared_task(queue="default")
def sweep_orphans(**_newer: object) -> None:
    """Remove stored bytes that no row names."""
    sweeping.sweep_orphans(at=now())


@shared_task(queue="default")
def sweep_counters(**_newer: object) -> None:
    """Remove rate limit counters and remembered calls whose time is over."""
    throttling.sweep(at=now())
    idempotency.sweep(at=now())
