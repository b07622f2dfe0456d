"""One letter as a value: what it says, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts import emails, phones
from requests_app.intake import DESCRIPTION_MAX, FLAT_MAX, NAME_MAX
from requests_app.outside import sources
from requests_app.typed_text import one_line, paragraphs

NUMBER_MAX = 64
# An older letter is none that waits for an answer; a later one is a slip of a clock.
OLDEST, AHEAD = timedelta(days=366), timedelta(hours=1)
_APPEALS = {"appeal", "обращение", "жалоба", "заявление", "предложение"}
_REQUESTS = {"", "request", "message", "сообщение", "заявка"}
_MOMENTS = ("%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%Y-%m-%d %H:%M:%S", "%d.%m.%Y", "%Y-%m-%d")
_NUMBER = re.compile(r"[\w./№-]+(?: [\w./№-]+)*")


class Wrong(Exception):
    """The letter cannot be taken at all; `field` and `message` say why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field, self.message, self.code = field, message, "invalid"


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What a person wrote; `fias` is "" where the source does not say it."""

    number: str
    received_at: datetime
    address: str
    text: str
    fias: str = ""
    flat: str = ""
    entrance: str = ""
    matter: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    is_appeal: bool = False


def read(record: Mapping[str, Any], *, at: datetime) -> Letter:
    """Return the letter of these fields (`sources.FIELDS`); raise Wrong at the first fault."""
    said = {name: _text(name, record.get(name)) for name in sources.FIELDS}
    for name in sources.NEEDED:
        if not said[name].strip():
            raise Wrong(name, _("This is missing."))
    number = one_line(said[sources.NUMBER])
    if len(number) > NUMBER_MAX or not _NUMBER.fullmatch(number):
        raise Wrong(sources.NUMBER, _("This is no number of a letter."))
    text = paragraphs(said[sources.TEXT])
    if not text or len(text) > DESCRIPTION_MAX:
        raise Wrong(
            sources.TEXT,
            _("The text is too long: %(length)d characters, at most %(limit)d.")
            % {"length": len(text), "limit": DESCRIPTION_MAX},
        )
    kind = one_line(said[sources.KIND]).casefold()
    if kind not in _APPEALS | _REQUESTS:
        raise Wrong(sources.KIND, _("Write «appeal», «request» or nothing."))
    is_appeal = kind in _APPEALS
    name = one_line(said[sources.NAME])[:NAME_MAX]
    if is_appeal and not name:
        raise Wrong(sources.NAME, _("An appeal needs the name of who wrote it (59-ФЗ, art. 7)."))
    return Letter(
        number=number,
        received_at=_moment(said[sources.RECEIVED], at),
        address=one_line(said[sources.ADDRESS])[:500],
        text=text,
        fias=_guid(said[sources.FIAS]),
        flat=_short(sources.FLAT, said[sources.FLAT], FLAT_MAX),
        entrance=_short(sources.ENTRANCE, said[sources.ENTRANCE], 8),
        matter=one_line(said[sources.MATTER])[:200],
        name=name,
        # The portal answers the person itself: a contact it spoilt stops no letter.
        email=_or_none(emails.normalise, one_line(said[sources.EMAIL])),
        phone=_or_none(phones.normalise, one_line(said[sources.PHONE])),
        is_appeal=is_appeal,
    )


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Wrong(name, _("Write this as a text."))
    return str(value)


def _short(name: str, text: str, most: int) -> str:
    text = one_line(text)
    if len(text) > most:
        raise Wrong(name, _("At most %(count)d characters.") % {"count": most})
    return text


def _moment(text: str, at: datetime) -> datetime:
    text = one_line(text)
    moment = _parsed(text)
    if moment is None:
        raise Wrong(
            sources.RECEIVED,
            _("Write it as 31.12.2026 18:00 or 2026-12-31T18:00:00+04:00."),
        )
    if not at - OLDEST <= moment <= at + AHEAD:
        raise Wrong(sources.RECEIVED, _("This day is in the future or more than a year ago."))
    return min(moment, at)


def _parsed(text: str) -> datetime | None:
    found: datetime | None = None
    try:
        found = parse_datetime(text) if "T" in text or " " in text else None
    except ValueError:
        return None
    for one in _MOMENTS if found is None else ():
        try:
            # Made aware below, in the city's zone.
            found = datetime.strptime(text, one)  # noqa: DTZ007
            break
        except ValueError:
            continue
    if found is None:
        return None
    try:
        return timezone.make_aware(found) if timezone.is_naive(found) else found
    except (OverflowError, ValueError):
        return None


def _guid(text: str) -> str:
    try:
        return str(UUID(one_line(text))) if text.strip() else ""
    except ValueError:
        raise Wrong(sources.FIAS, _("This is no ФИАС code.")) from None


def _or_none(normalise: Any, text: str) -> str:
    try:
        return str(normalise(text)) if text else ""
    except ValueError:
        return ""
