"""
Sending one message: taken by its lease, sent, and recorded; tried again with growing pauses.

A lease that ran out gives the row back, so a dead worker loses nothing; the price is that a letter
sent in the instant before the death is sent twice, with the same Message-ID. `Message.doubts`
counts these.
"""

from __future__ import annotations

import random  # noqa: TID251 - spreads retries over time, guards nothing
import traceback
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, F, JSONField, Q, Value, When
from django.template import TemplateDoesNotExist, TemplateSyntaxError

from accounts.training import real_only
from notifications import destinations, folding, gate, passage, reports, spilling, standing
from notifications.channels import (
    NeverDelivered,
    NoSuchAddress,
    OfNoUse,
    OutOfOrder,
    Sent,
    TryLater,
)
from notifications.channels.registry import CHANNELS
from notifications.models import (
    ChannelCode,
    Fold,
    Message,
    Priority,
    SentLetter,
    State,
    StopReason,
)
from notifications.querysets import MessageQuerySet
from notifications.rendering import CannotRender, render

log = structlog.get_logger(__name__)

# A letter is tried for about two days: 30 s, 1, 2, 4 … min, then every four hours.
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=4)
MOST_ATTEMPTS = 20
# How long a task goes on sending before it lets another begin.
TURN = timedelta(seconds=2)
# A channel out of order is nobody's attempt: letters wait a quarter of their age, within these.
SHORTEST_REST = {Priority.EMERGENCY: timedelta(seconds=5)}
LONGEST_REST = timedelta(minutes=5)
# A letter that takes its worker with it each time is put aside for a person.
MOST_DOUBTS = 5

_DUE_PRIORITIES = """
SELECT priority FROM unnest(%s::smallint[]) AS wanted(priority) WHERE EXISTS (
    SELECT FROM notifications_message
    WHERE state = 'queued' AND notifications_message.priority = wanted.priority
        AND not_before <= %s
)
ORDER BY priority
"""
# One priority a statement, so that the index leads straight to the due ones, however many wait
# for their time. An array is read once: of `IN (SELECT … LIMIT)` a nested loop asks again for each
# row, and locks more each time.
_TAKE_BATCH = """
UPDATE notifications_message
SET state = 'leased', lease = %(lease)s, lease_until = %(until)s, claimed_at = NULL
WHERE id = ANY (ARRAY (
    SELECT id FROM notifications_message
    WHERE state = 'queued' AND priority = %(priority)s AND not_before <= %(at)s
    ORDER BY not_before, id
    LIMIT %(size)s
    FOR UPDATE SKIP LOCKED
))
RETURNING id
"""
_RETURN_LOST = """
UPDATE notifications_message
SET state = CASE WHEN doubts + (claimed_at IS NOT NULL)::int >= %(most)s
        THEN 'dead' ELSE 'queued' END,
    last_error = CASE WHEN claimed_at IS NULL THEN last_error ELSE 'the worker was lost' END,
    doubts = doubts + (claimed_at IS NOT NULL)::int,
    lease = NULL, lease_until = NULL, claimed_at = NULL
WHERE id = ANY (ARRAY (
    SELECT id FROM notifications_message WHERE state = 'leased' AND lease_until < %(at)s
    LIMIT 1000 FOR UPDATE SKIP LOCKED
))
"""


@dataclass(frozen=True)
class Taken:
    """Ids of messages leased together, the longest waiting first."""

    lease: uuid.UUID
    ids: list[int]


def due_priorities(*, at: datetime) -> list[Priority]:
    """Return the priorities of which a message is to leave now, most urgent first."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE_PRIORITIES, [Priority.values, at])
        return [Priority(found) for (found,) in cursor.fetchall()]


def take(*, size: int, at: datetime, priority: Priority) -> Taken:
    """Lease up to `size` due messages; no other relay gets them until the lease runs out."""
    real_only("handing letters over")
    lease = uuid.uuid4()
    with connection.cursor() as cursor:
        cursor.execute(
            _TAKE_BATCH,
            {
                "lease": lease,
                "until": at + settings.MESSAGE_LEASE,
                "at": at,
                "size": size,
                "priority": int(priority),
            },
        )
        return Taken(lease, sorted(pk for (pk,) in cursor.fetchall()))


def give_back(ids: Sequence[int], *, lease: uuid.UUID) -> None:
    """Return messages of this lease that no worker has begun to send."""
    Message.objects.filter(pk__in=ids, state=State.LEASED, lease=lease, claimed_at=None).update(
        state=State.QUEUED, lease=None, lease_until=None
    )


def return_lost(*, at: datetime) -> int:
    """Return the messages whose worker died, and say how many."""
    with connection.cursor() as cursor:
        cursor.execute(_RETURN_LOST, {"at": at, "most": MOST_DOUBTS})
        return cursor.rowcount


def deliver_all(message_ids: Sequence[int], *, clock: Callable[[], datetime]) -> None:
    """
    Send leased messages one after another, for one TURN.

    What is left then goes back to the outbox, so that an urgent letter waits a turn and not a
    batch, however slow the mail server is. When a channel is out of order or has enough, the rest
    of its messages rest; those of other channels go on. So it is with one receiver of a channel.
    """
    ends_at = clock() + TURN
    rows = Message.objects.filter(pk__in=message_ids).values_list("pk", "channel", "recipient")
    lanes = {pk: (channel, to) for pk, channel, to in (rows if len(message_ids) > 1 else ())}
    resting: set[tuple[str, str]] = set()
    troubled = gate.troubled()
    try:
        for place, message_id in enumerate(message_ids):
            channel, to = lanes.get(message_id, ("", ""))
            if not resting.isdisjoint({(channel, ""), (channel, to)}):
                continue
            if place and clock() >= ends_at:
                _unbegun(message_ids[place:]).update(
                    state=State.QUEUED, lease=None, lease_until=None
                )
                return
            try:
                _deliver(message_id, at=clock(), troubled=troubled)
            except (OutOfOrder, gate.Shut) as closed:
                only_for = closed.only_for if isinstance(closed, gate.Shut) else ""
                resting.add((channel, only_for))
                after = [
                    pk
                    for pk in message_ids[place + 1 :]
                    if pk in lanes and lanes[pk] == (channel, only_for or lanes[pk][1])
                ]
                _rest_all(after, channel, closed, at=clock())
    finally:
        for way in CHANNELS.values():
            way.rest()


def _rest_all(
    message_ids: Sequence[int], channel: str, closed: OutOfOrder | gate.Shut, *, at: datetime
) -> None:
    """Put off messages of a channel that takes nothing now, the longest waiting first."""
    apart = 1 / (CHANNELS[channel].limits.per_second or 1000) if channel else 0.0
    for number, waiting in enumerate(_unbegun(message_ids).order_by("not_before", "id"), start=1):
        until = None
        if isinstance(closed, gate.Shut):
            # Each at its place in the row: all at one moment would only crowd the gate again.
            until = closed.until + timedelta(seconds=number * apart)
        _rest(waiting, waiting.lease, "", at=at, until=until)


def _unbegun(message_ids: Sequence[int]) -> MessageQuerySet:
    return Message.objects.filter(pk__in=message_ids, state=State.LEASED, claimed_at=None)


def deliver(message_id: int, *, at: datetime) -> str:
    """Send one leased message and return the state it ends in, "" if it is not to be sent."""
    try:
        return _deliver(message_id, at=at, troubled=gate.troubled())
    except (OutOfOrder, gate.Shut):
        return State.QUEUED
    finally:
        for channel in CHANNELS.values():
            channel.rest()


def _deliver(message_id: int, *, at: datetime, troubled: Collection[str]) -> str:
    """
    Send the message if it is still leased, and return the state it ends in.

    The row is not locked while the network works: the lease keeps others away, and a fresh lease
    of our own keeps away a second task of the same row. Raise OutOfOrder or gate.Shut, with the row
    recorded.
    """
    real_only("sending a letter")
    own = uuid.uuid4()
    # A lease that ran out while the task waited is still ours to use: nobody took it back.
    taken = Message.objects.filter(pk=message_id, state=State.LEASED, claimed_at=None)
    with transaction.atomic():
        message = taken.select_for_update(of=("self",), skip_locked=True).first()
        if message is None or (message.fold == Fold.WAITS and not folding.may_lead(message)):
            return ""
        message.attempts += 1
        message.lease = own
        message.lease_until = at + settings.MESSAGE_LEASE
        message.claimed_at = at
        message.save(update_fields=["attempts", "lease", "lease_until", "claimed_at"])
        if message.fold == Fold.WAITS:
            folding.gather(message)
    stands = standing.of(message, at=at)
    if stands.is_one_of_many and message.fold == Fold.MAY:
        folding.put_aside(message, own, at=at)
        return State.QUEUED
    told = folding.Folded([message])
    if message.fold == Fold.WAITS:
        told = folding.told_in(message, with_itself=not stands.state)
    if stands.state and (message.fold != Fold.WAITS or not told.messages):
        return _finish(message, own, stands.state, at=at)
    try:
        sent = passage.send(message, render(message, told), at=at, troubled=troubled)
    except (OutOfOrder, gate.Shut) as closed:
        until = closed.until if isinstance(closed, gate.Shut) else None
        _rest(message, own, str(closed), at=at, until=until)
        raise
    except TryLater as broken:
        return _later(message, own, str(broken), at=at)
    except NoSuchAddress as refused:
        return _finish(message, own, State.DEAD, at=at, error=str(refused), stops=refused.reason)
    except OfNoUse as useless:
        return _finish(message, own, State.STOPPED, at=at, error=str(useless))
    except (NeverDelivered, CannotRender, TemplateDoesNotExist, TemplateSyntaxError) as refused:
        return _finish(
            message, own, State.DEAD, at=at, error=str(refused) or type(refused).__name__
        )
    except Exception as unknown:  # noqa: BLE001 - recorded below, and tried again
        # A bug in one letter must not lose it, nor stop the others. Its words may hold a person's
        # data: only the kind and the place are told.
        place = traceback.extract_tb(unknown.__traceback__)[-1]
        error = f"{type(unknown).__name__} in {place.name}, line {place.lineno}"
        log.error("message_failed", message_id=message.pk, error=error, file=place.filename)  # noqa: TRY400
        return _later(message, own, error, at=at)
    return _finish(message, own, State.SENT, at=at, sent=sent)


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


def _rest(
    message: Message,
    own: uuid.UUID | None,
    error: str,
    *,
    at: datetime,
    until: datetime | None = None,
) -> None:
    """Put off a message that could not even be tried; this is not one of its attempts."""
    tried = message.claimed_at is not None
    _mine(message, own).update(
        state=State.QUEUED,
        lease=None,
        lease_until=None,
        claimed_at=None,
        attempts=message.attempts - (1 if tried else 0),
        not_before=until or at + rest_after(at - message.created_at, message.priority),
        put_off_from=message.put_off_from or message.not_before,
        last_error=error[:500] or message.last_error,
    )
    if tried:
        log.warning("channel_out_of_order", channel=message.channel, error=error)


def rest_after(age: timedelta, priority: int) -> timedelta:
    """Return how long a message of this age waits for a channel that is out of order."""
    shortest = SHORTEST_REST.get(Priority(priority), FIRST_PAUSE)
    pause: timedelta = min(max(age / 4, shortest), LONGEST_REST)
    return pause * random.uniform(0.8, 1.2)  # noqa: S311 - as above


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
    sent: Sent | None = None,
    stops: StopReason | None = None,
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
    if message.sensitive:
        values["context"] = {}
    with transaction.atomic():
        held = _mine(message, own).update(**values)
        if held and sent and settings.DEMO:
            SentLetter.objects.create(message=message, at=at, raw=sent.raw)
        if held:
            _tell_on(message, state, sent, stops, at=at)
    if held:
        log.info("message_ended", message_id=message.pk, state=str(state))
    else:
        # We were slower than our lease: another worker sends it too, `doubts` says so.
        log.warning("message_lease_lost", message_id=message.pk, state=str(state))
    return state


def _tell_on(
    message: Message, state: str, sent: Sent | None, stops: StopReason | None, *, at: datetime
) -> None:
    """Write what follows from the end of a message: a report, a stopped address, the next way."""
    if stops:
        destinations.stop_for(message, reason=stops, at=at)
    if message.channel == ChannelCode.EMAIL:
        if sent is not None and message.sensitive and message.user_id:
            destinations.proved(message)
        return
    if sent is not None:
        reports.open_for(message, sent, at=at)
    elif state == State.DEAD:
        spilling.hurry(message.pk, at=at)
    else:
        spilling.drop(message.pk)


def _mine(message: Message, own: uuid.UUID | None) -> MessageQuerySet:
    return Message.objects.filter(pk=message.pk, lease=own)


def send_again(messages_ids: Sequence[int], *, at: datetime) -> int:
    """Queue dead or cancelled messages anew; return how many. A wiped one stays as it is."""
    return (
        Message.objects.filter(pk__in=messages_ids, state__in=[State.DEAD, State.CANCELLED])
        .exclude(sensitive=True, context={})
        .update(
            state=State.QUEUED,
            attempts=0,
            doubts=0,
            not_before=at,
            put_off_from=None,
            expires_at=None,
            last_error="",
        )
    )


def cancel(messages_ids: Sequence[int]) -> int:
    """Keep waiting messages from leaving; return how many. A secret in them is wiped."""
    waiting = Message.objects.filter(pk__in=messages_ids, state=State.QUEUED)
    return waiting.update(
        state=State.CANCELLED,
        context=Case(When(sensitive=True, then=Value({}, JSONField())), default=F("context")),
    )


def cancel_all(begins_with: str) -> int:
    """Keep every waiting message whose key begins so from leaving; return how many."""
    unsent = Q(state=State.QUEUED) | Q(state=State.LEASED, claimed_at=None)
    rows = Message.objects.filter(unsent, dedupe_key__startswith=begins_with)
    return rows.update(state=State.CANCELLED, lease=None, lease_until=None, put_off_from=None)


def prune(*, before: datetime, dead_before: datetime, size: int = 5_000) -> int:
    """Delete up to `size` ended messages written before; dead ones wait longer for a person."""
    ended = [
        State.SENT,
        State.STOPPED,
        State.EXPIRED,
        State.CANCELLED,
        State.FOLDED,
        State.PASSED_ON,
    ]
    old = Message.objects.filter(
        Q(state__in=ended, created_at__lt=before) | Q(state=State.DEAD, created_at__lt=dead_before),
        # The index of ages leads by this alone to the oldest pages of the table.
        created_at__lt=max(before, dead_before),
    )
    found = list(old.values_list("pk", flat=True)[:size])
    Message.objects.filter(pk__in=found).delete()
    return len(found)
