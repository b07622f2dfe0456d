"""Jobs of the outbox."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils.timezone import now

from notifications import delivery

KEPT_FOR = timedelta(days=180)


@shared_task(queue="mail", time_limit=90, soft_time_limit=60)
def deliver(*, message_id: int, **_newer: object) -> None:
    """Send one message whose lease a relay has taken."""
    delivery.deliver(message_id, at=now())


@shared_task
def prune(**_newer: object) -> None:
    """Delete messages that ended half a year ago, in batches."""
    while delivery.prune(before=now() - KEPT_FOR):
        pass
