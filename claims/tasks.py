"""Housekeeping of claims that beat starts; it may run twice at once."""

from __future__ import annotations

from celery import shared_task
from django.utils.timezone import localdate, now

from claims import retention, silence
from claims.court import retention as court_retention
from claims.incidents import offering as money_offering
from claims.recounting import offering
from claims.totals import publishing

# Of one run: the next one goes on, and a deploy waits for no district.
OFFER_BATCHES = 20


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


@shared_task(queue="default")
def offer_money_of_incidents(**_newer: object) -> None:
    """Offer the recalculation to those whom an ended incident touched, batch by batch."""
    at = now()
    money_offering.begin_due(at=at)
    money_offering.run(at=at, batches=OFFER_BATCHES)


@shared_task(queue="default")
def forget_cases(**_newer: object) -> None:
    """Empty the files of court cases that ended long ago."""
    at = now()
    while court_retention.forget_ended(today=localdate(at), at=at):
        pass
