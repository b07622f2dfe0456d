"""
Writing to the outbox: rows in the caller's transaction, no network.

A message exists exactly when the change it tells of is committed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from notifications.models import ChannelCode, Message, Priority, State


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One message to be written; see `enqueue` for the meaning of the fields."""

    event: str
    template: str
    to: str
    context: dict[str, Any]
    topic: str
    dedupe_key: str
    why: str
    user_id: int | None = None
    channel: str = ChannelCode.EMAIL
    priority: Priority = Priority.NORMAL
    not_before: datetime | None = None
    expires_at: datetime | None = None
    sensitive: bool = False


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
    user_id: int | None = None,
    channel: str = ChannelCode.EMAIL,
    priority: Priority = Priority.NORMAL,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
    sensitive: bool = False,
) -> None:
    """
    Write one message, unless one with its `dedupe_key` is there.

    `template` names a triple of templates (.subject.txt, .txt, .html); `context` is JSON, where
    `{"link": <name of settings.MESSAGE_LINKS>, "id": …}` becomes an address when the letter leaves.
    `topic` is what the reader may stop; `why` says in a sentence why the letter came. A `sensitive`
    context is wiped once the letter has left, and its topic cannot be stopped.
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
                user_id=user_id,
                channel=channel,
                priority=priority,
                not_before=not_before,
                expires_at=expires_at,
                sensitive=sensitive,
            )
        ],
        at=at,
    )


def enqueue_many(letters: Iterable[Letter], *, at: datetime) -> None:
    """
    Write messages in one statement; those whose `dedupe_key` is there are left out.

    One for the inbox has arrived once it is written: no relay takes it.
    """
    Message.objects.bulk_create(
        [
            Message(
                event=letter.event,
                channel=letter.channel,
                template=letter.template,
                recipient=letter.to,
                user_id=letter.user_id,
                context=letter.context,
                sensitive=letter.sensitive,
                topic=letter.topic,
                why=letter.why[:300],
                dedupe_key=letter.dedupe_key,
                priority=letter.priority,
                state=State.SENT if letter.channel == ChannelCode.INBOX else State.QUEUED,
                sent_at=at if letter.channel == ChannelCode.INBOX else None,
                created_at=at,
                not_before=letter.not_before or at,
                expires_at=letter.expires_at,
            )
            for letter in letters
        ],
        ignore_conflicts=True,
        batch_size=1000,
    )
