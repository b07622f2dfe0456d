"""
The gate of a channel: how many messages a second, how many at once, and whether it works at all.

The count stands in Postgres, so that any number of workers on any machine keep one limit between
them. A channel that is out of order is shut for a while that grows; then one message tries, and
the others follow when it has come through.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from notifications.models import Gate, GatePlace

FIRST_REST = timedelta(seconds=5)
LONGEST_REST = timedelta(seconds=30)
# How long the one that tries keeps the others waiting, and a call keeps its place.
PLACE_KEPT = timedelta(seconds=90)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a channel bears; None is no limit."""

    per_second: float | None = None
    # How many may leave together before the pace is even.
    burst: int = 1
    at_once: int | None = None
    # Failures of the channel itself in a row after which nobody tries for a while.
    breaks_after: int = 3


@dataclass(frozen=True)
class Place:
    """Leave to send one message. `number` is 0 where places are not counted."""

    number: int = 0
    taken_until: datetime | None = None
    # Whether there is a failure on record that a success must wipe out.
    is_trial: bool = False


class Shut(Exception):
    """
    The message may not leave now; `until` says when it is worth asking again.

    `only_for` is the one address that it holds for; "" means the whole channel.
    """

    def __init__(self, until: datetime, *, why: str, only_for: str = "") -> None:
        super().__init__(why)
        self.until = until
        self.only_for = only_for


@transaction.atomic
def enter(channel: str, limits: Limits, *, at: datetime) -> Place:
    """Return leave to send one message now; raise Shut. Ends with `leave`, `worked` or `broke`."""
    gate = _locked(channel)
    if gate.closed_until is not None and gate.closed_until > at:
        raise Shut(gate.closed_until, why="the channel is out of order")
    changed = []
    if limits.per_second:
        apart = timedelta(seconds=1 / limits.per_second)
        even_at = max(gate.even_at or at, at)
        free_at = even_at - apart * (limits.burst - 1)
        if free_at > at:
            raise Shut(free_at, why="enough have left this second")
        gate.even_at = even_at + apart
        changed.append("even_at")
    number, until = 0, None
    if limits.at_once is not None:
        until = at + PLACE_KEPT
        number = _take_place(channel, limits.at_once, at=at, until=until)
        if not number:
            # Raised inside the transaction: what was counted above is taken back with it.
            raise Shut(at + timedelta(seconds=1), why="enough are under way")
    if gate.closed_until is not None:
        # The rest is over: this one tries, whoever comes meanwhile waits.
        gate.closed_until = at + PLACE_KEPT
        changed.append("closed_until")
    if changed:
        gate.save(update_fields=changed)
    return Place(number, until, is_trial=gate.failures > 0)


def leave(channel: str, place: Place, *, at: datetime) -> None:
    """Give the place back, unless it was lost to another by taking too long."""
    if place.taken_until is not None:
        GatePlace.objects.filter(
            channel=channel, number=place.number, taken_until=place.taken_until
        ).update(taken_until=at)


def worked(channel: str, place: Place) -> None:
    """Say that the channel itself answered, whatever it said of the message."""
    if place.is_trial:
        Gate.objects.filter(channel=channel).update(
            failures=0, broken_since=None, closed_until=None, last_error=""
        )


@transaction.atomic
def broke(
    channel: str, limits: Limits, *, error: str, at: datetime, rest: timedelta | None = None
) -> None:
    """Say that the channel did not answer; shut it when that is no accident, or for `rest`."""
    gate = _locked(channel)
    gate.failures += 1
    gate.last_error = error[:200]
    gate.broken_since = gate.broken_since or at
    over = gate.failures - limits.breaks_after
    if rest is not None:
        gate.closed_until = at + rest
    elif over >= 0:
        gate.closed_until = at + min(FIRST_REST * 2 ** min(over, 10), LONGEST_REST)
    gate.save(update_fields=["failures", "last_error", "broken_since", "closed_until"])


def troubled() -> set[str]:
    """Return the channels whose last call failed."""
    return set(Gate.objects.filter(failures__gt=0).values_list("channel", flat=True))


def states(channels: Sequence[str]) -> dict[str, Gate]:
    """Return what is on record of these channels; one that never failed has a blank row."""
    found = Gate.objects.in_bulk(channels)
    return {channel: found.get(channel) or Gate(channel=channel) for channel in channels}


def _locked(channel: str) -> Gate:
    gate = Gate.objects.select_for_update().filter(channel=channel).first()
    if gate is None:
        Gate.objects.bulk_create([Gate(channel=channel)], ignore_conflicts=True)
        gate = Gate.objects.select_for_update().get(channel=channel)
    return gate


_TAKE = """
UPDATE notifications_gateplace SET taken_until = %(until)s
WHERE id = (
    SELECT id FROM notifications_gateplace
    WHERE channel = %(channel)s AND number <= %(most)s AND taken_until <= %(at)s
    ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING number
"""


def _take_place(channel: str, most: int, *, at: datetime, until: datetime) -> int:
    """Return the number of a free place, now taken; 0 if there is none. The gate is locked."""
    values: dict[str, str | int | datetime] = {
        "channel": channel,
        "most": most,
        "at": at,
        "until": until,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        row = cursor.fetchone()
    if row:
        return int(row[0])
    held = set(GatePlace.objects.filter(channel=channel).values_list("number", flat=True))
    for number in range(1, most + 1):
        if number not in held:
            GatePlace.objects.create(channel=channel, number=number, taken_until=until)
            return number
    return 0
