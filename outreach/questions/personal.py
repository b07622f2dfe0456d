"""Finding what names a person in a text that is about to be published. No queries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Kind(StrEnum):
    """What may lead to a person."""

    PHONE = "phone"
    EMAIL = "email"
    FLAT = "flat"
    NAME = "name"
    NUMBER = "number"
    LINK = "link"


WORDS: dict[Kind, Promise] = {
    Kind.PHONE: _("a phone"),
    Kind.EMAIL: _("an e-mail"),
    Kind.FLAT: _("a flat"),
    Kind.NAME: _("a name"),
    Kind.NUMBER: _("a number of an account, a passport or a card"),
    Kind.LINK: _("a page of somebody"),
}


@dataclass(frozen=True)
class Found:
    """One place of the text: what it is, and its words."""

    kind: Kind
    text: str


_NAME = r"[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?"
_PATRONYMIC = r"[А-ЯЁ][а-яё]+(?:вич|ьич|вна|вны|вне|вной|ичн[аыеу])(?:а|у|ем|е)?\b"
# Longest first: an account of twenty digits is no phone. «Горького» and «Ленина» are streets:
# a name is two initials beside a surname, or a patronymic.
_PATTERNS: tuple[tuple[Kind, str], ...] = (
    (Kind.EMAIL, r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    (Kind.LINK, r"(?:https?://)?(?:www\.)?(?:vk\.com|t\.me|ok\.ru|wa\.me)/\S+"),
    (Kind.LINK, r"(?<!\w)@[a-zA-Z]\w{4,}"),
    (Kind.NUMBER, r"\d{3}-\d{3}-\d{3} \d{2}|(?<!\d)\d{4} \d{6}(?!\d)"),
    (Kind.NUMBER, r"(?<!\d)(?:\d[ -]?){12,20}(?!\d)"),
    (Kind.PHONE, r"(?<!\d)(?:\+7|8)?[\s(-]*\d{3,4}[\s)-]*\d{2,3}[\s-]*\d{2}[\s-]*\d{2}(?!\d)"),
    (Kind.FLAT, r"(?i:\b(?:кв\.?|квартир[аыеу])\s*(?:№\s*)?\d+)"),
    (Kind.NAME, rf"{_NAME}\s+[А-ЯЁ]\.\s*[А-ЯЁ]\.|[А-ЯЁ]\.\s*[А-ЯЁ]\.\s*{_NAME}"),
    (Kind.NAME, rf"{_NAME}(?:\s+{_NAME})?\s+{_PATRONYMIC}"),
)  # fmt: skip
_COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in _PATTERNS)


def find(text: str) -> list[Found]:
    """Return every place that may lead to a person, in the order of the text; each once."""
    taken: list[tuple[int, int, Found]] = []
    for kind, pattern in _COMPILED:
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(start < other_end and end > other for other, other_end, _one in taken):
                continue
            taken.append((start, end, Found(kind, match.group().strip())))
    return [found for _start, _end, found in sorted(taken, key=lambda one: one[0])]


def in_words(found: list[Found]) -> str:
    """Return «a phone: …; a flat: …» for people."""
    return "; ".join(f"{WORDS[one.kind]}: {one.text}" for one in found)
