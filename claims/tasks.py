"""Housekeeping of claims that beat starts; it may run twice at once."""

from __future__ import annotations

from celery import shared_task
from django.utils.timezone import now

from claims import silence


@shared_task(queue="default")
def fall_silent(**_newer: object) -> None:
    """Mark the claims whose organisations did not answer in time."""
    silence.fall_silent(at=now())
