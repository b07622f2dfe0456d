"""How each channel is doing: what waits, what left, what arrived, what failed and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, Sum

from notifications import gate
from notifications.channels.registry import CHANNELS
from notifications.models import (
    ChannelCode,
    Destination,
    Gate,
    Message,
    Report,
    State,
)

DAY = timedelta(days=1)
# Beyond so many nobody needs the exact count, and the question stays cheap.
MOST_COUNTED = 10_000
REASONS = 3

# Each arm by an index of its own; what a channel has put off counts from when it was due.
_WAITING = """
SELECT wanted.channel,
    (SELECT count(*) FROM (
        SELECT FROM notifications_message
        WHERE state = 'queued' AND channel = wanted.channel AND not_before <= %(at)s LIMIT %(most)s
    ) AS due)
    + (SELECT count(*) FROM (
        SELECT FROM notifications_message
        WHERE state = 'queued' AND channel = wanted.channel AND put_off_from IS NOT NULL
            AND not_before > %(at)s LIMIT %(most)s
    ) AS put_off),
    LEAST(
        (SELECT min(not_before) FROM notifications_message
         WHERE state = 'queued' AND channel = wanted.channel AND not_before <= %(at)s),
        (SELECT min(put_off_from) FROM notifications_message
         WHERE state IN ('queued', 'leased') AND put_off_from IS NOT NULL
            AND channel = wanted.channel)
    )
FROM unnest(%(channels)s::text[]) AS wanted(channel)
"""


@dataclass
class Figures:
    """One channel, now and over the last day."""

    code: str
    is_set_up: bool
    gate: Gate
    waiting: int = 0
    lag: timedelta = timedelta(0)
    sent: int = 0
    delivered: int = 0
    opened: int = 0
    failed_later: int = 0
    parts: int = 0
    dead: int = 0
    reasons: list[tuple[str, int]] = field(default_factory=list)
    destinations: int = 0

    @property
    def label(self) -> str:
        """What people call it."""
        return str(ChannelCode(self.code).label)

    @property
    def is_broken(self) -> bool:
        """Whether its last calls failed so that nobody tries now."""
        return self.gate.closed_until is not None


def lags(*, at: datetime) -> dict[str, tuple[int, timedelta]]:
    """Return how many messages of each channel are due, and since when the oldest; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, {"at": at, "most": MOST_COUNTED, "channels": list(CHANNELS)})
        return {
            channel: (count, max(at - oldest, timedelta(0)) if oldest else timedelta(0))
            for channel, count, oldest in cursor.fetchall()
        }


def sent_since(moment: datetime) -> dict[str, int]:
    """Return how many messages left by each channel since then."""
    rows = Message.objects.filter(state=State.SENT, sent_at__gt=moment).order_by()
    return dict(rows.values_list("channel").annotate(count=Count("pk")))


def of_all(*, at: datetime) -> list[Figures]:
    """Return the figures of every channel; as many queries as there are questions."""
    gates = gate.states(list(CHANNELS))
    found = {
        code: Figures(code, channel.is_set_up, gates[code]) for code, channel in CHANNELS.items()
    }
    for code, (waiting, lag) in lags(at=at).items():
        found[code].waiting, found[code].lag = waiting, lag
    for code, count in sent_since(at - DAY).items():
        if code in found:
            found[code].sent = count
    reports = (
        Report.objects.filter(left_at__gt=at - DAY)
        .order_by()
        .values_list("channel")
        .annotate(
            delivered=Count("delivered_at"),
            opened=Count("opened_at"),
            failed=Count("failed_at"),
            parts=Sum("parts"),
        )
    )
    for code, delivered, opened, failed, parts in reports:
        if code in found:
            one = found[code]
            one.delivered, one.opened = delivered, opened
            one.failed_later, one.parts = failed, parts or 0
    dead = (
        Message.objects.filter(state=State.DEAD, created_at__gt=at - DAY)
        .order_by()
        .values_list("channel", "last_error")
        .annotate(count=Count("pk"))
        .order_by("-count")
    )
    for code, error, count in dead:
        if code in found:
            found[code].dead += count
            if len(found[code].reasons) < REASONS:
                found[code].reasons.append((error, count))
    living = Destination.objects.living().order_by().values_list("channel")
    for code, count in living.annotate(count=Count("pk")):
        if code in found:
            found[code].destinations = count
    return list(found.values())
