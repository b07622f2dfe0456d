"""Whether a message is still to leave: asked in one statement, the moment before it does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from notifications.models import Message, State

# So many letters an address gets one by one; more of them within the window are told together.
FREE = 5
WINDOW = timedelta(minutes=10)

_ASK = """
SELECT
    EXISTS (
        SELECT FROM notifications_subscription
        WHERE channel = %(channel)s AND address = %(address)s AND topic = %(topic)s
            AND stopped_at IS NOT NULL
    ),
    -- An e-mail address stops by a bounce alone: letters about a request go to the address given
    -- with it, whatever its holder has removed from their settings.
    EXISTS (
        SELECT FROM notifications_destination
        WHERE channel = %(channel)s AND address = %(recipient)s AND stopped_at IS NOT NULL
            AND (channel <> 'email' OR stop_reason = 'bounced')
    ) AND NOT EXISTS (
        SELECT FROM notifications_destination
        WHERE channel = %(channel)s AND address = %(recipient)s AND stopped_at IS NULL
            AND confirmed_at IS NOT NULL
    ),
    EXISTS (
        SELECT FROM notifications_endedmatter
        WHERE point = %(point)s AND ended_at >= %(written)s
    ),
    (SELECT count(*) FROM (
        SELECT FROM notifications_message
        WHERE state = 'sent' AND recipient = %(recipient)s AND sent_at > %(since)s
            AND channel = %(channel)s AND NOT sensitive
        LIMIT %(free)s
    ) AS recent)
"""


@dataclass(frozen=True)
class Standing:
    """What is to become of a message: `state` in which it ends unsent, or "" if it is to leave."""

    state: str
    # Its reader has had so many just now that it waits for the others.
    is_one_of_many: bool = False


def of(message: Message, *, at: datetime) -> Standing:
    """Return whether the message still has a reader and a point; one query."""
    if message.expires_at and message.expires_at <= at:
        return Standing(State.EXPIRED)
    with connection.cursor() as cursor:
        cursor.execute(
            _ASK,
            {
                "channel": message.channel,
                "address": message.recipient.lower(),
                "recipient": message.recipient,
                "topic": message.topic,
                "point": message.point,
                "written": message.created_at,
                "since": at - WINDOW,
                "free": FREE,
            },
        )
        is_stopped, is_unreachable, is_over, recent = cursor.fetchone()
    # A secret has no topic that could be stopped: nobody unsubscribes from their own safety.
    if (is_stopped or is_unreachable) and not message.sensitive:
        return Standing(State.STOPPED)
    if is_over and message.point:
        return Standing(State.EXPIRED)
    return Standing("", is_one_of_many=recent >= FREE)
