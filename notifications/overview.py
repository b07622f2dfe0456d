"""How the outbox is doing, in a few cheap questions: for the admin's page and for Prometheus."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Min

from notifications.models import Message, Priority, RelayBeat, State

# A relay says every ten seconds that it lives.
ALIVE_WITHIN = timedelta(seconds=60)
RECENT = timedelta(minutes=5)
UNFINISHED = (State.QUEUED, State.LEASED, State.DEAD)

# By priority, because the index of waiting messages begins with it; those in work are few.
_OLDEST = """
SELECT min(not_before) FROM (
    SELECT waiting.not_before FROM unnest(%(priorities)s::smallint[]) AS wanted(priority)
    CROSS JOIN LATERAL (
        SELECT not_before FROM notifications_message
        WHERE state = 'queued' AND priority = wanted.priority AND not_before <= %(at)s
        ORDER BY not_before LIMIT 1
    ) AS waiting
    UNION ALL
    SELECT min(not_before) FROM notifications_message WHERE state = 'leased'
) AS oldest
"""


@dataclass(frozen=True)
class Relay:
    """A relay that was seen within a day."""

    name: str
    seen_at: datetime
    handed_over: int
    is_alive: bool


def lag(*, at: datetime) -> timedelta:
    """Return for how long the oldest message that should have left has waited; 0 for none."""
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST, {"priorities": Priority.values, "at": at})
        oldest = cursor.fetchone()[0]
    return max(at - oldest, timedelta(0)) if oldest else timedelta(0)


def put_off(*, at: datetime) -> timedelta:
    """Return how long the oldest message waits that a channel has put off; 0 for none."""
    held = Message.objects.filter(
        state__in=[State.QUEUED, State.LEASED], put_off_from__isnull=False
    ).aggregate(oldest=Min("put_off_from"))["oldest"]
    return max(at - held, timedelta(0)) if held else timedelta(0)


def relays(*, at: datetime) -> list[Relay]:
    """Return the relays seen within a day, the latest first."""
    return [
        Relay(beat.name, beat.seen_at, beat.handed_over, beat.seen_at > at - ALIVE_WITHIN)
        for beat in RelayBeat.objects.order_by("-seen_at")[:20]
    ]


def counts(*, most: int | None = None) -> dict[str, int]:
    """Return how many messages wait, are in work and are dead; each up to `most`."""
    return {
        str(state): Message.objects.filter(state=state).order_by()[:most].count()
        for state in UNFINISHED
    }
