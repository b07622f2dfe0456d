"""
Many events to one person in a short time, told in one message.

A message that waits for others (`Fold.WAITS`: the day's letter, the end of quiet hours, or more
than `standing.FREE` within ten minutes) takes along, when its time comes, all others that wait for
the same address. They end as FOLDED and never leave alone; the first one leaves in their stead, and
if its sending fails, it is tried again with all of them.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower

from notifications.models import EndedMatter, Fold, Message, State, Subscription
from notifications.querysets import MessageQuerySet

# How long the sixth of ten minutes waits for the seventh.
WAIT = timedelta(minutes=10)
# A letter names so many of them, the rest is a number.
SHOWN = 50


@dataclass(frozen=True)
class Folded:
    """What one letter tells of: the first messages, oldest first, and how many more there are."""

    messages: Sequence[Message]
    more: int = 0

    @property
    def is_several(self) -> bool:
        """Whether it takes a letter about several."""
        return len(self.messages) > 1


def may_lead(message: Message) -> bool:
    """
    Take, until the transaction ends, the right to gather for this address; False if another has it.

    Whoever does not get it lets its message go untouched: the other is about to fold it in. Nobody
    waits here, so two that hold each other's rows never stand still.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"fold:{message.channel}:{message.recipient}"],
        )
        return bool(cursor.fetchone()[0])


def gather(message: Message) -> None:
    """Fold every other waiting message to this address into this one, in the open transaction."""
    others = (
        Message.objects.filter(recipient=message.recipient, channel=message.channel)
        .filter(fold=Fold.WAITS)
        .filter(Q(state=State.QUEUED) | Q(state=State.LEASED, claimed_at=None))
        .exclude(pk=message.pk)
    )
    ids = list(others.order_by("pk").select_for_update().values_list("pk", flat=True))
    Message.objects.filter(pk__in=ids).update(
        state=State.FOLDED, told_in=message, lease=None, lease_until=None
    )


def put_aside(message: Message, lease: uuid.UUID, *, at: datetime) -> None:
    """Let a message that comes too soon after others wait for the next ones."""
    Message.objects.filter(pk=message.pk, lease=lease).update(
        state=State.QUEUED,
        fold=Fold.WAITS,
        lease=None,
        lease_until=None,
        claimed_at=None,
        attempts=message.attempts - 1,
        not_before=at + WAIT,
    )


def told_in(message: Message, *, with_itself: bool) -> Folded:
    """
    Return what this message's letter tells of: itself and those folded into it.

    Of these, whatever its reader has stopped or has lost its point is left out.
    """
    own = Q(pk=message.pk) if with_itself else Q(pk=None)
    rows = _of_use(Message.objects.filter(Q(told_in=message) | own)).order_by("pk")
    found = list(rows.select_related("user")[: SHOWN + 1])
    more = rows.count() - SHOWN if len(found) > SHOWN else 0
    return Folded(found[:SHOWN], more)


def _of_use(rows: MessageQuerySet) -> MessageQuerySet:
    stopped = Subscription.objects.filter(
        channel=OuterRef("channel"),
        address=Lower(OuterRef("recipient")),
        topic=OuterRef("topic"),
        stopped_at__isnull=False,
    )
    over = EndedMatter.objects.filter(point=OuterRef("point"), ended_at__gte=OuterRef("created_at"))
    return rows.filter(~Exists(stopped)).filter(Q(point="") | ~Exists(over))
