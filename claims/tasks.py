"""Housekeeping of claims that beat starts; it may run twice at once."""

from __future__ import annotations

from celery import shared_task
from django.utils.timezone import now

from claims import retention, silence
from claims.recounting import offering
from claims.totals import publishing


@shared_task(queue="default")
def fall_silent(**_newer: object) -> None:
    """Mark the claims whose organisations did not answer in time."""
    silence.fall_silent(at=now())


@shared_task(queue="default")
def forget_destroyed(**_newer: object) -> None:
    """Empty the claims of requests whose personal data was destroyed."""
    while retention.forget_destroyed():
        pass


@shared_task(queue="default", time_limit=600)
def publish_won(*, again: bool = False, **_newer: object) -> None:
    """Make the public totals anew where rows changed."""
    publishing.refresh(at=now(), again=again)


@shared_task(queue="default", time_limit=3600)
def offer_recounts(**_newer: object) -> None:
    """Offer claims counted anew where figures or tariffs were corrected."""
    offering.offer_all(at=now())
