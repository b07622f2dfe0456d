"""
Writing to the outbox: rows in the caller's transaction, no network.

A message exists exactly when the change it tells of is committed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from notifications import routing, spilling
from notifications.letters import Letter
from notifications.models import ChannelCode, EndedMatter, InboxItem, Message, Priority, State
from notifications.querysets import MessageQuerySet

__all__ = [
    "HasLeft",
    "Letter",
    "end_matter",
    "enqueue",
    "enqueue_many",
    "forget",
    "forget_written",
    "matter_goes_on",
    "take_back",
    "written_under",
]


def enqueue(
    *,
    event: str,
    template: str,
    to: str,
    context: dict[str, Any],
    topic: str,
    dedupe_key: str,
    at: datetime,
    why: str,
    why_of: Mapping[str, Any] | None = None,
    user_id: int | None = None,
    channel: str = ChannelCode.EMAIL,
    priority: Priority = Priority.NORMAL,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
    sensitive: bool = False,
    is_urgent: bool = False,
    point: str = "",
) -> None:
    """
    Write one message, unless one with its `dedupe_key` is there.

    `template` names a triple of templates (.subject.txt, .txt, .html); `context` is JSON, where
    `{"link": <name of settings.MESSAGE_LINKS>, "id": …}` becomes an address when the letter leaves.
    Words of a language do not belong there: see notifications.said. `topic` is what the reader may
    stop; `why` says in a sentence why the letter came, as the catalogue of texts has it (marked by
    gettext_noop), and `why_of` gives the values that stand in it. A `sensitive`
    context is wiped once the letter has left, and its topic cannot be stopped. An `is_urgent` one
    (as every EMERGENCY) waits for no morning and no other news. `point` names the matter after
    whose end the news is of no use.

    With `user_id` the letter leaves the ways that this person chose; see notifications.routing.
    """
    enqueue_many(
        [
            Letter(
                event=event,
                template=template,
                to=to,
                context=context,
                topic=topic,
                dedupe_key=dedupe_key,
                why=why,
                why_of=why_of or {},
                user_id=user_id,
                channel=channel,
                priority=priority,
                not_before=not_before,
                expires_at=expires_at,
                sensitive=sensitive,
                is_urgent=is_urgent,
                point=point,
            )
        ],
        at=at,
    )


def enqueue_many(letters: Iterable[Letter], *, at: datetime) -> None:
    """
    Write what these letters become; those whose `dedupe_key` is there are left out.

    Three statements however many they are: their readers' wishes, messages, the portal's inbox.
    """
    routed = routing.route(letters, at=at)
    if routed.messages:
        Message.objects.bulk_create(routed.messages, ignore_conflicts=True, batch_size=1000)
        spilling.plan(routed.plans)
    if routed.inbox:
        InboxItem.objects.bulk_create(routed.inbox, ignore_conflicts=True, batch_size=1000)


def end_matter(point: str, *, at: datetime) -> None:
    """
    Say in the caller's transaction that a matter is over: no earlier news of it leaves any more.

    One row however many letters wait: each asks before it leaves.
    """
    EndedMatter.objects.bulk_create(
        [EndedMatter(point=point, ended_at=at)],
        update_conflicts=True,
        unique_fields=["point"],
        update_fields=["ended_at"],
    )


def matter_goes_on(point: str) -> None:
    """Take back that a matter is over: what is written from now on has a point again."""
    EndedMatter.objects.filter(point=point).delete()


def written_under(keys: Iterable[str]) -> MessageQuerySet:
    """Return the messages that letters with these keys became, on every way they leave."""
    wanted = Q(pk=None)
    for key in keys:
        wanted |= Q(dedupe_key=key) | Q(dedupe_key__startswith=f"{key}:")
    return Message.objects.filter(wanted)


class HasLeft(Exception):
    """Somebody has been told already."""


def take_back(keys: Collection[str]) -> None:
    """
    Unwrite the letters with these keys, in the caller's transaction.

    Raise HasLeft and change nothing if one has left or was read.
    """
    written = list(written_under(keys).select_for_update())
    shown = list(InboxItem.objects.select_for_update().filter(dedupe_key__in=keys))
    if any(message.state != State.QUEUED for message in written) or any(
        item.read_at for item in shown
    ):
        raise HasLeft
    Message.objects.filter(pk__in=[message.pk for message in written]).delete()
    InboxItem.objects.filter(pk__in=[item.pk for item in shown]).delete()


def forget_written(keys: Collection[str]) -> int:
    """Delete the messages of exactly these keys, to whomever; return how many there were."""
    InboxItem.objects.filter(dedupe_key__in=keys).delete()
    return Message.objects.filter(dedupe_key__in=keys).delete()[0]


def forget(topics: Collection[str]) -> int:
    """Delete every message about these topics, wherever it is read; return how many had left."""
    InboxItem.objects.filter(topic__in=topics).delete()
    written, _by_model = Message.objects.filter(topic__in=topics).delete()
    return written
