"""Every letter has words for channels without room, in both languages, in few parts of an SMS."""

from __future__ import annotations

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
    "title": "Авария на теплотрассе, Засвияжский район",
    "when": "вторник, 24 ноября, 15:30",
    "place": "ул. Кузнецова, 7, каб. 12",
    "host": "Иванов Пётр Сергеевич",
    "count": 3,
    "code": "123456",
    "month": "октябрь 2026 г.",
    "subject": "Заявка принята",
    "text": "Слова бота",
    "link": URL,
}


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


def test_steps_of_a_request_say_the_promised_time():
    assert "26-000123" in short("requests_app/mail/moved", "ru")
    assert "24 ноября 2026 г. 18:00" in short("requests_app/mail/moved", "ru")
    assert "24 ноября 2026 г. 18:00" in short("requests_app/mail/filed", "ru")


def test_what_a_person_wrote_is_not_on_a_locked_screen():
    for template in ("moved", "said", "filed"):
        assert "тайна" not in short(f"requests_app/mail/{template}", "ru", text="тайна")


def test_outage_says_where_and_until_when_and_its_end_only_where():
    on = short("requests_app/mail/outage", "ru", update="opened")
    assert VALUES["address"] in on
    assert "18:00" in on
    assert "18:00" not in short("requests_app/mail/outage", "ru", update="over")
