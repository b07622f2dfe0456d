"""
Which ways a letter leaves, and when: its reader's wishes turned into rows.

A letter to nobody's account, a secret, and one that names its channel leave as they were written.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta, tzinfo
from typing import Any

from django.db import connection
from django.utils import timezone

from notifications import events, spilling
from notifications.letters import Letter
from notifications.models import ChannelCode, Fold, InboxItem, Message, Pace

# When the one letter of the day leaves, by the city's clock.
DAILY_AT = time(9, 0)
# What a program or the portal itself takes in rings nowhere, so it waits for nothing.
SILENT = frozenset({ChannelCode.INBOX, ChannelCode.WEBHOOK})
_KEY_LENGTH = 160

_WISHES = """
SELECT person.id, wish.choices, wish.pace, wish.quiet_from, wish.quiet_until,
    way.channel, way.address
FROM unnest(%s::bigint[]) AS person(id)
LEFT JOIN notifications_preference AS wish ON wish.user_id = person.id
LEFT JOIN notifications_destination AS way
    ON way.user_id = person.id AND way.confirmed_at IS NOT NULL AND way.stopped_at IS NULL
ORDER BY person.id, way.id
"""


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What a person chose, and where they have shown that they may be reached besides e-mail."""

    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    is_daily: bool = False
    quiet_from: time | None = None
    quiet_until: time | None = None
    ways: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Routed:
    """Rows to be written."""

    messages: list[Message]
    inbox: list[InboxItem]
    # What goes by e-mail if the way that its reader chose fails.
    plans: list[spilling.Plan] = field(default_factory=list)


def route(letters: Iterable[Letter], *, at: datetime) -> Routed:
    """Return what the letters become; one query, and none if no reader has an account."""
    letters = list(letters)
    zone = timezone.get_current_timezone()
    wishes = wishes_of({letter.user_id for letter in letters if _is_chosen(letter)})
    routed = Routed([], [])
    for letter in letters:
        if letter.channel == ChannelCode.INBOX:
            routed.inbox.append(_inbox(letter, at))
        elif letter.user_id is None or not _is_chosen(letter):
            routed.messages.append(
                _message(
                    letter, letter.channel, letter.to, letter.not_before or at, _fold(letter), at=at
                )
            )
        else:
            _spread(letter, wishes[letter.user_id], routed, at=at, zone=zone)
    return routed


def _is_chosen(letter: Letter) -> bool:
    """Whether its reader has a say in it."""
    return (
        letter.user_id is not None
        and letter.channel == ChannelCode.EMAIL
        and not letter.sensitive
        and events.kind_of(letter.event) is not None
    )


def _spread(letter: Letter, wishes: Wishes, routed: Routed, *, at: datetime, zone: tzinfo) -> None:
    kind = events.kind_of(letter.event)
    assert kind is not None
    chosen = channels_for(kind, wishes)
    if ChannelCode.INBOX in chosen:
        routed.inbox.append(_inbox(letter, at))
    ways = [(ChannelCode.EMAIL.value, letter.to), *wishes.ways]
    for number, (channel, address) in enumerate(ways):
        if channel in chosen and (number == 0 or channel != ChannelCode.EMAIL):
            moment, fold = leaves(letter, wishes, channel=channel, at=at, zone=zone)
            key = letter.dedupe_key if number == 0 else _key(letter, channel, address)
            routed.messages.append(_message(letter, channel, address, moment, fold, at=at, key=key))
            if ChannelCode.EMAIL not in chosen and channel not in SILENT:
                fails_at = moment + spilling.PATIENCE[letter.priority]
                routed.plans.append(spilling.Plan(key, [ways[0]], fails_at))


def channels_for(kind: events.Kind, wishes: Wishes) -> frozenset[str]:
    """Return the channels on which this person is told of such events."""
    if kind.code in wishes.choices:
        return frozenset(wishes.choices[kind.code])
    return frozenset(channel.value for channel in events.ORDINARY)


def leaves(
    letter: Letter, wishes: Wishes, *, channel: str, at: datetime, zone: tzinfo
) -> tuple[datetime, Fold]:
    """
    Return when the letter leaves on this channel, and whether it may share a message.

    What cannot wait leaves at once; so does what would be out of date before the quiet hours or
    the day are over.
    """
    planned = letter.not_before or at
    if channel in SILENT:
        return planned, Fold.ALONE
    if letter.cannot_wait:
        return planned, Fold.ALONE
    moment = planned
    # A reminder has its own hour: only what leaves now is gathered for the day.
    if wishes.is_daily and letter.not_before is None:
        moment = next_at(DAILY_AT, after=moment, zone=zone)
    moment = after_quiet(moment, wishes.quiet_from, wishes.quiet_until, zone=zone)
    if moment == planned:
        return planned, _fold(letter)
    if letter.expires_at is not None and letter.expires_at <= moment:
        return planned, Fold.ALONE
    return moment, Fold.WAITS


def next_at(hour: time, *, after: datetime, zone: tzinfo) -> datetime:
    """Return the next moment at which the clock of `zone` shows `hour`, later than `after`."""
    local = after.astimezone(zone)
    found = datetime.combine(local.date(), hour, zone)
    if found <= local:
        found = datetime.combine(local.date() + timedelta(days=1), hour, zone)
    return found.astimezone(after.tzinfo)


def after_quiet(
    moment: datetime, start: time | None, end: time | None, *, zone: tzinfo
) -> datetime:
    """Return `moment`, or the end of the quiet hours that it lies in; they may span midnight."""
    if start is None or end is None or start == end:
        return moment
    clock = moment.astimezone(zone).time()
    is_quiet = start <= clock < end if start < end else clock >= start or clock < end
    return next_at(end, after=moment, zone=zone) if is_quiet else moment


def wishes_of(user_ids: Iterable[int | None]) -> dict[int, Wishes]:
    """Return the wishes of these people; the ordinary ones for who chose nothing."""
    wanted = sorted({user_id for user_id in user_ids if user_id is not None})
    if not wanted:
        return {}
    found: dict[int, Wishes] = {}
    with connection.cursor() as cursor:
        cursor.execute(_WISHES, [wanted])
        for user_id, choices, pace, quiet_from, quiet_until, channel, address in cursor.fetchall():
            known = found.get(user_id) or Wishes(
                choices=json.loads(choices) if choices else {},
                is_daily=pace == Pace.DAILY,
                quiet_from=quiet_from,
                quiet_until=quiet_until,
            )
            ways = (*known.ways, (channel, address)) if channel else known.ways
            found[user_id] = replace(known, ways=ways)
    return found


def _fold(letter: Letter) -> Fold:
    # What has a last moment is expected now: a link to confirm, a reminder.
    if letter.cannot_wait or letter.expires_at is not None or letter.channel in SILENT:
        return Fold.ALONE
    return Fold.MAY


def _key(letter: Letter, channel: str, address: str) -> str:
    """Return the key of the same news on another way: one a device, of a bounded length."""
    digest = hashlib.sha256(f"{letter.dedupe_key}\n{address}".encode()).hexdigest()[:32]
    return f"{letter.dedupe_key[: _KEY_LENGTH - 50]}:{channel}:{digest}"


def _message(
    letter: Letter,
    channel: str,
    address: str,
    moment: datetime,
    fold: Fold,
    *,
    at: datetime,
    key: str = "",
) -> Message:
    return Message(
        event=letter.event,
        channel=channel,
        template=letter.template,
        recipient=address,
        user_id=letter.user_id,
        context=_context(letter),
        sensitive=letter.sensitive,
        topic=letter.topic,
        why=letter.why[:300],
        dedupe_key=key or letter.dedupe_key,
        priority=letter.priority,
        created_at=at,
        not_before=moment,
        expires_at=letter.expires_at,
        fold=fold,
        point=letter.point,
    )


def _inbox(letter: Letter, at: datetime) -> InboxItem:
    assert letter.user_id is not None, "the inbox is an account's"
    return InboxItem(
        user_id=letter.user_id,
        event=letter.event,
        template=letter.template,
        context=_context(letter),
        topic=letter.topic,
        why=letter.why[:300],
        is_urgent=letter.cannot_wait,
        dedupe_key=letter.dedupe_key,
        created_at=at,
    )


def _context(letter: Letter) -> dict[str, Any]:
    return {**letter.context, "why": dict(letter.why_of)} if letter.why_of else letter.context
