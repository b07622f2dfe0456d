"""
What the bot answers: one update in, one reply out, both in one transaction and exactly once.

It takes in no request itself: it opens the portal's own form with the house filled in, where the
term of the law and the phone for emergencies are told before anything is sent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actors import Resident
from accounts.models import User
from disclosure import address_search
from notifications import destinations, outbox, telegram
from notifications.channels.telegram import REPLY
from notifications.models import ChannelCode, Priority, StopReason
from requests_app import access
from requests_app.models import ChatFollow, Request
from requests_app.statuses import public_words

MOST_FOLLOWED = 50
LISTED = 10
LONGEST = 300
_NUMBER = re.compile(r"\b(\d{2}-\d{6,12})\b")
# The codes are letters and digits without those that look alike; dashes may stand between.
_CODE = re.compile(r"[A-Za-z0-9-]{12,40}")


@dataclass(frozen=True)
class Said:
    """What somebody wrote to the bot in a chat of two."""

    chat: str
    name: str
    text: str
    place: tuple[float, float] | None
    language: str


@transaction.atomic
def answer(update: dict[str, Any], *, at: datetime) -> bool:
    """Answer an update unless it has been answered; return whether it was new."""
    update_id = update.get("update_id")
    if not isinstance(update_id, int) or isinstance(update_id, bool):
        return False
    if abs(update_id) >= 2**62 or not telegram.is_new(update_id, at=at):
        return False
    blocked = _blocked_chat(update)
    if blocked:
        forget_chat(blocked, reason=StopReason.BLOCKED, at=at)
        return True
    said = read(update)
    if said is None:
        return True
    user = telegram.holder_of(said.chat)
    with translation.override(user.language if user else said.language):
        words = _reply(said, user, at=at)
    outbox.enqueue(
        event=REPLY,
        template="notifications/mail/bot_reply",
        to=said.chat,
        user_id=user.pk if user else None,
        channel=ChannelCode.TELEGRAM,
        context={"text": words},
        # Wiped once it has left: a chat is a person's.
        sensitive=True,
        topic="telegram",
        dedupe_key=f"telegram:{update_id}",
        why="",
        priority=Priority.EMERGENCY,
        at=at,
    )
    return True


def read(update: dict[str, Any]) -> Said | None:
    """Return what was said in a chat of two; None for groups, edits, stickers and nonsense."""
    message = update.get("message")
    chat = message.get("chat") if isinstance(message, dict) else None
    if not isinstance(message, dict) or not isinstance(chat, dict):
        return None
    if chat.get("type") != "private" or not isinstance(chat.get("id"), int):
        return None
    sender = message.get("from")
    sender = sender if isinstance(sender, dict) else {}
    name = " ".join(str(sender.get(part, "")) for part in ("first_name", "last_name")).strip()
    text = message.get("text")
    return Said(
        chat=str(chat["id"])[:32],
        name=" ".join(name.split())[:100],
        text=" ".join(text.split())[:LONGEST] if isinstance(text, str) else "",
        place=_place(message.get("location")),
        language="en" if str(sender.get("language_code", "ru"))[:2] == "en" else "ru",
    )


def _place(location: object) -> tuple[float, float] | None:
    if not isinstance(location, dict):
        return None
    lat, lon = location.get("latitude"), location.get("longitude")
    if not isinstance(lat, int | float) or not isinstance(lon, int | float):
        return None
    return (float(lat), float(lon)) if abs(lat) <= 90 and abs(lon) <= 180 else None


def _blocked_chat(update: dict[str, Any]) -> str:
    """Return the chat whose holder has just blocked the bot, or ""."""
    change = update.get("my_chat_member")
    if not isinstance(change, dict):
        return ""
    member, chat = change.get("new_chat_member"), change.get("chat")
    if not isinstance(member, dict) or not isinstance(chat, dict):
        return ""
    is_out = member.get("status") in {"kicked", "left"}
    return str(chat.get("id", ""))[:32] if is_out else ""


def forget_chat(chat: str, *, reason: StopReason, at: datetime) -> None:
    """Send nothing more to this chat, and forget what it followed."""
    ChatFollow.objects.filter(chat=chat).delete()
    destinations.stop(channel=ChannelCode.TELEGRAM, address=chat, reason=reason, at=at)


def _reply(said: Said, user: User | None, *, at: datetime) -> str:
    if said.place:
        near = urlencode({"near": "{:.6f},{:.6f}".format(*said.place)})
        return _("Choose your house and say what has happened:") + f"\n{_filing()}?{near}"
    command, _space, rest = said.text.partition(" ")
    command = command.partition("@")[0].lower()
    number = _NUMBER.search(said.text)
    if command == "/start" and rest:
        return _linked(said, rest.strip(), at=at)
    if command == "/stop":
        return _stopped(said, number[1] if number else "", user, at=at)
    if command == "/list":
        return _listed(said, user)
    if number:
        return _followed(said, number[1], user, at=at)
    if command == "/new" and rest:
        return _house(rest, at=at)
    if command.startswith("/") or len(said.text) < 3:
        return _help(user)
    return _house(said.text, at=at)


def _help(user: User | None) -> str:
    lines = [
        settings.CITY.center_name,
        _("Send the number and the code of a request: I show where it stands and tell every step."),
        _("Send an address or your location: I open a new request with the house filled in."),
        _("/list shows what you follow. /stop with a number ends it; /stop alone ends everything."),
    ]
    if user is None:
        lines.append(
            _("To have the news of your account here, link this chat in its settings:")
            + f"\n{settings.PUBLIC_URL}{reverse('inbox:destinations')}"
        )
    lines.append(_("Gas, fire, a live wire: call 112, do not write."))
    return "\n\n".join(lines)


def _filing() -> str:
    return f"{settings.PUBLIC_URL}{reverse('requests_app:new')}"


def _linked(said: Said, code: str, *, at: datetime) -> str:
    user = telegram.link(code, chat=said.chat, name=said.name, at=at)
    if user is None:
        return _("This link is used up or too old. Open a new one in your settings on the portal.")
    return _("This chat is linked to your account: its news come here. /stop ends that.")


def _followed(said: Said, number: str, user: User | None, *, at: datetime) -> str:
    rows = Request.objects.select_related("category", "building")
    rest = said.text.replace(number, " ")
    code = next((word for word in _CODE.findall(rest) if any(map(str.isalnum, word))), "")
    item: Request | None = None
    if user is not None and not code:
        item = rows.visible_to(Resident(id=user.pk)).filter(number=number).first()
    elif code:
        try:
            found = access.opened(rows, number, code, address=f"telegram:{said.chat}", at=at)
        except access.TooManyCodes as many:
            return str(many)
        item = found[0] if found else None
    if item is None:
        return _("No request opens with this number and code. Check both.")
    others = ChatFollow.objects.filter(chat=said.chat).exclude(request=item)
    if others.count() >= MOST_FOLLOWED:
        return _state(item) + "\n\n" + _("You follow too many requests: end some with /stop.")
    ChatFollow.objects.get_or_create(chat=said.chat, request=item, defaults={"since": at})
    return _state(item) + "\n\n" + _("I tell you every step here.")


def _state(item: Request) -> str:
    lines = [
        f"{item.number}: {public_words(item.status, item.outcome)}",
        str(item.category.name),
    ]
    if item.due_at and item.status != "closed":
        due = timezone.localtime(item.due_at).strftime("%d.%m.%Y %H:%M")
        lines.append(_("Promised by %(moment)s") % {"moment": due})
    return "\n".join(lines)


def _listed(said: Said, user: User | None) -> str:
    rows = Request.objects.select_related("category").defer("search")
    followed = list(rows.filter(chat_follows__chat=said.chat).order_by("-pk")[:LISTED])
    if user is not None and len(followed) < LISTED:
        own = rows.visible_to(Resident(id=user.pk)).still_open()
        known = {item.pk for item in followed}
        followed += [item for item in own.order_by("-pk")[:LISTED] if item.pk not in known]
    if not followed:
        return _("You follow nothing yet. Send the number and the code of a request.")
    return "\n\n".join(_state(item) for item in followed[:LISTED])


def _stopped(said: Said, number: str, user: User | None, *, at: datetime) -> str:
    follows = ChatFollow.objects.filter(chat=said.chat)
    if number:
        gone, _models = follows.filter(request__number=number).delete()
        if gone:
            return _("I say nothing more of %(number)s.") % {"number": number}
        return _("You do not follow %(number)s.") % {"number": number}
    gone, _models = follows.delete()
    destinations.stop(
        channel=ChannelCode.TELEGRAM, address=said.chat, reason=StopReason.REMOVED, at=at
    )
    told = ngettext(
        "%(count)d request is followed no more.", "%(count)d requests are followed no more.", gone
    ) % {"count": gone}
    return told + " " + _("Nothing more comes here until you write again.")


def _house(text: str, *, at: datetime) -> str:
    found = address_search.find(text, on=timezone.localtime(at).date(), limit=4)
    if not found:
        asked = urlencode({"q": text[:100]})
        return _("I do not find this house. Look here:") + f"\n{_filing()}?{asked}"
    houses = [
        f"{house.address}\n{_filing()}?{urlencode({'building': house.id})}" for house in found[:3]
    ]
    return _("Open a new request, the house is filled in:") + "\n\n" + "\n\n".join(houses)
