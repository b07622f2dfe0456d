"""
The next way: a message that does not arrive on one channel leaves by another after a set time.

A push that no device answered, an SMS whose gateway is broken or said «failed» later, a blocked
bot: the news goes by the next of the ways that its reader has, usually to their e-mail.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from notifications.models import Message, Priority, Spill, State

# How long a channel has for a message before it takes the next way.
PATIENCE = {
    Priority.EMERGENCY: timedelta(minutes=2),
    Priority.NORMAL: timedelta(minutes=15),
    Priority.BULK: timedelta(hours=1),
}
_KEY_LENGTH = 160

_PLAN = """
INSERT INTO notifications_spill (message_id, ways, at)
SELECT message.id, planned.ways, planned.at
FROM unnest(%s::text[], %s::jsonb[], %s::timestamptz[]) AS planned(key, ways, at)
JOIN notifications_message AS message ON message.dedupe_key = planned.key
WHERE message.state = 'queued'
ON CONFLICT (message_id) DO NOTHING
"""


@dataclass(frozen=True)
class Plan:
    """The ways left for the message of this key, each (channel, address), and when to take one."""

    dedupe_key: str
    ways: Sequence[tuple[str, str]]
    at: datetime


def plan(plans: Iterable[Plan]) -> None:
    """Store the next ways of messages written in this transaction; one statement."""
    rows = list(plans)
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _PLAN,
            [
                [row.dedupe_key for row in rows],
                [json.dumps([list(way) for way in row.ways]) for row in rows],
                [row.at for row in rows],
            ],
        )


def hurry(message_id: int, *, at: datetime) -> None:
    """Let a message that will never arrive take its next way now."""
    Spill.objects.filter(message_id=message_id).update(at=at)


def drop(message_id: int) -> None:
    """Forget the other ways of a message: it has arrived, or is of no use any more."""
    Spill.objects.filter(message_id=message_id).delete()


@transaction.atomic
def spill_due(*, at: datetime, batch: int = 500) -> int:
    """Send on up to `batch` messages that have not arrived in time; return how many."""
    due = list(
        Spill.objects.filter(at__lte=at)
        # In the very hands of a worker: the next look will know more.
        .exclude(message__state=State.LEASED, message__claimed_at__isnull=False)
        .select_related("message")
        .select_for_update(skip_locked=True, of=("self", "message"))
        .order_by("at")[:batch]
    )
    pairs = [(spill, onward) for spill in due if (onward := _onward(spill, at=at))]
    Message.objects.bulk_create([onward for _, onward in pairs], ignore_conflicts=True)
    plan(
        Plan(onward.dedupe_key, spill.ways[1:], at + PATIENCE[Priority(onward.priority)])
        for spill, onward in pairs
        if spill.ways[1:]
    )
    Message.objects.filter(
        Q(pk__in=[spill.message_id for spill in due]),
        Q(state=State.QUEUED) | Q(state=State.LEASED, claimed_at=None),
    ).update(state=State.PASSED_ON, lease=None, lease_until=None, put_off_from=None)
    Spill.objects.filter(pk__in=[spill.pk for spill in due]).delete()
    return len(pairs)


def _onward(spill: Spill, *, at: datetime) -> Message | None:
    """Return the same news by the next way, not yet stored; None if it is of no use any more."""
    message = spill.message
    is_late = message.expires_at is not None and message.expires_at <= at
    if is_late or message.state in {State.STOPPED, State.CANCELLED, State.EXPIRED}:
        return None
    channel, address = spill.ways[0]
    return Message(
        event=message.event,
        channel=channel,
        template=message.template,
        recipient=address,
        user_id=message.user_id,
        context=message.context,
        topic=message.topic,
        why=message.why,
        dedupe_key=_key(message.dedupe_key, channel, address),
        priority=message.priority,
        created_at=at,
        not_before=at,
        expires_at=message.expires_at,
    )


def _key(key: str, channel: str, address: str) -> str:
    mark = hashlib.sha256(f"{key} {channel} {address}".encode()).hexdigest()[:16]
    return f"{key[: _KEY_LENGTH - 20]}>{mark}"
