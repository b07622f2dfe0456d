"""A system subscribes by the API and is told by the running portal, whatever dies in between."""

from __future__ import annotations

import json
import time
import urllib.request
from typing import Any

import pytest

from accounts import tokens
from accounts.models import User
from notifications.models import Message, State
from tests.live import LivePortal, wait_for
from tests.notifications.receivers import Receiver
from tests.notifications.webhooks.conftest import is_signed, told
from tests.service.city import body_of, file, run_out_leases

pytestmark = pytest.mark.service


@pytest.fixture
def hook(live_portal) -> Receiver:
    return live_portal.outside[0]


@pytest.fixture
def secret(live_portal, hook, resident) -> str:
    """Subscribe as a program does; return the secret that the answer shows."""
    made = post(
        live_portal,
        resident,
        "webhooks/",
        {"name": "Карта", "url": f"{hook.url}/in", "events": ["request.filed"]},
    )
    return str(made["secret"])


def post(portal: LivePortal, user: User, path: str, body: Any) -> dict[str, Any]:
    key = tokens.issue(user, name="Программа", scopes=["webhooks:read", "webhooks:write"])
    call = urllib.request.Request(
        f"{portal.url}/api/v1/{path}",
        json.dumps(body).encode(),
        {"Content-Type": "application/json", "Authorization": f"Token {key}"},
    )
    with urllib.request.urlopen(call, timeout=30) as answer:
        found: dict[str, Any] = json.loads(answer.read())
    return found


def is_sent() -> bool:
    return Message.objects.filter(channel="webhook", state=State.SENT).exists()


def test_filed_request_is_told_once_signed_and_without_the_person(
    live_portal, hook, secret, building, categories
):
    status, filed, _seconds = file(live_portal, body_of(building, public=True))
    assert status == 201, filed
    wait_for(is_sent, what="the call of the webhook")
    (call,) = hook.calls
    assert is_signed(call, secret)
    body = told(call)
    assert (body["type"], body["facts"]) == ("request.filed", {"status": "new"})
    text = call.body.decode()
    assert filed["number"] not in text
    assert "anna@example.org" not in text
    assert "Батарея" not in text


def test_worker_killed_amid_the_call_has_it_come_again_with_the_same_id(
    live_portal, hook, secret, building, categories
):
    def slow(_call: Any) -> tuple[int, bytes]:
        time.sleep(4)
        return 200, b""

    hook.reply = slow
    status, _filed, _seconds = file(live_portal, body_of(building, public=True))
    assert status == 201
    wait_for(lambda: hook.calls, what="the first call")
    live_portal.kill("worker")
    assert not is_sent()
    hook.reply = lambda call: (200, b"")
    run_out_leases()
    live_portal.restart("worker")
    wait_for(is_sent, what="the call that came again")
    assert len(hook.calls) >= 2
    assert len({told(call)["id"] for call in hook.calls}) == 1
    assert all(is_signed(call, secret) for call in hook.calls)
    assert Message.objects.get(channel="webhook").doubts == 1


def test_relay_killed_before_it_spread_the_event_loses_none(
    live_portal, hook, secret, building, categories
):
    live_portal.kill("relay")
    status, _filed, _seconds = file(live_portal, body_of(building, public=True))
    assert status == 201
    assert not Message.objects.filter(channel="webhook").exists()
    live_portal.restart("relay")
    wait_for(is_sent, what="the call of the webhook")
    assert len(hook.calls) == 1
