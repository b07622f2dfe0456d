"""How messages leave, one file a channel."""

from __future__ import annotations

from typing import Protocol

from notifications.models import Message
from notifications.rendering import Rendered


class TryLater(Exception):
    """This message cannot be taken now; it waits."""


class OutOfOrder(TryLater):
    """The channel itself does not answer: no message is to blame, all of them wait."""


class NeverDelivered(Exception):
    """The channel refuses this message for good."""


class Channel(Protocol):
    """One way out."""

    def send(self, message: Message, letter: Rendered) -> bytes:
        """
        Send and return what left, byte by byte.

        Raise TryLater (also OutOfOrder) or NeverDelivered. A connection may stay open until
        `rest`; each thread has its own.
        """
        ...

    def rest(self) -> None:
        """Let go of what `send` kept open in this thread."""
        ...
