"""How messages leave, one file a channel; docs/notifications.md says how to add one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from typing import Protocol

from notifications.gate import Limits
from notifications.models import Message, StopReason
from notifications.rendering import Rendered

__all__ = [
    "Channel",
    "Limits",
    "NeverDelivered",
    "NoSuchAddress",
    "OfNoUse",
    "OutOfOrder",
    "Sent",
    "TryLater",
    "as_shown",
]


class TryLater(Exception):
    """This message cannot be taken now; it waits."""


class OutOfOrder(TryLater):
    """
    The channel itself does not answer: no message is to blame, all of them wait.

    `rest` is how long, if the channel itself named it.
    """

    def __init__(self, text: str = "", *, rest: timedelta | None = None) -> None:
        super().__init__(text)
        self.rest = rest


class NeverDelivered(Exception):
    """The channel refuses this message for good."""


class OfNoUse(NeverDelivered):
    """Nobody is there any more who should have it: no failure, and nothing to try again."""


class NoSuchAddress(NeverDelivered):
    """Nothing will ever arrive there: the destination stops, for this reason."""

    def __init__(self, text: str, *, reason: StopReason) -> None:
        super().__init__(text)
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What left: byte by byte as the demo shows it, and how the gateway calls it."""

    raw: bytes
    gateway_id: str = ""
    parts: int = 1
    # Whether its arrival is told later: by the gateway when asked, or by the device itself.
    is_awaited: bool = False


class Channel(Protocol):
    """One way out."""

    @property
    def limits(self) -> Limits:
        """How much it bears, over all workers."""
        ...

    @property
    def is_set_up(self) -> bool:
        """Whether messages can leave by it: a gateway, a key, a token is there."""
        ...

    def send(self, message: Message, letter: Rendered) -> Sent:
        """
        Send one message and return what left.

        Raise TryLater (also OutOfOrder) or NeverDelivered (also NoSuchAddress). A connection may
        stay open until `rest`; each thread has its own.
        """
        ...

    def rest(self) -> None:
        """Let go of what `send` kept open in this thread."""
        ...


def as_shown(message: Message, *, title: str, text: str) -> bytes:
    """Return a message that is no e-mail the way the demo's mailbox reads one."""
    shown = EmailMessage()
    shown["Subject"] = " ".join(title.split())
    shown["To"] = "".join(sign for sign in message.recipient if sign.isprintable())
    shown["From"] = message.get_channel_display()
    shown.set_content(text)
    return shown.as_bytes()
