"""What beat starts in this room."""

from __future__ import annotations

from celery import shared_task
from django.utils.timezone import localdate, now

from ratings import months
from ratings.models import RatingSnapshot


@shared_task(queue="default")
def draft_last_month(**_newer: object) -> None:
    """Make the draft of the month that ended; one that is there already stays."""
    month = months.shifted(localdate().replace(day=1), -1)
    if RatingSnapshot.objects.of_month(month).exists():
        return
    # Here and not above: workers that never make a draft carry none of the arithmetic's memory.
    from ratings import snapshots

    snapshots.draft(month, at=now())
