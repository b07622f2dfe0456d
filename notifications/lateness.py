"""
Letters that leave late: everybody at the desk sees it, administrators are told once an episode.

The letter itself stands in the same outbox. It is urgent and so leaves before all that waits, and
the inbox shows it at once; with no relay at all only the banner, `/readyz`, the log and Prometheus
speak.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext_noop as noop

from accounts.models import User
from notifications import outbox, overview
from notifications.models import LateEpisode, Priority

log = structlog.get_logger(__name__)

LATE_AFTER = timedelta(minutes=1)
# An episode is over well below the limit, and one that comes back soon is the same one: a lag that
# swings about a minute must not write a letter each time.
OVER_BELOW = timedelta(seconds=10)
SAME_WITHIN = timedelta(minutes=30)
KEPT_FOR = timedelta(days=365)


def worst(*, at: datetime) -> timedelta:
    """Return how long the oldest due message waits, those that a channel put off as well."""
    return max(overview.lag(at=at), overview.put_off(at=at))


def minutes_late() -> int:
    """Return for how many minutes letters wait now; 0 within the limit."""
    lag = worst(at=now())
    return int(lag.total_seconds() // 60) if lag > LATE_AFTER else 0


@transaction.atomic
def watch(*, at: datetime) -> bool:
    """Begin or end an episode; return whether administrators were told of a new one."""
    lag = worst(at=at)
    held = LateEpisode.objects.select_for_update().filter(ended_at=None).first()
    if held is not None:
        held.seen_at = at
        held.ended_at = at if lag < OVER_BELOW else None
        held.save(update_fields=["seen_at", "ended_at"])
        return False
    if lag <= LATE_AFTER:
        return False
    last = LateEpisode.objects.order_by("-began_at").first()
    if last is not None and last.ended_at and last.ended_at > at - SAME_WITHIN:
        last.ended_at, last.seen_at = None, at
        last.save(update_fields=["ended_at", "seen_at"])
        return False
    episode, is_new = LateEpisode.objects.get_or_create(
        ended_at=None, defaults={"began_at": at - lag, "seen_at": at}
    )
    if is_new:
        # Sentry and the log are told even if no letter leaves at all.
        log.error("letters_are_late", seconds=int(lag.total_seconds()))
        _tell(episode, lag, at=at)
    return is_new


def _tell(episode: LateEpisode, lag: timedelta, *, at: datetime) -> None:
    administrators = User.objects.filter(is_active=True, is_staff=True, is_superuser=True)
    outbox.enqueue_many(
        [
            outbox.Letter(
                event="outbox.late",
                template="notifications/mail/late",
                to=user.email,
                user_id=user.pk,
                context={
                    "minutes": int(lag.total_seconds() // 60),
                    "link": {"link": "channels", "id": 0},
                },
                topic="outbox",
                dedupe_key=f"outbox-late:{episode.pk}:{user.pk}",
                why=noop("You are an administrator of the portal."),
                priority=Priority.EMERGENCY,
            )
            for user in administrators.exclude(email="").order_by("pk")[:100]
        ],
        at=at,
    )


def forget_old(*, at: datetime) -> None:
    """Delete episodes of more than a year ago."""
    LateEpisode.objects.filter(ended_at__lt=at - KEPT_FOR).delete()


def channels_link(_pk: object) -> str:
    """Return the path of the page that shows how each channel is doing."""
    return reverse("admin:notifications_message_channels")
