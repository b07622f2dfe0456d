"""Housekeeping of the requests room that beat starts; each may run twice at once."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils.timezone import localdate, now

from requests_app import escalating, quality, retention, silence, treatment
from requests_app.exchange import running
from requests_app.figures import keeping
from requests_app.incidents import bursts_past, bursts_watch, following, jobs
from requests_app.open311 import remote_photos
from requests_app.suggestion import keeping as learning


@shared_task(queue="default")
def close_silent(**_newer: object) -> None:
    """Close the requests whose residents did not object to the act in time."""
    silence.close_silent(at=now())


@shared_task(queue="default")
def escalate_overdue(**_newer: object) -> None:
    """Tell of broken deadlines whom the rules name."""
    escalating.escalate_overdue(at=now())


@shared_task(queue="default")
def draw_quality_calls(**_newer: object) -> None:
    """Draw which of the last days' repairs are checked by phone; a day is drawn once."""
    today = localdate()
    for days in (3, 2, 1):
        quality.draw(today - timedelta(days=days))


@shared_task(queue="default")
def destroy_expired(**_newer: object) -> None:
    """Destroy personal data whose time is over."""
    while retention.destroy_expired(today=localdate(), at=now()):
        pass


@shared_task(queue="default")
def fetch_remote_photos(**_newer: object) -> None:
    """Fetch photos of hosts that the operator of the portal trusts; see open311.remote_photos."""
    remote_photos.fetch_due(at=now())


@shared_task(queue="default")
def sweep_drafts(**_newer: object) -> None:
    """Delete forgotten drafts."""
    while retention.sweep_drafts(at=now()):
        pass


@shared_task(queue="default")
def sweep_presence(**_newer: object) -> None:
    """Delete marks of operators who closed the page long ago, and what nobody can undo."""
    while retention.sweep_presence(at=now()):
        pass
    while retention.sweep_batches(at=now()):
        pass


@shared_task(queue="default")
def watch_bursts(**_newer: object) -> None:
    """Propose incidents where more requests came together than their past explains."""
    bursts_watch.listen(at=now())


@shared_task(queue="default", time_limit=3600)
def count_quiet_past(**_newer: object) -> None:
    """Count what the watch for bursts compares with, and drop what it heard long ago."""
    bursts_watch.forget(at=now())
    bursts_past.count_quiet_past(at=now())


@shared_task(queue="default")
def run_incident_jobs(**_newer: object) -> None:
    """Tell residents of news, attach and end requests of incidents, where work is waiting."""
    jobs.run(at=now(), batches=200)


@shared_task(queue="default")
def sweep_outage_subscriptions(**_newer: object) -> None:
    """Forget addresses that nobody confirmed, and followers of incidents long over."""
    while following.sweep(at=now()):
        pass


@shared_task(queue="default")
def count_treatment(**_newer: object) -> None:
    """Count how companies treat their requests, for the list that sorts by it."""
    treatment.count_all(at=now())


@shared_task(queue="default")
def refresh_figures(**_newer: object) -> None:
    """Count the figures of the months that changed."""
    keeping.refresh(at=now())


@shared_task(queue="default", time_limit=3600)
def learn_suggestion(**_newer: object) -> None:
    """Learn a model of suggested matters, and use it if it is not worse than the last."""
    learning.learn(at=now())


@shared_task(queue="default", time_limit=3600)
def rebuild_figures(**_newer: object) -> None:
    """Count all figures anew: an edit of the register moves requests without touching them."""
    keeping.rebuild(at=now())


@shared_task(queue="default")
def run_exchange(**_newer: object) -> None:
    """Work on batches from other systems, where rows are waiting."""
    running.run(at=now, parts=200)


@shared_task(queue="default")
def sweep_exchange(**_newer: object) -> None:
    """Delete batches finished long ago, and files that nobody sent after looking."""
    while running.sweep(at=now()):
        pass
