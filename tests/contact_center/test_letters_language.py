"""
Every letter is wholly in its reader's language, whoever wrote the row and in whatever language.

Each branch of each letter's files is filled with values as rooms store them; what a person typed
(names, addresses, words) is replaced by a mark in the reader's own letters.
"""

from __future__ import annotations

import ast
import itertools
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.utils import translation
from django.utils.html import strip_tags

from notifications import outbox, rendering, said
from notifications.models import InboxItem, Message
from notifications.texts.fields import edited_templates, fields_of
from tests.conftest import NOON

CYRILLIC = re.compile(r"[а-яё]+", re.IGNORECASE)
LATIN = re.compile(r"[a-z]{2,}", re.IGNORECASE)
# Names of things that Russian writes in Latin letters too.
NAMES = re.compile(r"SMS|Telegram|e-mail|webhook", re.IGNORECASE)
ADDRESS = re.compile(r"https?://\S+")
COMPARED = re.compile(r"(\w+) [!=]= \"([^\"]+)\"")
INCLUDED = re.compile(r"(?:include|extends) \"([^\"]+)\"")
MARK = {"ru": "Ъыъ", "en": "Qwq"}
# Values of branches that no file compares with, so that the last `else` is seen as well.
OTHER = "other"
STAMP = NOON.isoformat()
DAY = NOON.date().isoformat()
# One stored value for each maker of words.
STORED: dict[str, Any] = {
    "moment": STAMP, "day": DAY, "month": DAY, "start": STAMP,
    "plain_status": ["closed", "refused"], "public_status": ["in_progress", ""],
    "clock": ["planned", {"for": STAMP, "is_late": True}],
    "service": "heating", "rubles": "1234.56", "hours": "31", "percent": "8.22",
    "claim_status": "granted", "case_step": "open", "case_status": "in_court",
    "verdict": "upheld", "meeting_kind": "office", "hours_of_day": [STAMP, STAMP],
    "moment_of_week": STAMP, "call_back": STAMP,
}  # fmt: skip
# What stands in which field, as the rooms write it; all else is a person's own words or a name.
AS_WORDS = {
    "due": "moment", "until": "moment", "since": "moment", "when": "start", "month": "month",
    "credited": "month", "status_words": "plain_status", "news_of_times": "clock",
    "service": "service", "amount": "rubles", "granted": "rubles", "was": "rubles",
    "now": "rubles", "hours": "hours", "metered": "percent", "norm": "percent", "word": "month",
    "verdict": "verdict", "times": "hours_of_day",
}  # fmt: skip
NUMBERS = {"count", "more", "rest", "version", "minutes", "code"}


def source_of(template: str) -> str:
    """Return the letter's files in one, with those that they include."""
    seen: dict[str, str] = {}

    def read(name: str) -> None:
        if name not in seen:
            seen[name] = get_template(name).template.source  # type: ignore[attr-defined]
            for other in INCLUDED.findall(seen[name]):
                read(other)

    for part in (".subject.txt", ".txt", ".html"):
        read(f"{template}{part}")
    if (Path(settings.BASE_DIR) / "templates" / f"{template}.short.txt").exists():
        read(f"{template}.short.txt")
    return "\n".join(seen.values())


def contexts_of(template: str, mark: str) -> list[dict[str, Any]]:
    """Return contexts that lead through every branch of the letter."""
    fields, source = fields_of(template), source_of(template)
    compared: dict[str, set[str]] = {}
    for name, value in COMPARED.findall(source):
        compared.setdefault(name, {OTHER}).add(value)

    def value_of(name: str) -> Any:
        if name in {"link", "calendar"}:
            return "https://portal.example/"
        if name in NUMBERS:
            return 3
        if name in AS_WORDS and name not in compared:
            kind = AS_WORDS[name]
            return said.words(kind, STORED[kind])
        return mark

    plain = {name: value_of(name) for name in fields.plain}
    # `news` is words in letters about requests, and a branch everywhere else.
    if "news" in plain and "news" not in compared:
        plain["news"] = said.words("clock", STORED["clock"])
    for name, columns in fields.rows.items():
        row = {column: value_of(column) for column in columns}
        if "hours" in row and template.endswith("overdue"):
            row["hours"] = 31
        plain[name] = [row, row] if columns else [value_of(name)]
    switches = [name for name in fields.plain if name.startswith("is_") or name == "online"]
    empties = sorted(set(plain) - compared.keys() - NUMBERS - {*switches, "link", "number"})
    named = sorted(compared)
    found = []
    for chosen in itertools.product(*(sorted(compared[name]) for name in named)):
        base = {**plain, **dict(zip(named, chosen, strict=True))}
        found += [{**base, **dict.fromkeys(switches, on)} for on in (True, False)]
        found.append({**base, **dict.fromkeys(switches, False), **dict.fromkeys(empties, "")})
    return found[:600]


def words_of(template: str, context: dict[str, Any], language: str) -> str:
    with translation.override(language):
        # As the outbox does for a reader of this language.
        letter = rendering.letter(
            template,
            rendering.resolved(context),
            why=said.why("You filed request %(number)s.", {"number": "26-000123"}),
            unsubscribe="https://portal.example/stop",
            language=language,
        )
    city = settings.CITY
    text = "\n".join([letter.subject, letter.short, letter.text, strip_tags(letter.html)])
    for own in (city.center_name, city.name, MARK[language]):
        text = text.replace(str(own), "")
    return ADDRESS.sub("", text)


@pytest.mark.parametrize("template", edited_templates())
def test_an_english_letter_has_no_russian_word(template, db):
    for context in contexts_of(template, MARK["en"]):
        left = CYRILLIC.findall(words_of(template, context, "en"))
        assert not left, (left, context)


@pytest.mark.parametrize("template", edited_templates())
def test_a_russian_letter_has_no_english_word(template, db):
    for context in contexts_of(template, MARK["ru"]):
        said_words = NAMES.sub("", words_of(template, context, "ru"))
        left = [one for one in LATIN.findall(said_words) if one != OTHER]
        assert not left, (left, context)


def test_every_maker_of_words_speaks_both_languages(db):
    assert set(STORED) == set(settings.MESSAGE_WORDS)
    for name, of in STORED.items():
        with translation.override("en"):
            assert not CYRILLIC.search(said.in_words(said.words(name, of))), name
        with translation.override("ru"):
            assert not LATIN.search(said.in_words(said.words(name, of))), name


def test_days_and_months_are_written_as_the_language_does(db):
    with translation.override("en"):
        assert said.in_words(said.words("month", "2026-10-01")) == "October 2026"
    with translation.override("ru"):
        assert said.in_words(said.words("month", "2026-10-01")) == "октябрь 2026"


TRANSLATING = {"_", "gettext", "ngettext", "pgettext", "date_format", "number_format", "override"}


def calls(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func
            found.add(name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", ""))
    return found


def test_no_room_puts_words_of_a_language_into_a_row():
    """What stands in `context`, `why` and `why_of` of a letter calls no translation."""
    seen = 0
    for room in ("notifications", "disclosure", "requests_app", "claims", "ratings", "outreach"):
        for path in Path(settings.BASE_DIR, room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.Call):
                    continue
                words = {one.arg: one.value for one in node.keywords}
                if not {"template", "why", "context"} <= words.keys():
                    continue
                seen += 1
                for name in ("context", "why", "why_of"):
                    used = calls(words[name]) & TRANSLATING if name in words else set()
                    assert not used, (path, node.lineno, used)
    assert seen > 20


def test_the_same_row_reads_differently_to_two_people(db, resident):
    outbox.enqueue(
        event="joined.file",
        template="requests_app/mail/joined",
        to=resident.email,
        topic="request:26-000123",
        dedupe_key="one",
        at=NOON,
        context={
            "number": "26-000123",
            "category": "Qwq",
            "original": "26-000100",
            "status_words": said.words("plain_status", ["closed", "fixed"]),
        },
        why="You filed request %(number)s.",
        why_of={"number": "26-000123"},
        user_id=resident.pk,
    )
    message = Message.objects.get(dedupe_key="one")
    resident.language = "en"
    resident.save()
    english = rendering.render(Message.objects.get(pk=message.pk))
    assert "You filed request 26-000123." in english.text
    resident.language = "ru"
    resident.save()
    assert (
        "Вы подали заявку 26-000123." in rendering.render(Message.objects.get(pk=message.pk)).text
    )
    item = InboxItem.objects.get(dedupe_key=message.dedupe_key)
    with translation.override("en"):
        assert item.why_said == "You filed request 26-000123."


def test_words_of_an_earlier_release_stay_as_they_were_written(db):
    assert said.why("Вы подали заявку 26-000123, 100 %.", None) == (
        "Вы подали заявку 26-000123, 100 %."
    )
    assert said.in_words("3 марта 2026 г. 16:00") == "3 марта 2026 г. 16:00"
