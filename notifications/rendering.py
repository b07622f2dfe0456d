"""From a row of the outbox to the words that leave."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from notifications import said
from notifications.folding import Folded
from notifications.models import LetterText, Message
from notifications.texts import sandbox, versions

_BEFORE_SIGN = re.compile(r" ([.,:])(?= |$)")
UNSUBSCRIBE_SALT = "notifications.unsubscribe"
DIGEST = "notifications/mail/digest"
# An address of a link has a bounded length.
TOPICS_A_LINK = 40


@dataclass(frozen=True)
class Rendered:
    """A letter ready to leave."""

    subject: str
    text: str
    html: str
    unsubscribe_url: str
    # The same in a breath, for channels without room, and where to read on; "" for nowhere.
    short: str = ""
    url: str = ""


class CannotRender(Exception):
    """The row can never become a letter; trying again changes nothing."""


def render(message: Message, told: Folded | None = None) -> Rendered:
    """
    Return the letter in its reader's language; raise CannotRender naming what is wrong.

    `told` is what it tells of: the message itself, another in its stead, or several in one letter.
    """
    language = message.user.language if message.user else settings.LANGUAGE_CODE
    shown = told.messages if told else [message]
    with translation.override(language or settings.LANGUAGE_CODE):
        unsubscribe = "" if message.sensitive else unsubscribe_url(message, shown)
        if len(shown) > 1 and told:
            template, why = DIGEST, _("You asked for news of these matters.")
            held = versions.holding({one.template for one in shown}, language)
            rows = [_row(one, held.get(one.template)) for one in shown]
            values = {"rows": rows, "more": told.more}
            values["count"] = len(shown) + told.more
        else:
            (one,) = shown
            template, why, values = one.template, one.why_said, resolved(one.context)
        text = None if message.sensitive else versions.holding([template], language).get(template)
        return letter(
            template, values, why=why, unsubscribe=unsubscribe, language=language, edited=text
        )


def letter(
    template: str,
    values: dict[str, Any],
    *,
    why: str,
    unsubscribe: str,
    language: str,
    edited: LetterText | None = None,
) -> Rendered:
    """Return the letter in the words of its files, or in the `edited` ones of staff."""
    values = {
        **values,
        "city": settings.CITY,
        "why": why,
        "unsubscribe_url": unsubscribe,
        "language": language,
    }
    if edited is not None:
        return _edited(edited, values)
    values["subject"] = subject_of(template, values)
    return Rendered(
        subject=values["subject"],
        text=render_to_string(f"{template}.txt", values).strip() + "\n",
        html=render_to_string(f"{template}.html", values),
        unsubscribe_url=unsubscribe,
        short=short_of(template, values),
        url=str(values.get("link") or ""),
    )


def _edited(text: LetterText, values: dict[str, Any]) -> Rendered:
    own = _given(values)
    said = {part: sandbox.filled(getattr(text, part), own) for part in versions.PARTS}
    subject = " ".join(said["subject"].split())
    values = {**values, **said, "subject": subject}
    return Rendered(
        subject=subject,
        text=render_to_string("mail/edited.txt", values).strip() + "\n",
        html=render_to_string("mail/edited.html", values),
        unsubscribe_url=values["unsubscribe_url"],
        short=" ".join(said["short"].split()) or subject,
        url=str(values.get("link") or ""),
    )


def _given(values: dict[str, Any]) -> dict[str, Any]:
    """Return what the words of staff may show."""
    own = {name: value for name, value in values.items() if name not in {"city", "unsubscribe_url"}}
    own["city"] = {
        "name": settings.CITY.name,
        "center_name": settings.CITY.center_name,
        "center_phone": settings.CITY.center_phone,
    }
    return own


def subject_of(template: str, values: dict[str, Any], edited: LetterText | None = None) -> str:
    """Return a letter's subject on one line, in the words of its file or the `edited` ones."""
    said = (
        render_to_string(f"{template}.subject.txt", values)
        if edited is None
        else sandbox.filled(edited.subject, _given(values))
    )
    return " ".join(said.split())


def bare_text(template: str, values: dict[str, Any], edited: LetterText | None = None) -> str:
    """Return a letter's text without what stands below every letter."""
    if edited is not None:
        return sandbox.filled(edited.body, _given(values)).strip()
    return render_to_string(f"{template}.txt", {**values, "bare": True}).strip()


def _row(message: Message, edited: LetterText | None) -> dict[str, Any]:
    """Return a line of a letter about several: what happened, where to read on, how to stop it."""
    values = resolved(message.context)
    return {
        "title": subject_of(message.template, {**values, "city": settings.CITY}, edited),
        "why": message.why_said,
        "link": values.get("link", ""),
        "at": message.created_at,
        "unsubscribe_url": unsubscribe_url(message),
    }


def resolved(context: dict[str, Any]) -> dict[str, Any]:
    """Return a context with links turned into addresses, and values into the reader's words."""
    return {name: _resolved(value) for name, value in context.items()}


def short_of(template: str, values: dict[str, Any]) -> str:
    """Return a letter's words for an SMS or a push: its own short ones, or else its subject."""
    try:
        short = render_to_string(f"{template}.short.txt", values)
    except TemplateDoesNotExist:
        return str(values["subject"])
    # A template that goes on after another one's last line leaves a space before its sign.
    return _BEFORE_SIGN.sub(r"\1", " ".join(short.split()))


def _resolved(value: Any) -> Any:
    """Return `{"link": name, "id": …}` as an address, all else in words."""
    if not (isinstance(value, dict) and value.keys() == {"link", "id"}):
        return said.in_words(value)
    path = settings.MESSAGE_LINKS.get(value["link"])
    if path is None:
        raise CannotRender(f"unknown link {value['link']!r}")
    return settings.PUBLIC_URL + import_string(path)(value["id"])


def unsubscribe_url(message: Message, told: Sequence[Message] = ()) -> str:
    """Return the address that stops what the letter tells of, without logging in."""
    topics = list(dict.fromkeys(one.topic for one in told)) or [message.topic]
    token = signing.dumps(
        [message.channel, message.recipient, topics[:TOPICS_A_LINK]],
        salt=UNSUBSCRIBE_SALT,
        compress=True,
    )
    return f"{settings.PUBLIC_URL}{reverse('notifications:unsubscribe', args=[token])}"


def read_unsubscribe(token: str) -> tuple[str, str, list[str]] | None:
    """Return channel, address and topics of an unsubscribe link; None for a forged one."""
    try:
        channel, address, topics = signing.loads(token, salt=UNSUBSCRIBE_SALT)
    except (signing.BadSignature, ValueError):
        return None
    # Letters that left before several could be told in one carry a single topic.
    return channel, address, topics if isinstance(topics, list) else [topics]
