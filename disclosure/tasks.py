"""Jobs of the registry."""

from __future__ import annotations

from celery import shared_task
from django.utils.timezone import now

from disclosure.corrections import sending
from disclosure.open_data import snapshot
from disclosure.open_data.everything import making
from disclosure.publications import nightly


@shared_task(queue="default")
def rescore_disclosure(**_newer: object) -> None:
    """Keep the scores of completeness up to the day."""
    nightly.rescore(now())


@shared_task(queue="default")
def remind_of_limits(**_newer: object) -> None:
    """Tell companies of limits that come near or have passed."""
    nightly.remind(now())


@shared_task(queue="default")
def forget_correctors(**_newer: object) -> None:
    """Wipe addresses of readers whose requests to correct nobody decided for long."""
    sending.forget_addresses(at=now())


@shared_task(queue="default", time_limit=3600)
def publish_open_data(**_newer: object) -> None:
    """Write the day's files of open data."""
    snapshot.make(at=now())


@shared_task(queue="default", time_limit=3600)
def publish_everything(**_newer: object) -> None:
    """Make the day's archive of all open data."""
    try:
        making.make(at=now())
    except making.Busy:
        # Whoever makes it tells how it went.
        return
