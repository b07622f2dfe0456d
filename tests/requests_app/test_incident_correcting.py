"""Correcting an incident: a line of news with what was and what is, by page and rule alike."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actors import actor_of
from notifications.models import Message
from notifications.rendering import render
from requests_app.incidents import correcting, ending, jobs, opening
from requests_app.incidents.words import words_of
from requests_app.lifecycle import Refused
from requests_app.models import Incident, IncidentJob, IncidentUpdate
from tests.requests_app.desk_cast import as_user

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def now():
    return timezone.now().replace(microsecond=0)


@pytest.fixture
def incident(building, categories, chief, now) -> Incident:
    return opening.open_incident(
        kind="fault", utility="cold_water", category=categories["cw_none"].pk, title="Порыв",
        started_at=now - 2 * HOUR, expected_end_at=now + 2 * HOUR, buildings=[building.pk],
        by=actor_of(chief), at=now,
    )  # fmt: skip


def said(line: IncidentUpdate) -> str:
    return words_of(line.kind, line.told, line.text)


def correct(incident, user, **said):
    return correcting.correct(incident.pk, **said, by=actor_of(user), at=timezone.now())


def test_a_line_of_news_holds_what_was_and_what_is(incident, chief, categories):
    line = correct(
        incident, chief, kind="planned", category=categories["ht_none"].pk, utility="heating"
    )
    incident.refresh_from_db()
    assert (incident.kind, incident.utility) == ("planned", "heating")
    assert incident.category == categories["ht_none"]
    assert (line.kind, line.user, line.expected_end_at) == (
        "corrected", chief, incident.expected_end_at,
    )  # fmt: skip
    assert [part.partition(":")[0] for part in said(line).split("\n")] == [
        "Вид", "Тема", "Услуга",
    ]  # fmt: skip
    assert "Авария" in said(line)


def test_what_says_the_same_writes_nothing(incident, chief):
    before = IncidentUpdate.objects.count()
    assert correct(incident, chief) is None
    assert correct(incident, chief, title=" Порыв ", started_at=incident.started_at) is None
    assert IncidentUpdate.objects.count() == before


def test_of_a_new_beginning_people_are_told_and_of_a_new_title_not(
    incident, chief, make_request, now
):
    item = make_request(category="cw_none", at=now - HOUR)
    opening.attach(incident, [item], by=actor_of(chief), at=now)
    jobs.run(at=timezone.now())
    correct(incident, chief, title="Порыв на Садовой", cause="Износ")
    assert not IncidentJob.objects.filter(update__kind="corrected").exists()
    correct(incident, chief, started_at=now - 3 * HOUR)
    jobs.run(at=timezone.now())
    letter = Message.objects.get(event="incident.corrected")
    assert letter.recipient == item.contact.email
    assert "\nНачало: " in render(letter).text


def test_a_beginning_after_the_end_is_refused(incident, chief, now):
    for late in (now + 3 * HOUR, now + 300 * HOUR):
        with pytest.raises(Refused) as refused:
            correct(incident, chief, started_at=late, title="Иное")
        assert refused.value.field == "started_at"
    incident.refresh_from_db()
    assert (incident.title, incident.updates.count()) == ("Порыв", 1)


def test_what_is_over_is_corrected_and_nobody_gets_a_letter(incident, chief, now):
    ending.end(
        incident.pk, signed_on=timezone.localtime(now).date(), signer="Диспетчер", text="",
        by=actor_of(chief), at=now,
    )  # fmt: skip
    assert correct(incident, chief, started_at=now - HOUR, cause="Износ") is not None
    with pytest.raises(Refused):
        correct(incident, chief, started_at=now + HOUR)
    assert not IncidentJob.objects.filter(update__kind="corrected").exists()


def test_the_page_corrects_by_the_same_rule(incident, chief, client):
    browser = as_user(chief)
    address = f"/admin/requests_app/incident/{incident.pk}/change/"
    started = timezone.localtime(incident.started_at)
    sent = {
        "kind": incident.kind,
        "title": "Порыв на Садовой",
        "category": incident.category_id,
        "utility": incident.utility,
        "cause": "Износ трубы",
        "started_at_0": f"{started:%d.%m.%Y}",
        "started_at_1": f"{started:%H:%M:%S}",
        "more_houses": "",
    }
    answer = browser.post(address, sent)
    assert answer.status_code == 302, answer.context["errors"]
    incident.refresh_from_db()
    assert (incident.title, incident.cause) == ("Порыв на Садовой", "Износ трубы")
    line = incident.updates.get(kind="corrected")
    assert (said(line).count("\n"), line.user) == (1, chief)
    # Saved again as it stands: no second line.
    assert browser.post(address, sent).status_code == 302
    late = timezone.localtime(incident.expected_end_at + HOUR)
    moved = {**sent, "started_at_0": f"{late:%d.%m.%Y}", "started_at_1": f"{late:%H:%M:%S}"}
    answer = browser.post(address, moved)
    assert (answer.status_code, list(answer.context["adminform"].errors)) == (200, ["started_at"])
    assert incident.updates.filter(kind="corrected").count() == 1
    page = client.get(f"/outages/{incident.pk}/").content.decode()
    assert "Что случилось: Порыв на Садовой (было: Порыв)" in page
    assert "Уточнено" in page
