"""Housekeeping of this room."""

from __future__ import annotations

from celery import shared_task
from django.utils.timezone import now

from outreach.models import UnansweredSearch


@shared_task(queue="default")
def forget_old_searches(**_newer: object) -> int:
    """Delete searches in vain that nobody repeated for long; return how many."""
    return UnansweredSearch.objects.forget_old(at=now())
