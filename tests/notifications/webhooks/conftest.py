"""A receiver on this machine, subscriptions to it, and events carried there as the relay does."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from accounts.models import User
from notifications import delivery
from notifications.models import Message, Priority, WebhookSubscription
from notifications.webhooks import spreading, subscribing
from notifications.webhooks.catalogue import TYPES
from tests.conftest import NOON
from tests.notifications.receivers import Call, Receiver, receiver

ALL = tuple(TYPES)


@pytest.fixture
def place(settings) -> Iterator[Receiver]:
    """A receiver that takes everything."""
    with receiver(lambda call: (204, b"")) as server:
        settings.OUTBOUND_ALLOWED = [server.place]
        yield server


@pytest.fixture
def subscribe(place) -> Callable[..., tuple[WebhookSubscription, str]]:
    """Return a maker of subscriptions to `place`: `subscribe(owner, events=…, districts=…)`."""

    def make(owner: User, **wanted: Any) -> tuple[WebhookSubscription, str]:
        values = {"name": "Программа", "url": f"{place.url}/in", "events": ALL, **wanted}
        return subscribing.subscribe(owner, subscribing.Wanted(**values), at=NOON)

    return make


def carry(at: datetime = NOON) -> list[Message]:
    """Spread what waits and send all that is due; return the messages of webhooks as they stand."""
    spreading.run(at=at)
    for priority in Priority:
        taken = delivery.take(size=1000, at=at, priority=priority)
        for pk in taken.ids:
            delivery.deliver(pk, at=at)
    return list(Message.objects.filter(channel="webhook").order_by("pk"))


def told(call: Call) -> dict[str, Any]:
    """Return the body of a call."""
    body: dict[str, Any] = json.loads(call.body)
    return body


def is_signed(call: Call, secret: str) -> bool:
    """Whether one of the call's signatures is by this secret."""
    parts = [part.split("=", 1) for part in call.headers["x-portal-signature"].split(",")]
    (seconds,) = [value for name, value in parts if name == "t"]
    signed = f"{seconds}.".encode() + call.body
    right = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return right in [value for name, value in parts if name == "v1"]
