"""
The Bot API of Telegram (https://core.telegram.org/bots/api): calls, exactly once, linking accounts.

What the bot says stands in `requests_app/telegram/`: it speaks of requests.
"""

from __future__ import annotations

import json
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from accounts.models import User
from notifications import destinations, outbound
from notifications.channels import NeverDelivered, NoSuchAddress, OutOfOrder
from notifications.models import (
    ChannelCode,
    Destination,
    LinkCode,
    StopReason,
    TelegramUpdate,
)

LIMITS = outbound.Limits(connect=5, read=15, total=20, answer=1024 * 1024)
# A link is opened from the page that shows it.
CODE_KEPT = timedelta(minutes=30)
# Telegram gives up on an update after a day.
UPDATE_KEPT = timedelta(days=7)
LONGEST = 4096


def is_set_up() -> bool:
    """Whether there is a bot: the token that its maker was given, and its name."""
    return bool(settings.TELEGRAM_TOKEN and settings.TELEGRAM_BOT)


def webhook_secret() -> str:
    """Return what Telegram says with each update, so that nobody else may speak for it."""
    return salted_hmac("notifications.telegram", settings.TELEGRAM_TOKEN).hexdigest()


def call(method: str, *, limits: outbound.Limits = LIMITS, **fields: Any) -> Any:
    """
    Call the bot's API and return `result`.

    Raise OutOfOrder (Telegram is away, has enough of us, or does not know our token),
    NoSuchAddress (the chat is gone, or its holder has blocked the bot) or NeverDelivered.
    """
    try:
        answer = outbound.call(
            f"{settings.TELEGRAM_API_URL}/bot{settings.TELEGRAM_TOKEN}/{method}",
            body=json.dumps(fields, ensure_ascii=False).encode(),
            headers={"Content-Type": "application/json"},
            limits=limits,
            trusted=True,
        )
        told = json.loads(answer.body)
        if not isinstance(told, dict):
            raise TypeError
    except (outbound.Refused, outbound.Unreachable) as broken:
        raise OutOfOrder(f"Telegram: {broken}") from None
    except (ValueError, TypeError):
        raise OutOfOrder("Telegram answers no JSON") from None
    if answer.is_ok and told.get("ok") is True:
        return told.get("result")
    words = str(told.get("description", ""))[:100]
    if answer.status == 429:
        rest = (told.get("parameters") or {}).get("retry_after", 5)
        seconds = min(int(rest), 3600) if str(rest).isdecimal() else 5
        raise OutOfOrder("Telegram has enough for now", rest=timedelta(seconds=seconds))
    if answer.status == 403:
        raise NoSuchAddress(f"Telegram: {words}", reason=StopReason.BLOCKED)
    if answer.status == 400 and "chat not found" in words:
        raise NoSuchAddress(f"Telegram: {words}", reason=StopReason.BOUNCED)
    if answer.status == 400:
        raise NeverDelivered(f"Telegram: {words}")
    raise OutOfOrder(f"Telegram answers {answer.status}")


def is_new(update_id: int, *, at: datetime) -> bool:
    """Note an update in the caller's transaction; False if it has been answered before."""
    _row, is_made = TelegramUpdate.objects.get_or_create(
        update_id=update_id, defaults={"seen_at": at}
    )
    return is_made


def linking_address(user: User, *, at: datetime) -> str:
    """Return the address that opens the bot and links this account; good once, for a while."""
    code = secrets.token_urlsafe(24)
    LinkCode.objects.filter(user=user).delete()
    LinkCode.objects.create(code_hash=_digest(code), user=user, expires_at=at + CODE_KEPT)
    return f"https://t.me/{settings.TELEGRAM_BOT}?start={code}"


@transaction.atomic
def link(code: str, *, chat: str, name: str, at: datetime) -> User | None:
    """Link a chat to the account of this code and return it; None for a wrong or old one."""
    found = (
        LinkCode.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(code_hash=_digest(code[:100]), expires_at__gt=at)
        .first()
    )
    if found is None or not found.user.is_active:
        return None
    found.delete()
    destinations.confirm(
        found.user, channel=ChannelCode.TELEGRAM, address=chat, label=name[:120], at=at
    )
    return found.user


def holder_of(chat: str) -> User | None:
    """Return the account that this chat is linked to."""
    held = (
        Destination.objects.living()
        .select_related("user")
        .filter(channel=ChannelCode.TELEGRAM, address=chat)
        .first()
    )
    return held.user if held else None


def forget_old(*, at: datetime) -> None:
    """Delete marks of updates that never come again, and codes that nobody used."""
    TelegramUpdate.objects.filter(seen_at__lt=at - UPDATE_KEPT).delete()
    LinkCode.objects.filter(expires_at__lt=at).delete()


def _digest(code: str) -> str:
    return salted_hmac("notifications.telegram.link", code, algorithm="sha256").hexdigest()
