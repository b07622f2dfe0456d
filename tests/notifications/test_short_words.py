"""Every letter has words for channels without room, in both languages, in few parts of an SMS."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from notifications import rendering, sms_parts
from notifications.channels.sms import MOST_PARTS

ROOT = Path(settings.BASE_DIR) / "templates"
TEMPLATES = sorted(
    str(path.relative_to(ROOT)).removesuffix(".subject.txt") for path in ROOT.rglob("*.subject.txt")
)
URL = "https://center.example/requests/26-000123/?code=ABCD-EFGH-JKMN-PQRS"
VALUES = {
    "number": "26-000123",
    "category": "Нет горячей воды или она чуть тёплая",
    "address": "ул. Димитрова, д. 75, корп. 2",
    "status_words": "в работе",
    "due": "24 ноября 2026 г. 18:00",
    "until": "24 ноября 2026 г. 18:00",
    "title": "Авария на теплотрассе, Засвияжье",
    "when": "вторник, 24 ноября, 15:30",
    "place": "ул. Кузнецова, 7, каб. 12",
    "host": "Иванов Пётр Сергеевич",
    "count": 3,
    "code": "123456",
    "month": "октябрь 2026 г.",
    "subject": "Заявка принята",
    "text": "Слова бота",
    "link": URL,
    "hours": "31 час",
    "amount": "412 ₽ 18 к.",
    "was": "63 ₽ 00 к.",
    "now": "412 ₽ 18 к.",
    "company": "УК «Речной двор»",
}
# Letters to residents, with an account or without: each has short words of its own.
TO_RESIDENTS = (
    *(f"requests_app/mail/{name}" for name in ("filed", "moved", "said", "joined", "followed")),
    *(f"requests_app/mail/{name}" for name in ("outage", "outages_confirm")),
    *(f"claims/mail/{name}" for name in ("resident", "offer", "recount", "court")),
    *(f"outreach/mail/{name}" for name in ("call_back", "question", "seminar", "reception")),
    *("disclosure/mail/published", "disclosure/mail/correction", "ratings/mail/published"),
    *("notifications/mail/digest", "notifications/mail/follow_confirm"),
)
COMPARED = re.compile(r"(\w+) [!=]= \"([^\"]+)\"")
# In English days and hours have no Cyrillic, which would cost a whole alphabet.
ENGLISH = {
    **dict.fromkeys(("due", "until"), "Nov. 24, 2026, 6 p.m."),
    "when": "24 November 2026, Tuesday, 15:30",
    "status_words": "in work",
    "month": "October 2026",
    "hours": "31 hours",
}
# Where the link of a letter is not a request's.
LINKS = {"requests_app/mail/outage": "https://center.example/outages/1234/"}


def short(template: str, language: str, **more: object) -> str:
    with translation.override(language):
        values = {**VALUES, **more, "city": settings.CITY}
        values["subject"] = " ".join(rendering.subject_of(template, values).split())
        return rendering.short_of(template, values)


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("template", TEMPLATES)
def test_short_words_fit_into_an_sms_with_their_link(template, language):
    words = short(template, language)
    assert words
    assert "\n" not in words
    text = sms_parts.fitted(words, url=URL, most=MOST_PARTS)
    assert text.endswith(URL)
    assert sms_parts.parts(text) <= MOST_PARTS


@pytest.mark.parametrize("template", TO_RESIDENTS)
def test_every_letter_to_a_resident_has_short_words_of_its_own(template):
    assert (ROOT / f"{template}.short.txt").exists()


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("template", TO_RESIDENTS)
def test_residents_read_two_parts_with_the_link_whole_on_every_branch(template, language):
    source = "".join((ROOT / f"{template}.{part}.txt").read_text() for part in ("subject", "short"))
    found: dict[str, set[str]] = {}
    for name, value in COMPARED.findall(source):
        found.setdefault(name, set()).add(value)
    branches = [dict(zip(found, one, strict=True)) for one in itertools.product(*found.values())]
    values = ENGLISH if language == "en" else {}
    url = LINKS.get(template, URL)
    for branch in branches:
        for amount in (VALUES["amount"], ""):
            words = short(template, language, **{**values, "amount": amount, **branch})
            text = sms_parts.fitted(words, url=url, most=2)
            assert sms_parts.parts(text) <= 2
            assert "..." not in text, (branch, words, len(words))
            assert text.endswith(url), (branch, words)


def test_steps_of_a_request_say_the_promised_time():
    assert "26-000123" in short("requests_app/mail/moved", "ru")
    assert "24 ноября 2026 г. 18:00" in short("requests_app/mail/moved", "ru")
    assert "24 ноября 2026 г. 18:00" in short("requests_app/mail/filed", "ru")


def test_what_a_person_wrote_is_not_on_a_locked_screen():
    for template in ("moved", "said", "filed"):
        assert "тайна" not in short(f"requests_app/mail/{template}", "ru", text="тайна")


def test_outage_says_what_and_until_when_and_its_end_only_what():
    on = short("requests_app/mail/outage", "ru", update="opened")
    assert VALUES["title"] in on
    assert "18:00" in on
    assert "18:00" not in short("requests_app/mail/outage", "ru", update="over")
