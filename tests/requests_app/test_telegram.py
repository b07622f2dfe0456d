"""The Telegram bot: linking, following, the state of a request, and the way to a new one."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.actors import actor_of
from notifications import delivery, telegram
from notifications.models import (
    Destination,
    Gate,
    InboxItem,
    Message,
    Priority,
    State,
    StopReason,
    TelegramUpdate,
)
from requests_app import lifecycle, retention, tracking_code
from requests_app.models import ChatFollow, Request
from requests_app.statuses import Status
from requests_app.telegram import polling, talk
from tests.conftest import NOON
from tests.notifications.receivers import Call, Reply, receiver

pytestmark = pytest.mark.django_db
CHAT = 777
HOOK = "/telegram/"


class BotApi:
    """A server that speaks the Bot API: keeps what was sent, brings what is put into `updates`."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.webhook: dict[str, Any] = {}
        self.updates: list[dict[str, Any]] = []
        self.refuse: tuple[int, dict[str, Any]] | None = None
        self.answered: Callable[[], Any] = lambda: None

    def __call__(self, call: Call) -> Reply:
        method = call.path.rpartition("/")[2]
        if not call.path.startswith("/botTOKEN/"):
            return self._json(401, ok=False, description="Unauthorized")
        fields = json.loads(call.body)
        if method == "sendMessage":
            if self.refuse:
                return self._json(self.refuse[0], ok=False, **self.refuse[1])
            self.sent.append(fields)
            return self._json(200, ok=True, result={"message_id": len(self.sent)})
        if method == "getUpdates":
            self.updates = [one for one in self.updates if one["update_id"] >= fields["offset"]]
            self.answered()
            return self._json(200, ok=True, result=self.updates)
        if method == "setWebhook":
            self.webhook = fields
        elif method == "deleteWebhook":
            self.webhook = {}
        return self._json(200, ok=True, result=True)

    @staticmethod
    def _json(status: int, **told: Any) -> Reply:
        return status, json.dumps(told).encode(), {"Content-Type": "application/json"}


@pytest.fixture
def bot(settings) -> Iterator[BotApi]:
    api = BotApi()
    with receiver(api) as server:
        settings.TELEGRAM_TOKEN, settings.TELEGRAM_BOT = "TOKEN", "city_bot"
        settings.TELEGRAM_API_URL = server.url
        yield api


_numbers = count(1)


def update(text: str = "", *, chat: int = CHAT, **message: Any) -> dict[str, Any]:
    """Return an update as Telegram brings one."""
    return {
        "update_id": next(_numbers),
        "message": {
            "message_id": 1,
            "chat": {"id": chat, "type": "private"},
            "from": {"id": chat, "first_name": "Анна", "language_code": "ru"},
            **({"text": text} if text else {}),
            **message,
        },
    }


def bring(said: dict[str, Any], **headers: str) -> int:
    """Let Telegram bring an update to the webhook, and send what the bot answers."""
    headers = {"X-Telegram-Bot-Api-Secret-Token": telegram.webhook_secret(), **headers}
    answer = Client().post(HOOK, json.dumps(said), content_type="application/json", headers=headers)
    return answer.status_code


def reply_to(said: dict[str, Any], *, at=NOON) -> str:
    """Return the words that the bot answers with."""
    talk.answer(said, at=at)
    found = Message.objects.filter(dedupe_key=f"telegram:{said['update_id']}").first()
    return found.context["text"] if found else ""


def send_all(*, at=NOON) -> None:
    for priority in Priority:
        taken = delivery.take(size=100, at=at, priority=priority)
        delivery.deliver_all(taken.ids, clock=lambda: at)


@pytest.fixture
def item(make_request, resident):
    return make_request(resident=resident)


@pytest.fixture
def code(item) -> str:
    return tracking_code.of(item)


def test_help_says_what_the_bot_can_do_and_whom_to_call_in_danger(bot):
    words = reply_to(update("/start"))
    assert "номер и код" in words
    assert "112" in words
    assert "/accounts/notifications/where/" in words
    assert "number and the code" in reply_to(
        update("/start", **{"from": {"id": 1, "first_name": "A", "language_code": "en-GB"}})
    )


def test_account_is_linked_by_its_link_once(bot, resident):
    code = telegram.linking_address(resident, at=NOON).partition("start=")[2]
    assert len(code) <= 64
    assert "привязан" in reply_to(update(f"/start {code}"))
    held = Destination.objects.get()
    assert (held.user, held.channel, held.address, held.label) == (
        resident,
        "telegram",
        str(CHAT),
        "Анна",
    )
    assert "использована" in reply_to(update(f"/start {code}", chat=888))
    assert Destination.objects.count() == 1


def test_old_or_guessed_link_links_nothing(bot, resident):
    code = telegram.linking_address(resident, at=NOON).partition("start=")[2]
    late = NOON + telegram.CODE_KEPT
    assert "устарела" in reply_to(update(f"/start {code}"), at=late)
    assert "устарела" in reply_to(update("/start guessed"))
    assert not Destination.objects.exists()


def test_number_and_code_show_the_state_and_follow(bot, item, code):
    words = reply_to(update(f"{item.number} {code}"))
    assert words.startswith(f"{item.number}: ")
    assert item.category.name in words
    assert ChatFollow.objects.get().request == item
    # Not a word of who filed it, or of what they wrote.
    assert item.description not in words
    reply_to(update(f"{item.number} {code}"))
    assert ChatFollow.objects.count() == 1
    assert item.number in reply_to(update("/list"))


@pytest.mark.parametrize("given", ["ABCDEFGHJKMNPQRS", "", "' OR 1=1 --"])
def test_wrong_code_follows_nothing_and_tells_nothing(bot, item, given):
    wrong = reply_to(update(f"{item.number} {given}"))
    unknown = reply_to(update(f"26-999999 {given}", chat=999))
    assert wrong == unknown
    assert not ChatFollow.objects.exists()


def test_guessing_is_held_down(bot, item, settings):
    settings.CODE_LIMIT = 3
    for _ in range(4):
        words = reply_to(update(f"{item.number} ABCDEFGHJKMNPQRS"))
    assert "Слишком много" in words


def test_own_request_needs_no_code_in_a_linked_chat_and_anothers_does(
    bot, item, resident, neighbour, make_request
):
    foreign = make_request(resident=neighbour)
    code = telegram.linking_address(resident, at=NOON).partition("start=")[2]
    reply_to(update(f"/start {code}"))
    assert reply_to(update(item.number)).startswith(item.number)
    assert foreign.number not in reply_to(update(foreign.number))
    assert not ChatFollow.objects.filter(request=foreign).exists()


def test_follower_is_told_of_every_step_and_not_of_what_was_written(bot, item, code, operator):
    reply_to(update(f"{item.number} {code}"))
    send_all()
    bot.sent.clear()
    lifecycle.move(item, Status.ACCEPTED, by=actor_of(operator), at=NOON + timedelta(hours=1))
    send_all(at=NOON + timedelta(hours=1))
    (told,) = [one for one in bot.sent if one["chat_id"] == str(CHAT)]
    assert item.number in told["text"]
    assert "parse_mode" not in told


def test_chat_of_the_author_hears_once(bot, item, code, resident, operator):
    link = telegram.linking_address(resident, at=NOON).partition("start=")[2]
    reply_to(update(f"/start {link}"))
    reply_to(update(f"{item.number} {code}"))
    send_all()
    bot.sent.clear()
    lifecycle.move(item, Status.ACCEPTED, by=actor_of(operator), at=NOON + timedelta(hours=1))
    send_all(at=NOON + timedelta(hours=1))
    assert len([one for one in bot.sent if item.number in one["text"]]) == 1


def test_stop_ends_one_or_everything(bot, item, code, resident):
    reply_to(update(f"{item.number} {code}"))
    assert "не следите" in reply_to(update("/stop 26-999999"))
    assert item.number in reply_to(update(f"/stop {item.number}"))
    assert not ChatFollow.objects.exists()
    link = telegram.linking_address(resident, at=NOON).partition("start=")[2]
    reply_to(update(f"/start {link}"))
    reply_to(update("/stop"))
    assert Destination.objects.get().stop_reason == StopReason.REMOVED


def test_address_opens_a_new_request_with_the_house_filled_in(bot, building):
    words = reply_to(update(building.address))
    assert f"/requests/new/?building={building.pk}" in words
    path = urlsplit(next(word for word in words.split() if "building=" in word))
    assert Client().get(f"{path.path}?{path.query}").status_code == 200
    assert "/requests/new/?q=" in reply_to(update("абракадабра 999"))


def test_location_opens_the_houses_near_it(bot):
    words = reply_to(update(location={"latitude": 54.3142, "longitude": 48.4031}))
    assert "/requests/new/?near=54.314200,48.403100" in words.replace("%2C", ",")


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"update_id": "1"},
        {"update_id": True},
        {"update_id": 2**70},
        {"update_id": 5_000_001},
        {"update_id": 5_000_002, "message": []},
        {
            "update_id": 5_000_003,
            "message": {"chat": {"id": -5, "type": "group"}, "text": "/start"},
        },
        {"update_id": 5_000_004, "message": {"chat": {"id": "x", "type": "private"}}},
        {"update_id": 5_000_005, "edited_message": {"text": "x"}},
        {"update_id": 5_000_006, "my_chat_member": {"new_chat_member": 1}},
    ],
)
def test_what_is_not_said_in_a_chat_of_two_gets_no_answer(bot, said):
    assert bring(said) == 200
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "text", ["\x00", "🙂" * 4000, "/" * 4000, "26-000123 " * 300, "<b>x</b> {{ 7 }} %s"]
)
def test_odd_words_get_an_answer_and_no_error(bot, text):
    assert bring(update(text.replace("\x00", ""))) == 200


def test_update_brought_twice_is_answered_once(bot, item, code):
    said = update(f"{item.number} {code}")
    assert bring(said) == bring(said) == 200
    send_all(at=Message.objects.get(event="telegram.reply").not_before)
    assert bring(said) == 200
    assert len(bot.sent) == 1
    assert Message.objects.filter(event="telegram.reply").count() == 1
    assert TelegramUpdate.objects.count() == 1


def test_update_whose_answer_was_lost_is_answered_when_it_comes_again(bot, monkeypatch):
    said = update("/start")
    monkeypatch.setattr(talk.outbox, "enqueue", lambda **letter: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        talk.answer(said, at=NOON)
    monkeypatch.undo()
    assert not TelegramUpdate.objects.exists()
    assert talk.answer(said, at=NOON)


def test_nobody_else_speaks_for_telegram(bot):
    said = update("/start")
    assert bring(said, **{"X-Telegram-Bot-Api-Secret-Token": "guessed"}) == 404
    assert bring(said, **{"X-Telegram-Bot-Api-Secret-Token": ""}) == 404
    assert Client().get(HOOK).status_code == 405
    assert not TelegramUpdate.objects.exists()


def test_portal_without_a_bot_has_no_webhook(settings):
    settings.TELEGRAM_TOKEN = ""
    assert bring(update("/start")) == 404


def test_blocked_bot_stops_the_destination_and_says_so(bot, item, code, resident):
    link = telegram.linking_address(resident, at=NOON).partition("start=")[2]
    reply_to(update(f"/start {link}"))
    bot.refuse = (403, {"description": "Forbidden: bot was blocked by the user"})
    send_all()
    assert Destination.objects.get().stop_reason == StopReason.BLOCKED
    assert InboxItem.objects.filter(user=resident, event="destination_stopped").exists()


def test_telegram_says_itself_that_the_bot_was_blocked(bot, item, code, resident):
    link = telegram.linking_address(resident, at=NOON).partition("start=")[2]
    reply_to(update(f"/start {link}"))
    reply_to(update(f"{item.number} {code}"))
    change = {"chat": {"id": CHAT}, "new_chat_member": {"status": "kicked"}}
    bring({"update_id": next(_numbers), "my_chat_member": change})
    assert Destination.objects.get().stop_reason == StopReason.BLOCKED
    assert not ChatFollow.objects.exists()


def test_telegram_that_has_enough_rests_as_long_as_it_says(bot):
    reply_to(update("/start"))
    bot.refuse = (429, {"description": "Too Many Requests", "parameters": {"retry_after": 17}})
    send_all()
    message = Message.objects.get()
    assert (message.state, message.attempts) == (State.QUEUED, 0)
    assert Gate.objects.get(channel="telegram").closed_until == NOON + timedelta(seconds=17)


def test_message_that_telegram_cannot_take_is_dead(bot):
    reply_to(update("/start"))
    bot.refuse = (400, {"description": "Bad Request: message is too long"})
    send_all()
    assert Message.objects.get().state == State.DEAD


def test_what_the_bot_said_is_wiped_when_it_has_left(bot):
    reply_to(update("/start"))
    send_all()
    message = Message.objects.get()
    assert (message.state, message.context) == (State.SENT, {})


def test_polling_answers_each_update_once_and_moves_on(bot):
    bot.updates = [update("/start"), update("/list")]
    offset = polling.once(0, wait=0)
    assert offset == bot.updates[-1]["update_id"] + 1
    assert Message.objects.count() == 2
    # The answer to our offset was lost: Telegram brings them again.
    assert polling.once(0, wait=0) == offset
    assert Message.objects.count() == 2
    polling.once(offset, wait=0)
    assert bot.updates == []


def test_polling_goes_on_after_telegram_was_away(bot, monkeypatch, settings):
    monkeypatch.setattr(polling, "PAUSE_SECONDS", 0.01)
    stopping = threading.Event()
    bot.updates = [update("/start")]
    bot.answered = stopping.set
    place, settings.TELEGRAM_API_URL = settings.TELEGRAM_API_URL, "http://127.0.0.1:1"
    calls = count()
    real = telegram.call

    def flaky(*args, **fields):
        settings.TELEGRAM_API_URL = "http://127.0.0.1:1" if next(calls) < 2 else place
        return real(*args, **fields)

    monkeypatch.setattr(telegram, "call", flaky)
    polling.run(stopping, wait=0)
    assert Message.objects.count() == 1


def test_command_registers_our_address_with_its_secret_and_takes_it_back(bot, settings):
    call_command("telegram", "webhook")
    assert bot.webhook["url"] == settings.PUBLIC_URL + HOOK
    assert bot.webhook["secret_token"] == telegram.webhook_secret()
    call_command("telegram", "off")
    assert bot.webhook == {}
    settings.TELEGRAM_TOKEN = "OTHER"
    with pytest.raises(CommandError):
        call_command("telegram", "webhook")
    settings.TELEGRAM_TOKEN = ""
    with pytest.raises(CommandError, match="TELEGRAM_TOKEN"):
        call_command("telegram", "poll")


def test_old_marks_and_unused_codes_are_forgotten(bot, resident):
    reply_to(update("/start"))
    telegram.linking_address(resident, at=NOON)
    telegram.forget_old(at=NOON + timedelta(days=1))
    assert TelegramUpdate.objects.exists()
    telegram.forget_old(at=NOON + timedelta(days=8))
    assert not TelegramUpdate.objects.exists()
    assert not telegram.LinkCode.objects.exists()


def test_destroyed_request_is_followed_by_nobody(bot, item, code):
    reply_to(update(f"{item.number} {code}"))
    ChatFollow.objects.get()
    far = NOON + timedelta(days=365 * 6)
    Request.objects.filter(pk=item.pk).update(
        status=Status.CLOSED, outcome="withdrawn", closed_at=NOON
    )
    assert retention.destroy(item.pk, today=far.date(), at=far)
    assert not ChatFollow.objects.exists()
