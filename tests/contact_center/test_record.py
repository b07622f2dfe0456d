"""The centre's record by year: counted from each room, kept, shown at a constant price."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from psycopg2.extras import DateTimeTZRange

from claims.models import WorkWon
from claims.totals import publishing
from contact_center import tasks
from contact_center.models import RecordCode, YearFigure
from contact_center.record import counting, showing
from outreach.models import Booking, Call, Host, Question, Slot
from outreach.models.hotline import Outcome
from outreach.models.reception import BookingState
from requests_app.figures import keeping
from requests_app.models import Request
from requests_app.statuses import Status
from tests.claims.test_court_steps import filed_cases

pytestmark = pytest.mark.django_db
URL = "/dashboard/record/"
AT = datetime(2026, 6, 1, 9, tzinfo=UTC)
YEAR = timedelta(days=365)


def figures() -> dict[tuple[int, str], Decimal]:
    return {(row.year, row.code): row.value for row in YearFigure.objects.all()}


@pytest.fixture
def visits():
    host = Host.objects.create(name="Лебедева", post="Юрист", topics="", position=0)

    def receive(state: str, at: datetime) -> None:
        slot = Slot.objects.create(
            host=host,
            during=DateTimeTZRange(at, at + timedelta(minutes=20)),
            kind="office",
            place="кабинет 3",
        )
        Booking.objects.create(
            slot=slot,
            name="Секретов",
            phone="+79020000000",
            question="секрет",
            state=state,
            made_at=at,
        )

    return receive


@pytest.fixture
def filled(make_request, building, operator, visits):
    for _place in range(3):
        make_request(status=Status.DONE)
    make_request(status=Status.CLOSED, outcome="fixed")
    keeping.rebuild(at=AT)
    for number in range(6):
        visits(BookingState.CAME, AT - timedelta(days=number + 1))
    visits(BookingState.MISSED, AT - timedelta(days=20))
    visits(BookingState.BOOKED, AT + timedelta(days=20))
    for outcome in (Outcome.ANSWERED, Outcome.REQUEST, Outcome.MISSED, Outcome.CUT):
        Call.objects.create(
            operator=operator, started_at=AT - YEAR, ended_at=AT - YEAR, outcome=outcome
        )
    Call.objects.create(operator=operator, started_at=AT)
    for answered_at in (AT, None):
        Question.objects.create(
            topic="bills", text="?", asked_at=AT, answer_by=AT, answer="да", answered_at=answered_at
        )
    WorkWon.objects.bulk_create(
        WorkWon(
            building=building,
            executor_name="УК",
            what="Стояк",
            done_on=date(2025, 5, 1),
            price_rub="1000.00",
        )
        for _place in range(5)
    )
    filed_cases(2025, 6)
    publishing.refresh(at=AT)
    counting.refresh(at=AT)


def test_each_kind_of_work_is_counted_in_its_year(filled):
    assert figures() == {
        (2026, "requests"): 4,
        (2026, "fixed"): 1,
        (2025, "calls"): 2,
        (2026, "questions"): 1,
        (2026, "receptions"): 6,
        (2025, "works_rub"): 5000,
        (2025, "cases"): 6,
    }
    assert Request.objects.count() == figures()[2026, "requests"]


def test_a_midnight_of_the_new_year_is_the_citys(operator):
    # 21:00 UTC on the 31st is the new year's first hour in the city.
    moment = datetime(2025, 12, 31, 20, 30, tzinfo=UTC)
    Call.objects.create(
        operator=operator, started_at=moment, ended_at=moment, outcome=Outcome.ANSWERED
    )
    counting.refresh(at=AT)
    assert figures() == {(2026, "calls"): 1}


def test_counting_twice_changes_nothing(filled):
    before = figures()
    tasks.count_record(newer="argument")
    counting.refresh(at=AT + timedelta(minutes=1))
    assert figures() == before


def test_what_is_forgotten_by_law_takes_nothing_from_a_year_long_over(filled):
    later = AT + 3 * YEAR
    counting.refresh(at=later)
    Booking.objects.all().delete()
    Call.objects.all().delete()
    counting.refresh(at=later + timedelta(days=1))
    assert figures()[2026, "receptions"] == 6
    assert figures()[2025, "calls"] == 2


def test_money_that_was_entered_wrongly_is_taken_back_in_any_year(filled):
    later = AT + 3 * YEAR
    WorkWon.objects.all().delete()
    publishing.refresh(at=later)
    counting.refresh(at=later)
    assert (2025, "works_rub") not in figures()


def test_the_running_year_follows_what_happens(filled):
    Booking.objects.all().delete()
    counting.refresh(at=AT)
    assert (2026, "receptions") not in figures()


def test_the_page_shows_years_charts_and_where_to_read_on(client, filled):
    page = client.get(URL).content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert "5 000 ₽" in page
    assert 'href="/recalculation/won/"' in page
    assert 'scope="col" class="number">2026' in page
    for secret in ("Секретов", "секрет", "кабинет"):
        assert secret not in page
    assert URL in client.get("/dashboard/").content.decode()
    assert URL in client.get("/").content.decode()


def test_the_table_comes_as_a_spreadsheet(client, filled):
    answer = client.get(f"{URL}record.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].endswith(";2026;2025")
    assert any(line.endswith(";6;–") for line in lines)


def test_a_few_people_are_told_only_to_be_few(visits):
    visits(BookingState.CAME, AT - timedelta(days=3))
    counting.refresh(at=AT)
    assert showing.said(RecordCode.RECEPTIONS, Decimal(1)) == "меньше пяти"
    assert showing.said(RecordCode.RECEPTIONS, Decimal(5)) == "5"
    assert showing.said(RecordCode.QUESTIONS, Decimal(1)) == "1"


def test_nothing_yet_says_so(client):
    page = client.get(URL)
    assert page.status_code == 200
    assert "Пока ничего не подсчитано" in page.content.decode()


def test_queries_do_not_grow(client, django_assert_num_queries, visits, operator):
    counting.refresh(at=AT)
    with CaptureQueriesContext(connection) as few:
        counting.refresh(at=AT)
    for number in range(12):
        visits(BookingState.CAME, AT - timedelta(days=40 * number + 1))
        moment = AT - number * YEAR
        Call.objects.create(
            operator=operator, started_at=moment, ended_at=moment, outcome=Outcome.ANSWERED
        )
    with CaptureQueriesContext(connection) as many:
        counting.refresh(at=AT)
    assert len(many) - len(few) <= 1
    assert not [one for one in many if 'FROM "requests_app_request"' in one["sql"]]
    with django_assert_num_queries(1):
        client.get(URL)
