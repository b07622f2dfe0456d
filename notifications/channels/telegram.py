"""Telegram: a message in the chat with the portal's bot, with a button that leads on."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from notifications import telegram
from notifications.channels import Limits, OutOfOrder, Sent, as_shown
from notifications.models import Message
from notifications.rendering import Rendered

REPLY = "telegram.reply"


class TelegramChannel:
    """Sends by the Bot API; in the demo without a bot only shows what would be sent."""

    # Telegram itself bears about thirty a second to different chats.
    limits = Limits(per_second=25, burst=25, at_once=8)

    @property
    def is_set_up(self) -> bool:
        """Whether there is a bot."""
        return telegram.is_set_up()

    def send(self, message: Message, letter: Rendered) -> Sent:
        """Send one message."""
        fields = fields_of(message, letter)
        if telegram.is_set_up():
            telegram.call("sendMessage", **fields)
        elif not settings.DEMO:
            raise OutOfOrder("no bot is set up")
        return Sent(raw=as_shown(message, title=letter.subject, text=fields["text"]))

    def rest(self) -> None:
        """Nothing is kept open."""


def fields_of(message: Message, letter: Rendered) -> dict[str, Any]:
    """Return what `sendMessage` takes: plain text, so that no word of a person's is markup."""
    fields: dict[str, Any] = {
        "chat_id": message.recipient,
        "link_preview_options": {"is_disabled": True},
    }
    if message.event == REPLY:
        fields["text"] = letter.text.strip()[: telegram.LONGEST]
        return fields
    language = message.user.language if message.user else settings.LANGUAGE_CODE
    with translation.override(language or settings.LANGUAGE_CODE):
        buttons = [(_("Open"), letter.url), (_("Stop these messages"), letter.unsubscribe_url)]
    lines = [letter.subject]
    if letter.short != letter.subject:
        lines.append(letter.short)
    # Telegram refuses the whole message for a button that leads to a host without a name.
    rows = [[{"text": word, "url": url}] for word, url in buttons if url.startswith("https://")]
    lines += [f"{word}: {url}" for word, url in buttons if url.startswith("http://")]
    lines.append(message.why_said)
    if rows:
        fields["reply_markup"] = {"inline_keyboard": rows}
    fields["text"] = "\n\n".join(filter(None, lines))[: telegram.LONGEST]
    return fields
