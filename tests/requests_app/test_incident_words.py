"""Lines of news that the portal writes are read in the reader's language, whoever wrote them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation

from accounts.actors import actor_of
from notifications.models import Message
from notifications.rendering import render
from requests_app.incidents import correcting, ending, jobs, news, opening
from requests_app.models import Incident, IncidentUpdate
from tests.requests_app.desk_cast import as_user

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
SAID = {
    "ru": (
        "Добавлено домов: 1, убрано: 0.",
        "«Порыв на Лесной» оказалась той же аварией: одна труба",
        "Вид: Плановое отключение (было: Авария)",
        "Причина: Износ (было: —)",
    ),
    "en": (
        "Houses added: 1, taken off: 0.",
        "“Порыв на Лесной” turned out to be the same: одна труба",
        "Kind: Planned outage (was: Fault)",
        "Cause: Износ (was: —)",
    ),
}


@pytest.fixture(autouse=True)
def _own_language_after():
    """Give the thread its language back: the pages leave theirs behind."""
    yield
    translation.deactivate()


@pytest.fixture
def incident(building, make_building, categories, chief) -> Incident:
    """Return one whose news hold each kind of line, written by somebody who reads English."""
    now, by = timezone.now(), actor_of(chief)
    # Where the water is.
    place = {"utility": "cold_water", "category": categories["cw_none"].pk, "by": by, "at": now}
    one, other = (
        opening.open_incident(
            kind="fault", title=title, started_at=now - 2 * HOUR, buildings=[house.pk], **place
        )
        for title, house in (
            ("Порыв на Садовой", building),
            ("Порыв на Лесной", make_building(street="ул. Лесная")),
        )
    )
    more = make_building(street="ул. Речная")
    with translation.override("en"):
        news.change_houses(one.pk, add=[more.pk], drop=[], by=by, at=now)
        ending.merge(other.pk, into=one.pk, reason="одна труба", by=by, at=now)
        correcting.correct(one.pk, kind="planned", cause="Износ", by=by, at=now)
    return one


@pytest.mark.parametrize("language", SAID)
def test_each_reads_them_in_their_language(incident, chief, language):
    told = {"HTTP_ACCEPT_LANGUAGE": language}
    whole = Client().get(f"/api/v1/incidents/{incident.pk}/", **told).json()
    by_programs = "\n".join(line["text"] for line in whole["news"])
    page = Client().get(f"/outages/{incident.pk}/", **told).content.decode()
    desk = as_user(chief).get(f"/admin/requests_app/incident/{incident.pk}/next/", **told)
    for words in SAID[language]:
        assert words in by_programs
        assert words in page
        assert words in desk.content.decode()


def test_letter_is_in_the_language_of_its_reader(incident, resident, make_request, chief):
    resident.language = "en"
    resident.save()
    item = make_request(category="cw_none", resident=resident)
    opening.attach(incident, [item], by=actor_of(chief), at=timezone.now())
    jobs.run(at=timezone.now())
    letters = Message.objects.filter(event="incident.houses")
    (letter,) = letters.filter(user_id=resident.pk)
    assert SAID["en"][0] in render(letter).text
    assert SAID["en"][0] in render(letter).html


def test_lines_and_letters_of_before_stay_as_they_were_written(incident):
    IncidentUpdate.objects.create(
        incident=incident, at=timezone.now(), kind="houses", text="Добавлено домов: 7, убрано: 1."
    )
    page = Client().get(f"/outages/{incident.pk}/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "Добавлено домов: 7, убрано: 1." in page
    context = {"update": "houses", "title": "Порыв", "text": "Добавлено домов: 7", "kind": "fault"}
    letter = Message(
        event="incident.houses", template="requests_app/mail/outage", context=context,
        recipient="a@example.org", channel="email",
    )  # fmt: skip
    assert "Добавлено домов: 7" in render(letter).text
