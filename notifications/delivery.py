"""
Sending one message: taken by its lease, sent, and recorded; tried again with growing pauses.

A lease that ran out gives the row back, so a dead worker loses nothing; the price is that a letter
sent in the instant before the death is sent twice, with the same Message-ID.
"""

from __future__ import annotations

import random  # noqa: TID251 - spreads retries over time, guards nothing
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.template import TemplateDoesNotExist, TemplateSyntaxError

from notifications.channels import Channel, NeverDelivered, TryLater
from notifications.channels.email import EmailChannel
from notifications.models import ChannelCode, Message, SentLetter, State, Subscription
from notifications.querysets import MessageQuerySet
from notifications.rendering import CannotRender, render

log = structlog.get_logger(__name__)

CHANNELS: dict[str, Channel] = {ChannelCode.EMAIL: EmailChannel()}

# A letter is tried for about two days: 30 s, 1, 2, 4 … min, then every four hours.
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=4)
MOST_ATTEMPTS = 20

_TAKE_BATCH = """
UPDATE notifications_message
SET state = 'leased', lease = %(lease)s, lease_until = %(until)s, claimed_at = NULL
WHERE id IN (
    SELECT id FROM notifications_message
    WHERE state = 'queued' AND not_before <= %(at)s
    ORDER BY priority, not_before, id
    LIMIT %(size)s
    FOR UPDATE SKIP LOCKED
)
RETURNING id, priority
"""
_RETURN_LOST = """
UPDATE notifications_message
SET state = 'queued', lease = NULL, lease_until = NULL, claimed_at = NULL
WHERE id IN (
    SELECT id FROM notifications_message WHERE state = 'leased' AND lease_until < %s
    LIMIT 1000 FOR UPDATE SKIP LOCKED
)
"""


@dataclass(frozen=True)
class Taken:
    """Ids of messages leased together, most urgent first."""

    lease: uuid.UUID
    ids: list[int]


def take(*, size: int, at: datetime) -> Taken:
    """Lease up to `size` due messages; no other relay gets them until the lease runs out."""
    lease = uuid.uuid4()
    with connection.cursor() as cursor:
        cursor.execute(
            _TAKE_BATCH,
            {"lease": lease, "until": at + settings.MESSAGE_LEASE, "at": at, "size": size},
        )
        rows = sorted(cursor.fetchall(), key=lambda row: (row[1], row[0]))
    return Taken(lease, [pk for pk, _priority in rows])


def give_back(ids: list[int], *, not_before: datetime) -> None:
    """Return leased messages unsent: nobody could be told of them."""
    Message.objects.filter(pk__in=ids, state=State.LEASED).update(
        state=State.QUEUED, lease=None, lease_until=None, not_before=not_before
    )


def return_lost(*, at: datetime) -> int:
    """Return the messages whose worker died, and say how many."""
    with connection.cursor() as cursor:
        cursor.execute(_RETURN_LOST, [at])
        return cursor.rowcount


def deliver(message_id: int, *, at: datetime) -> str:
    """
    Send the message if it is still leased, and return the state it ends in.

    The row is not locked while the network works: the lease keeps others away, and a fresh lease
    of our own keeps away a second task of the same row.
    """
    own = uuid.uuid4()
    taken = Message.objects.filter(
        pk=message_id, state=State.LEASED, claimed_at=None, lease_until__gte=at
    )
    with transaction.atomic():
        message = taken.select_for_update(of=("self",), skip_locked=True).first()
        if message is None:
            return ""
        message.attempts += 1
        message.lease = own
        message.lease_until = at + settings.MESSAGE_LEASE
        message.claimed_at = at
        message.save(update_fields=["attempts", "lease", "lease_until", "claimed_at"])
    ended = _pointless(message, at)
    if ended:
        return _finish(message, own, ended, at=at)
    try:
        raw = CHANNELS[message.channel].send(message, render(message))
    except TryLater as broken:
        return _later(message, own, str(broken), at=at)
    except (NeverDelivered, CannotRender, TemplateDoesNotExist, TemplateSyntaxError) as refused:
        return _finish(
            message, own, State.DEAD, at=at, error=str(refused) or type(refused).__name__
        )
    except Exception as unknown:
        # A bug in one letter must not lose it, nor stop the others.
        log.exception("message_failed", message_id=message.pk)
        return _later(message, own, f"{type(unknown).__name__}: {unknown}", at=at)
    return _finish(message, own, State.SENT, at=at, raw=raw)


def _pointless(message: Message, at: datetime) -> str:
    """Return the state of a message that need not leave any more, "" if it must."""
    if message.expires_at and message.expires_at <= at:
        return State.EXPIRED
    if (
        not message.sensitive
        and Subscription.objects.filter(
            channel=message.channel,
            address=message.recipient,
            topic=message.topic,
            stopped_at__isnull=False,
        ).exists()
    ):
        return State.STOPPED
    return ""


def _later(message: Message, own: uuid.UUID, error: str, *, at: datetime) -> str:
    if message.attempts >= MOST_ATTEMPTS:
        return _finish(message, own, State.DEAD, at=at, error=error)
    _mine(message, own).update(
        state=State.QUEUED,
        lease=None,
        lease_until=None,
        claimed_at=None,
        not_before=at + pause_after(message.attempts),
        last_error=error[:500],
    )
    log.info("message_waits", message_id=message.pk, attempts=message.attempts)
    return State.QUEUED


def pause_after(attempts: int) -> timedelta:
    """Return how long a message waits after its `attempts`-th failure, with some chance in it."""
    pause: timedelta = min(FIRST_PAUSE * 2 ** min(attempts - 1, 20), LONGEST_PAUSE)
    return pause * random.uniform(0.8, 1.2)  # noqa: S311 - as above


def _finish(
    message: Message,
    own: uuid.UUID,
    state: str,
    *,
    at: datetime,
    error: str = "",
    raw: bytes = b"",
) -> str:
    values: dict[str, object] = {
        "state": state,
        "lease": None,
        "lease_until": None,
        "claimed_at": None,
        "last_error": error[:500],
    }
    if state == State.SENT:
        values["sent_at"] = at
    if message.sensitive and state != State.DEAD:
        values["context"] = {}
    with transaction.atomic():
        if _mine(message, own).update(**values) and raw and settings.DEMO:
            SentLetter.objects.create(message=message, at=at, raw=raw)
    log.info("message_ended", message_id=message.pk, state=str(state))
    return state


def _mine(message: Message, own: uuid.UUID) -> MessageQuerySet:
    return Message.objects.filter(pk=message.pk, lease=own)


def send_again(messages_ids: list[int], *, at: datetime) -> int:
    """Queue dead or cancelled messages anew; return how many. A wiped one stays as it is."""
    return (
        Message.objects.filter(pk__in=messages_ids, state__in=[State.DEAD, State.CANCELLED])
        .exclude(sensitive=True, context={})
        .update(state=State.QUEUED, attempts=0, not_before=at, expires_at=None, last_error="")
    )


def cancel(messages_ids: list[int]) -> int:
    """Keep waiting messages from leaving; return how many."""
    return Message.objects.filter(pk__in=messages_ids, state=State.QUEUED).update(
        state=State.CANCELLED
    )


def prune(*, before: datetime, size: int = 5_000) -> int:
    """Delete up to `size` messages that ended before `before`; dead ones wait for a person."""
    old = Message.objects.filter(
        state__in=[State.SENT, State.STOPPED, State.EXPIRED, State.CANCELLED],
        created_at__lt=before,
    ).order_by("id")
    found = list(old.values_list("pk", flat=True)[:size])
    Message.objects.filter(pk__in=found).delete()
    return len(found)
