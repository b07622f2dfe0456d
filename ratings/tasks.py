"""What beat starts in this room."""

from __future__ import annotations

from datetime import date, datetime

from celery import shared_task
from django.utils.timezone import localdate, now

from accounts.actors import System
from ratings import months, publishing
from ratings.models import Objection, RatingSnapshot
from requests_app.special_days import calendar_of

# Late objections of residents to the month's last repairs are in by then.
FIRST_DAY = 5


@shared_task(queue="default")
def carry_on_ratings(**_newer: object) -> None:
    """
    Take each month's rating its next step: draft, comments, made anew, published.

    Safe to run at any time and twice: every step asks what is there already.
    """
    at = now()
    today = localdate()
    month = months.shifted(today.replace(day=1), -1)
    if today.day >= FIRST_DAY and not RatingSnapshot.objects.of_month(month).exists():
        _draft(month, at=at)
    for snapshot in RatingSnapshot.objects.filter(published_at=None).light():
        _carry_on(snapshot, at=at)


def _draft(month: date, *, at: datetime, erratum: str = "") -> RatingSnapshot:
    # Here and not above: workers that never make a draft carry none of the arithmetic's memory.
    from ratings import snapshots

    return snapshots.draft(month, at=at, erratum=erratum)


def _carry_on(snapshot: RatingSnapshot, *, at: datetime) -> None:
    if snapshot.comments_from is None:
        # A correction waits for whoever began it.
        if snapshot.edition == 1:
            calendar = calendar_of(at.year)
            publishing.open_comments(snapshot.pk, calendar=calendar, by=System(), at=at)
        return
    objections = Objection.objects.of_month(snapshot.period)
    if objections.upheld_since(snapshot.frozen_at).exists():
        snapshot = _draft(snapshot.period, at=at, erratum=snapshot.erratum)
    if (
        not objections.undecided().exists()
        and snapshot.comments_until
        and at >= snapshot.comments_until
    ):
        publishing.publish(snapshot.pk, by=System(), at=at)
