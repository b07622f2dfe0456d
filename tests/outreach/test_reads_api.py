"""Answers and the calendar for programs: what pages show, nothing of who asked or booked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import now

from outreach.models import Guide
from outreach.questions import asking
from tests.city_fixtures import ORDINARY
from tests.outreach.test_calendar import AT as MEETING_AT
from tests.outreach.test_calendar import meeting
from tests.outreach.test_questions import answered, question, written  # noqa: F401

pytestmark = pytest.mark.django_db
QUESTIONS, CALENDAR = "/api/v1/questions/", "/api/v1/calendar/"


def test_only_published_answers_are_read(client, answered):  # noqa: F811
    written(answered)
    assert client.get(QUESTIONS).json()["results"] == []
    assert client.get(f"{QUESTIONS}{answered.pk}/").status_code == 404
    asking.publish(answered, at=now())
    (row,) = client.get(QUESTIONS).json()["results"]
    assert row["question"] == "Как вернуть деньги за холодные батареи?"
    whole = client.get(f"{QUESTIONS}{answered.pk}/")
    assert whole.json()["html"].startswith("<p>")
    for told in (client.get(QUESTIONS), whole):
        words = told.content.decode()
        for secret in ("Петрова", "anna@example.org", "За февраль", str(answered.uid)):
            assert secret not in words, secret
    for asked, count in (({"q": "батарея"}, 1), ({"q": "лифт"}, 0), ({"topic": "bills"}, 1)):
        assert len(client.get(QUESTIONS, asked).json()["results"]) == count, asked
    assert client.get(QUESTIONS, {"topic": "beer"}).status_code == 400
    assert client.get(f"{QUESTIONS}{2**70}/").status_code == 404


def test_the_calendar_tells_a_stretch(client, monkeypatch, django_assert_num_queries):
    meeting()
    meeting(MEETING_AT + timedelta(days=40))
    since = (MEETING_AT - timedelta(days=1)).isoformat()
    with django_assert_num_queries(3):
        body = client.get(CALENDAR, {"since": since}).json()
    assert [row["kind"] for row in body["results"]] == ["seminars"]
    assert body["complete"] is True
    far = (MEETING_AT + timedelta(days=60)).isoformat()
    body = client.get(CALENDAR, {"since": since, "until": far, "kind": "seminars,outages"}).json()
    assert len(body["results"]) == 2
    assert body["feed"].endswith("/calendar.ics?kind=seminars&kind=outages")
    monkeypatch.setattr("outreach.calendar.api.MOST", 1)
    cut = client.get(CALENDAR, {"since": since, "until": far}).json()
    assert (len(cut["results"]), cut["complete"]) == (1, False)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"since": "soon"}, "since"), ({"kind": "parties"}, "kind"),
        ({"since": "2026-03-01T00:00:00Z", "until": "2026-02-01T00:00:00Z"}, "until"),
        ({"since": "2026-03-01T00:00:00Z", "until": "2028-02-01T00:00:00Z"}, "until"),
        ({"since": "9998-12-31T00:00:00Z"}, "since"), ({"cursor": "x"}, "cursor"),
    ],
)  # fmt: skip
def test_a_wrong_question_is_told_by_its_field(client, asked, field):
    answer = client.get(CALENDAR, asked)
    assert answer.status_code == 400, answer.content
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_a_matter_names_its_guides(client, categories):
    guide = Guide.objects.create(
        slug="cold", title="Холодно", question="Что делать?", topic="utilities",
        summary="Звоните диспетчеру", body="…", clauses="п. 1",
        sources="ПП", reviewed_on="2026-01-01",
        review_due_on="2027-01-01", is_published=True,
    )  # fmt: skip
    guide.categories.add(categories[ORDINARY])
    hidden = Guide.objects.create(
        slug="draft", title="Черновик", question="?", topic="utilities", summary="…", body="…",
        clauses="п. 1", sources="ПП", reviewed_on="2026-01-01", review_due_on="2027-01-01",
        is_published=False,
    )  # fmt: skip
    hidden.categories.add(categories[ORDINARY])
    (told,) = client.get(f"/api/v1/categories/{ORDINARY}/").json()["guides"]
    assert (told["slug"], told["summary"]) == ("cold", "Звоните диспетчеру")
