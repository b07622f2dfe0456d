"""One message through the gate of its channel."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from notifications import gate
from notifications.channels import NeverDelivered, OutOfOrder, Sent, TryLater
from notifications.channels.registry import CHANNELS
from notifications.models import Message
from notifications.rendering import Rendered


def send(message: Message, letter: Rendered, *, at: datetime, troubled: Collection[str]) -> Sent:
    """
    Send by the message's channel as its limits allow; raise what its `send` raises, or gate.Shut.

    `troubled` are the channels whose last call failed. A channel without limits that is not among
    them is asked nothing: letters are many.
    """
    channel = CHANNELS[message.channel]
    limits = channel.limits
    is_counted = limits.per_second is not None or limits.at_once is not None
    place = None
    if is_counted or message.channel in troubled:
        place = gate.enter(message.channel, limits, at=at)
    try:
        sent = channel.send(message, letter)
    except OutOfOrder as broken:
        gate.broke(message.channel, limits, error=str(broken), at=at, rest=broken.rest)
        raise
    except (TryLater, NeverDelivered):
        # Its answer was no, but it answered.
        if place:
            gate.worked(message.channel, place)
        raise
    else:
        if place:
            gate.worked(message.channel, place)
        return sent
    finally:
        if place:
            gate.leave(message.channel, place, at=at)
