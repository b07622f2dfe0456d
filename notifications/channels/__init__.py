"""How messages leave, one file a channel."""

from __future__ import annotations

from typing import Protocol

from notifications.models import Message
from notifications.rendering import Rendered


class TryLater(Exception):
    """The channel is out of order now; the message waits."""


class NeverDelivered(Exception):
    """The channel refuses this message for good."""


class Channel(Protocol):
    """One way out."""

    def send(self, message: Message, letter: Rendered) -> bytes:
        """Send and return what left, byte by byte; raise TryLater or NeverDelivered."""
        ...
