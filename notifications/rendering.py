"""From a row of the outbox to the words that leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.module_loading import import_string

from notifications.models import Message

UNSUBSCRIBE_SALT = "notifications.unsubscribe"


@dataclass(frozen=True)
class Rendered:
    """A letter ready to leave."""

    subject: str
    text: str
    html: str
    unsubscribe_url: str


class CannotRender(Exception):
    """The row can never become a letter; trying again changes nothing."""


def render(message: Message) -> Rendered:
    """Return the letter in its reader's language; raise CannotRender naming what is wrong."""
    language = message.user.language if message.user else settings.LANGUAGE_CODE
    with translation.override(language or settings.LANGUAGE_CODE):
        unsubscribe = "" if message.sensitive else unsubscribe_url(message)
        values = {
            **{name: _resolved(value) for name, value in message.context.items()},
            "city": settings.CITY,
            "why": message.why,
            "unsubscribe_url": unsubscribe,
            "language": language,
        }
        subject = render_to_string(f"{message.template}.subject.txt", values)
        values["subject"] = " ".join(subject.split())
        return Rendered(
            subject=values["subject"],
            text=render_to_string(f"{message.template}.txt", values).strip() + "\n",
            html=render_to_string(f"{message.template}.html", values),
            unsubscribe_url=unsubscribe,
        )


def _resolved(value: Any) -> Any:
    """Return `{"link": name, "id": …}` as an address, all else as it is."""
    if not (isinstance(value, dict) and value.keys() == {"link", "id"}):
        return value
    path = settings.MESSAGE_LINKS.get(value["link"])
    if path is None:
        raise CannotRender(f"unknown link {value['link']!r}")
    return settings.PUBLIC_URL + import_string(path)(value["id"])


def unsubscribe_url(message: Message) -> str:
    """Return the address that stops this topic for this address, without logging in."""
    token = signing.dumps(
        [message.channel, message.recipient, message.topic], salt=UNSUBSCRIBE_SALT, compress=True
    )
    return f"{settings.PUBLIC_URL}{reverse('notifications:unsubscribe', args=[token])}"


def read_unsubscribe(token: str) -> tuple[str, str, str] | None:
    """Return channel, address and topic of an unsubscribe link; None for a forged one."""
    try:
        channel, address, topic = signing.loads(token, salt=UNSUBSCRIBE_SALT)
    except (signing.BadSignature, ValueError):
        return None
    return channel, address, topic
