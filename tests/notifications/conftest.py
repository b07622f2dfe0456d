"""Letters of every kind, and a channel that does what a test says."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from notifications import delivery, outbox
from notifications.channels import Limits, Sent
from notifications.models import Message, Priority
from tests.conftest import NOON

LETTER = "account/mail/letter"


@pytest.fixture
def make_message(db: None) -> Callable[..., Message]:
    """Return a maker of messages that wait: `make_message(to=…, priority=…, topic=…, …)`."""
    keys = count(1)

    def make(**fields: Any) -> Message:
        key = f"test:{next(keys)}"
        values = {
            "event": "test",
            "template": LETTER,
            "to": "anna@example.org",
            "context": {"subject": "Заявка принята", "paragraphs": ["Мы взялись за дело."]},
            "topic": "request:26-000001",
            "dedupe_key": key,
            "why": "Вы подали заявку.",
            "at": NOON,
            **fields,
        }
        outbox.enqueue(**values)
        return Message.objects.get(dedupe_key=values["dedupe_key"])

    return make


class FakeChannel:
    """Takes letters or refuses them; counts how often its connection was let go."""

    def __init__(self) -> None:
        self.sent: list[int] = []
        self.answers: list[Exception | None] = []
        self.rested = 0
        self.meanwhile: Callable[[Message], Any] = lambda message: None

    limits = Limits()
    is_set_up = True

    def send(self, message: Message, letter: Any) -> Sent:
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        self.meanwhile(message)
        self.sent.append(message.pk)
        return Sent(raw=b"Subject: raw\r\n\r\n")

    def rest(self) -> None:
        self.rested += 1


@pytest.fixture
def channel(monkeypatch) -> FakeChannel:
    fake = FakeChannel()
    monkeypatch.setitem(delivery.CHANNELS, "email", fake)
    return fake


def lease(message: Message, **fields: Any) -> Message:
    """Lease the message as a relay would."""
    priority = Priority(message.priority)
    taken = delivery.take(size=1000, at=fields.get("at", NOON), priority=priority)
    assert message.pk in taken.ids
    message.refresh_from_db()
    return message
