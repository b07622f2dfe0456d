"""Answers and the calendar for programs: what pages show, nothing of who asked or booked."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from django.utils.timezone import now

from outreach.guides import api as guides_api
from outreach.models import Booking, Guide, Seminar, SeminarState, Slot
from outreach.questions import asking
from outreach.reception import api as reception_api
from outreach.reception import booking as bookings
from outreach.seminars import api as seminars_api
from tests.city_fixtures import ORDINARY
from tests.outreach.test_calendar import AT as MEETING_AT
from tests.outreach.test_calendar import meeting
from tests.outreach.test_questions import answered, question, written  # noqa: F401
from tests.outreach.test_reception import ANNA, host, soon  # noqa: F401

pytestmark = pytest.mark.django_db
QUESTIONS, CALENDAR = "/api/v1/questions/", "/api/v1/calendar/"
GUIDES, SLOTS, SEMINARS = "/api/v1/guides/", "/api/v1/reception/slots/", "/api/v1/seminars/"


def walked(client, url, **asked):
    """Return the pages of a list forward to its end, and backward to its start."""
    pages, cursor = [], ""
    while not pages or cursor:
        answer = client.get(url, {**asked, **({"cursor": cursor} if cursor else {})})
        assert answer.status_code == 200, answer.content
        pages.append(answer.json())
        cursor = pages[-1]["next"]
    back = [pages[-1]]
    while back[-1]["previous"]:
        back.append(client.get(url, {**asked, "cursor": back[-1]["previous"]}).json())
    assert [one["results"] for one in reversed(back)] == [one["results"] for one in pages]
    return pages


def refuses_strange_cursors(client, url, own, other):
    """A cursor is of its list and its filters: made up or carried elsewhere it is refused."""
    for asked in ({"cursor": "WzAsMV0"}, {"cursor": f"{own}x"}, {"cursor": own, **other}):
        answer = client.get(url, asked)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor"), asked
        assert [error["field"] for error in answer.json()["errors"]] == ["cursor"]


def told(number, **changed) -> Guide:
    values = {
        "slug": f"guide-{number}", "title": f"Памятка {number % 2}", "question": "Что делать?",
        "topic": "house", "summary": "Позвоните.", "body": "Текст", "clauses": "п. 1",
        "sources": "Акт", "reviewed_on": date(2026, 1, 1), **changed,
    }  # fmt: skip
    return Guide.objects.create(**values)


def test_guides_page_by_title_and_an_answer_to_words_has_one_page(
    client, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(guides_api, "SIZE", 2)
    made = [told(number) for number in range(5)]
    told(9, title="Черновик", is_published=False)
    pages = walked(client, GUIDES)
    slugs = [row["slug"] for page in pages for row in page["results"]]
    assert [len(page["results"]) for page in pages] == [2, 2, 1]
    assert slugs == [one.slug for one in sorted(made, key=lambda one: (one.title, one.pk))]
    refuses_strange_cursors(client, GUIDES, pages[0]["next"], {"q": "памятка"})
    found = client.get(GUIDES, {"q": "памятка"}).json()
    assert (len(found["results"]), found["next"], found["previous"]) == (5, "", "")
    with django_assert_num_queries(1):
        client.get(GUIDES)
    monkeypatch.undo()
    with django_assert_num_queries(1):
        assert len(client.get(GUIDES).json()["results"]) == 5


def test_free_times_page_by_their_beginning(client, soon, monkeypatch, django_assert_num_queries):  # noqa: F811
    monkeypatch.setattr(reception_api, "SIZE", 2)
    first = soon[0]
    others = [
        Slot.objects.create(
            host=type(first.host).objects.create(name=f"Н{number}", post="Юрист"),
            during=first.during, kind=first.kind, place="1",
        )
        for number in range(3)
    ]  # fmt: skip
    pages = walked(client, SLOTS)
    ids = [row["id"] for page in pages for row in page["results"]]
    assert ids == [first.pk, *(one.pk for one in others), soon[1].pk]
    cursor = pages[0]["next"]
    refuses_strange_cursors(client, SLOTS, cursor, {"kind": "office"})
    # Whoever reads on meanwhile skips nothing and reads nothing twice.
    bookings.book(first.pk, ANNA, user_id=None, at=now())
    rest = client.get(SLOTS, {"cursor": cursor}).json()["results"]
    assert [row["id"] for row in rest] == ids[2:4]
    assert Booking.objects.count() == 1
    with django_assert_num_queries(1):
        client.get(SLOTS)
    monkeypatch.undo()
    with django_assert_num_queries(1):
        assert len(client.get(SLOTS).json()["results"]) == 4


def test_seminars_page_by_their_first_meeting(client, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(seminars_api, "SIZE", 2)
    start = now() + timedelta(days=3)
    made = [meeting(start + timedelta(days=number // 2)).seminar for number in range(5)]
    Seminar.objects.filter(pk=meeting(start).seminar.pk).update(state=SeminarState.DRAFT)
    pages = walked(client, SEMINARS)
    assert [row["id"] for page in pages for row in page["results"]] == [one.pk for one in made]
    refuses_strange_cursors(client, SEMINARS, pages[0]["next"], {"topic": "bills"})
    with django_assert_num_queries(2):
        client.get(SEMINARS)
    monkeypatch.undo()
    with django_assert_num_queries(2):
        assert len(client.get(SEMINARS).json()["results"]) == 5


def test_one_seminar_is_told_whole_and_no_draft(client, django_assert_num_queries):
    row = meeting(now() + timedelta(days=3))
    seminar = row.seminar
    seminar.audience, seminar.online_link = "Советы домов", "https://meet.example.org/secret"
    seminar.save()
    url = f"{SEMINARS}{seminar.pk}/"
    with django_assert_num_queries(4):
        answer = client.get(url)
    body = answer.json()
    (listed,) = client.get(SEMINARS).json()["results"]
    same = {name: value for name, value in listed.items() if name != "meetings"}
    assert {name: body[name] for name in same} == same
    assert (body["audience"], body["online"], body["takes_sign_ups"]) == (
        "Советы домов",
        True,
        True,
    )
    assert (body["meetings"][0]["recording"], body["materials"], body["mark"]) == ("", [], None)
    assert client.get(urlsplit(body["calendar"]).path)["Content-Type"].startswith("text/calendar")
    assert b"meet.example.org/secret" not in answer.content
    Seminar.objects.filter(pk=seminar.pk).update(
        state=SeminarState.CANCELLED, cancel_reason="Лектор болен"
    )
    off = client.get(url).json()
    assert (off["state"], off["cancel_reason"], off["takes_sign_ups"]) == (
        "cancelled", "Лектор болен", False,
    )  # fmt: skip
    Seminar.objects.filter(pk=seminar.pk).update(state=SeminarState.DRAFT)
    for missing in (url, f"{SEMINARS}{10**9}/", f"{SEMINARS}{2**70}/"):
        answer = client.get(missing)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


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
