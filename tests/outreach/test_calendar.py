"""The calendar of everything: kinds and districts, days that outlast midnight, paper, the feed."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime, timedelta

import pikepdf
import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.timezone import now
from icalendar import Calendar

from outreach.calendar.entries import Choice, Entry, entries, events
from outreach.calendar.views import PAPERS_AN_HOUR, by_day
from outreach.models import Host, Meeting, Seminar, SeminarState, Slot
from requests_app.models import Category, Incident, IncidentBuilding

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AT = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
SINCE, UNTIL = AT - DAY, AT + 30 * DAY


def meeting(starts: datetime = AT, **changed) -> Meeting:
    values = {
        "title": "Семинар", "topic": "bills", "about": "x", "speaker": "x", "place": "кабинет 7",
        "capacity": 5, "closes_at": starts - HOUR, "state": SeminarState.OPEN, **changed,
    }  # fmt: skip
    seminar = Seminar.objects.create(**values)
    return Meeting.objects.create(seminar=seminar, starts_at=starts, ends_at=starts + 2 * HOUR)


@pytest.fixture
def host(db) -> Host:
    return Host.objects.create(name="Киселёв А. П.", post="Юрист")


def slot(host: Host, starts: datetime, **changed) -> Slot:
    values = {"kind": "office", "place": "кабинет 3", **changed}
    return Slot.objects.create(host=host, during=DateTimeTZRange(starts, starts + HOUR), **values)


@pytest.fixture
def outage(categories, building) -> Incident:
    made = Incident.objects.create(
        kind="planned", utility="cold_water", category=Category.objects.get(slug="cw_planned"),
        title="Замена задвижки", started_at=AT + DAY, expected_end_at=AT + DAY + 5 * HOUR,
    )  # fmt: skip
    IncidentBuilding.objects.create(incident=made, building=building)
    return made


def found(**choice) -> list[Entry]:
    return entries(Choice(**choice), since=SINCE, until=UNTIL, limit=100)


def test_the_three_kinds_stand_in_order_of_time(host, outage):
    meeting(AT + 2 * DAY)
    slot(host, AT)
    assert [row.kind for row in found()] == ["reception", "outages", "seminars"]
    for kind in ("reception", "outages", "seminars"):
        assert [row.kind for row in found(kinds=(kind,))] == [kind]


def test_a_district_shows_what_is_there_and_outages_of_its_houses(host, outage, building):
    building.district = "Заречный"
    building.save()
    meeting(district="Заречный", title="Здесь")
    meeting(district="Нагорный", title="Там")
    slot(host, AT, district="Нагорный")
    assert {row.title for row in found(district="Заречный")} == {
        "Здесь",
        next(row.title for row in found(kinds=("outages",))),
    }
    assert {row.kind for row in found(district="Нагорный")} == {"seminars", "reception"}


def test_a_day_of_reception_is_one_line_whatever_its_times(host):
    for n in range(5):
        slot(host, AT + n * HOUR)
    slot(host, AT + DAY)
    (first, second) = found()
    assert (first.starts_at, first.ends_at) == (AT, AT + 5 * HOUR)
    assert first.uid != second.uid


def test_the_link_of_a_call_is_in_no_line(host):
    slot(host, AT, kind="online", place="https://meet.example.org/secret")
    meeting(place="", online_link="https://meet.example.org/secret")
    assert "meet.example.org" not in str(found())


def test_drafts_closed_hosts_called_off_times_and_faults_are_not_in_it(host, outage):
    meeting(state=SeminarState.DRAFT)
    slot(host, AT, cancelled_at=AT)
    Incident.objects.update(kind="fault")
    assert found() == []


def test_what_is_called_off_stays_and_says_so(outage):
    meeting(state=SeminarState.CANCELLED)
    Incident.objects.update(ended_at=AT + DAY, ending="cancelled")
    assert [row.is_cancelled for row in found()] == [True, True]
    made = events(found(), at=AT)
    assert [one.is_cancelled for one in made] == [True, True]


def test_what_goes_over_midnight_stands_on_each_of_its_days():
    # Ten in the evening to four in the morning, in the city.
    row = Entry(
        kind="outages", uid="x", title="x", starts_at=datetime(2026, 3, 10, 18, tzinfo=UTC),
        ends_at=datetime(2026, 3, 11, 0, tzinfo=UTC), path="/",
    )  # fmt: skip
    days = by_day([row], first=date(2026, 3, 1), last=date(2026, 3, 31))
    assert sorted(days) == [date(2026, 3, 10), date(2026, 3, 11)]
    until_midnight = Entry(**{**vars(row), "ends_at": datetime(2026, 3, 10, 20, tzinfo=UTC)})
    assert sorted(by_day([until_midnight], first=date(2026, 3, 1), last=date(2026, 3, 31))) == [
        date(2026, 3, 10)
    ]


@pytest.mark.parametrize(
    "query",
    [
        "", "view=list", "month=2026-03", "month=2026-13", "month=zzz", "month=1999-01",
        "month=2099-12", "month=0000-00", "kind=zzz", "kind=seminars&kind=outages", "district=zzz",
        "month=٢٠٢٦-٠٣",
    ],
)  # fmt: skip
def test_any_query_shows_a_month(client, query):
    meeting(now())
    assert client.get(f"/calendar/?{query}").status_code == 200


def test_the_page_leads_to_the_feed_of_the_same_choice(client):
    meeting(now() + DAY, title="Нужный")
    page = client.get("/calendar/?kind=seminars&district=Заречный").content.decode()
    address = re.search(r"/calendar\.ics\?[^\"]+", page)
    assert address
    feed = client.get(address[0].replace("&amp;", "&"))
    assert not list(Calendar.from_ical(feed.content).walk("VEVENT"))
    whole = client.get("/calendar.ics?kind=seminars")
    assert whole["Content-Type"].startswith("text/calendar")
    (event,) = Calendar.from_ical(whole.content).walk("VEVENT")
    assert event["summary"] == "Нужный"


def test_a_schedule_of_a_hundred_pages_is_printed(client):
    start = now().replace(hour=3, minute=0, second=0, microsecond=0) + DAY
    seminar = meeting(start).seminar
    Meeting.objects.bulk_create(
        Meeting(
            seminar=seminar,
            starts_at=start + timedelta(hours=2 * n + 2),
            ends_at=start + timedelta(hours=2 * n + 3),
        )
        for n in range(3_500)
    )
    first, last = start.date(), start.date() + 300 * DAY
    answer = client.get("/calendar/schedule.pdf", {"from": first, "to": last})
    assert answer["Content-Type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(answer.content)) as file:
        assert len(file.pages) >= 100
    # The page of a month with as many lines stays a page.
    month = client.get("/calendar/", {"month": f"{start:%Y-%m}", "view": "list"})
    assert month.status_code == 200


@pytest.mark.parametrize(
    "query", ["from=zzz", "from=2026-03-10&to=2026-03-01", "from=2026-01-01&to=2099-01-01"]
)
def test_any_span_is_printed_within_a_year(client, query):
    assert client.get(f"/calendar/schedule.pdf?{query}").status_code == 200


def test_one_sender_cannot_have_schedules_typeset_without_end(client):
    answers = [client.get("/calendar/schedule.pdf").status_code for _n in range(PAPERS_AN_HOUR + 1)]
    assert answers == [200] * PAPERS_AN_HOUR + [429]
