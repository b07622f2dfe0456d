"""One step of a request, told by the running portal on every channel to a server that speaks it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from django.utils.timezone import now

from accounts.actors import Executor
from accounts.models import User
from notifications import destinations
from notifications.events import REQUEST_STEPS
from notifications.models import ChannelCode, InboxItem, Message, Pace, Preference, State
from notifications.webhooks import subscribing
from requests_app import lifecycle
from requests_app.models import Request
from requests_app.statuses import Status
from tests.city_fixtures import COMPANY_INN
from tests.live import LivePortal, wait_for
from tests.notifications.browsers import Browser, claims_of
from tests.notifications.gateways import LOGIN, FakeSmsc, FakeSmsRu
from tests.notifications.receivers import Call, Receiver, Reply, receiver
from tests.notifications.webhooks.conftest import is_signed, told

pytestmark = pytest.mark.service
PHONE, CHAT = "+79270000001", "4242"


class BotApi:
    """As much of Telegram's Bot API as a message needs."""

    def __init__(self) -> None:
        self.sent: list[dict[str, object]] = []

    def __call__(self, call: Call) -> Reply:
        if call.path != "/botTOKEN/sendMessage":
            return 404, b'{"ok": false}'
        self.sent.append(json.loads(call.body))
        return 200, b'{"ok": true, "result": {"message_id": 1}}'


@pytest.fixture
def reader(resident) -> User:
    """Return a resident who wants steps of requests on every channel there is."""
    Preference.objects.create(
        user=resident,
        choices={REQUEST_STEPS.code: ["email", "inbox", "sms", "telegram", "web_push"]},
        pace=Pace.AT_ONCE,
        changed_at=now(),
    )
    destinations.confirm(resident, channel=ChannelCode.SMS, address=PHONE, at=now())
    destinations.confirm(resident, channel=ChannelCode.TELEGRAM, address=CHAT, at=now())
    return resident


@pytest.fixture
def servers(live_portal) -> Iterator[tuple[Receiver, Receiver]]:
    """An SMS gateway and a Bot API; the worker forgets them afterwards."""
    with receiver() as gateway, receiver() as telegram:
        yield gateway, telegram
    live_portal.kill("worker")
    live_portal.restart("worker", SMS_URL="", TELEGRAM_TOKEN="")


@pytest.mark.parametrize("format_of", ["smsc", "smsru"])
def test_one_step_arrives_on_every_channel(
    live_portal: LivePortal, servers, reader, company_user, make_request, format_of
):
    gateway, telegram = servers
    bot, fake = BotApi(), {"smsc": FakeSmsc, "smsru": FakeSmsRu}[format_of]()
    telegram.reply, gateway.reply = bot, fake
    door = "city:p%40ss%3Aw%25rd" if format_of == "smsc" else LOGIN
    live_portal.kill("worker")
    live_portal.restart(
        "worker",
        SMS_URL=f"{format_of}+http://{door}@{gateway.place}/?sender=GOROD",
        TELEGRAM_TOKEN="TOKEN",
        TELEGRAM_BOT="city_bot",
        TELEGRAM_API_URL=telegram.url,
    )
    hook, browsers = live_portal.outside
    browser = Browser()
    destinations.confirm(
        reader,
        channel=ChannelCode.WEB_PUSH,
        address=f"{browsers.url}/push/1",
        keys=browser.keys,
        at=now(),
    )
    item: Request = make_request(resident=reader)
    wanted = subscribing.Wanted(
        name="Программа", url=f"{hook.url}/in", events=["request.status_changed"]
    )
    # The test's own process knows the places only by the settings of the portal's.
    _held, secret = subscribe_as(company_user, wanted, live_portal)
    by = Executor(id=company_user.pk, inns=(COMPANY_INN,))
    lifecycle.move(item, Status.ACCEPTED, by=by, at=now())

    ways = {"email", "sms", "telegram", "web_push", "webhook"}
    wait_for(
        lambda: (
            ways <= set(Message.objects.filter(state=State.SENT).values_list("channel", flat=True))
        ),
        what=f"a message on each of {ways}",
    )
    assert live_portal.mailbox.to("resident@example.org")
    # That the request was filed is told by SMS as well.
    called = {(sms.get("phones") or sms.get("to", "")).lstrip("+") for sms in fake.sent.values()}
    assert called == {PHONE.lstrip("+")}
    assert {message["chat_id"] for message in bot.sent} == {CHAT}
    pushed = [call for call in browsers.calls if call.path == "/push/1"]
    assert pushed
    assert browser.opened(pushed[-1].body)["title"]
    assert claims_of(pushed[-1].headers["authorization"])["aud"] == browsers.url
    (call,) = hook.calls
    assert is_signed(call, secret)
    assert told(call)["facts"]["status"] == "accepted"
    assert InboxItem.objects.filter(user=reader, event="request.accept").exists()


def subscribe_as(user: User, wanted: subscribing.Wanted, portal: LivePortal) -> tuple[object, str]:
    """Subscribe in this process, which may name the portal's receivers for the while."""
    from django.test import override_settings

    with override_settings(OUTBOUND_ALLOWED=[one.place for one in portal.outside]):
        return subscribing.subscribe(user, wanted, at=now())
