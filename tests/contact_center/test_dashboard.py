"""The dashboard and the monthly report: who reads what, folded for strangers, kept as it was."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from accounts import roles
from accounts.models import User
from claims.models import WorkWon
from contact_center.dashboard import papers, report, sections
from contact_center.models import StandingReport
from contact_center.tasks import keep_monthly_report
from requests_app.figures import keeping
from requests_app.models import Figure, Request
from requests_app.statuses import Status
from tests.city_fixtures import NOON
from tests.contact_center.test_who_sees_what import second_factor_of

MARCH = date(2026, 3, 1)
APRIL_FIRST = datetime(2026, 4, 1, 4, 30, tzinfo=timezone.get_default_timezone())
HEAD = "/dashboard/head/"


@pytest.fixture(autouse=True)
def _earnest(settings) -> None:
    """The demo lets staff in without a second factor."""
    settings.DEMO = False


@pytest.fixture
def head(roles_loaded) -> User:
    user = User.objects.create_user("head@example.org", "a long password", is_staff=True)
    user.groups.add(Group.objects.get(name=roles.HEADS))
    return user


@pytest.fixture
def counted(make_request, make_building, company, rival_company, supplier) -> list[Request]:
    """Return six requests of one company, five of another, two of nobody's, of March, counted."""
    ours = make_building(company=company, supplier=supplier, district="Береговой")
    theirs = make_building(company=rival_company, supplier=supplier, district="Нагорный")
    nobodys = make_building(supplier=supplier, district="Заречный")
    houses = [ours] * 6 + [theirs] * 5 + [nobodys] * 2
    made = [
        make_request(building=house.pk, at=NOON + timedelta(hours=n))
        for n, house in enumerate(houses)
    ]
    keeping.rebuild(at=NOON + timedelta(days=1))
    return made


def _page(client, path="/dashboard/?month=2026-03") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_strangers_read_no_group_under_five_and_no_house(client, counted, head):
    said = _page(client)
    assert "УК «Причал»" in said
    assert "УК «Соседний двор»" not in said
    assert not [name for name in ("Нагорный", "Заречный") if name in said]
    assert counted[0].building.address not in said
    # The two cannot be found by subtraction: the smallest shown line went with them.
    board = sections.build(MARCH, today=date(2026, 4, 2), is_public=True)
    for code in ("executor", "district"):
        assert [row[1] for row in board.section(code).rows] == [6, 7]
    whole = _page(second_factor_of(client, head), f"{HEAD}?month=2026-03")
    assert "УК «Соседний двор»" in whole
    assert counted[0].building.address in whole


def test_the_head_needs_right_and_second_factor(client, counted, head, operator, resident):
    files = [f"{HEAD}2026-03/report.{kind}" for kind in ("pdf", "xlsx")]
    for user in (None, resident, operator):
        if user:
            client.force_login(user)
        assert [client.get(path).status_code for path in [HEAD, *files]] == [404] * 3
    client.force_login(head)
    assert client.get(HEAD).status_code == 404
    second_factor_of(client, head)
    assert [client.get(path).status_code for path in [HEAD, *files]] == [200] * 3
    assert client.get(f"{HEAD}2019-01/report.pdf").status_code == 404
    # Figures are all the head reads: requests of people stay closed.
    assert client.get(f"/requests/{counted[0].number}/").status_code == 404


@pytest.mark.parametrize("asked", ["", "zzzz", "2026-13", "1999-01", "2026-03\x00"])
def test_a_month_that_is_none_shows_another(client, counted, asked):
    assert "Март 2026" in _page(client, f"/dashboard/?month={asked}")


def test_nothing_counted_says_so(client, db):
    assert "Пока ничего не подсчитано" in _page(client, "/dashboard/")


def test_queries_do_not_grow(client, counted, make_request, make_building, company, head):
    second_factor_of(client, head)
    found = {}
    for path in ("/dashboard/?month=2026-03", f"{HEAD}?month=2026-03"):
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        found[path] = len(queries)
    for n in range(12):
        house = make_building(company=company, district=f"Район {n}", lat=54.3 + n / 50)
        make_request(building=house.pk, category="en_door", at=NOON - timedelta(days=20 * n))
    keeping.rebuild(at=NOON + timedelta(days=1))
    for path, before in found.items():
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        assert len(queries) == before <= 20
        assert not [one for one in queries if 'requests_app_request"' in one["sql"]]


def test_the_page_agrees_with_the_requests(counted, make_request):
    make_request(status=Status.DONE, at=NOON + timedelta(hours=14))
    keeping.refresh(at=NOON + timedelta(days=2))
    board = sections.build(MARCH, today=date(2026, 3, 4), is_public=False)
    filed = Request.objects.count()
    for code in ("matter", "district", "executor", "months"):
        assert sum(row[1] for row in board.section(code).rows) == filed
    assert board.city.judged == 14
    assert board.city.in_time == 1


def test_money_of_the_month_and_years(counted, building):
    WorkWon.objects.create(
        building=building, what="Крыша", price_rub="1500.50", done_on=MARCH, executor_name="УК"
    )
    told = sections.build(MARCH, today=date(2026, 4, 2), is_public=False).section("money")
    assert told.rows[0] == ("Март 2026", None, None, 1, 1500.5)
    assert sections.build(MARCH, today=date(2026, 4, 2), is_public=True).section("money") is None


def test_the_first_of_the_month_keeps_one_report_and_later_counts_do_not_change_it(
    counted, make_request, monkeypatch
):
    monkeypatch.setattr("contact_center.tasks.now", lambda: APRIL_FIRST)
    keep_monthly_report()
    keep_monthly_report()
    kept = StandingReport.objects.get()
    assert (kept.month, kept.made_at) == (MARCH, APRIL_FIRST)
    make_request(at=NOON)
    keeping.refresh(at=APRIL_FIRST)
    assert Figure.objects.city_months(MARCH, MARCH).get().filed == 14
    read = report.of_month(MARCH, at=APRIL_FIRST + timedelta(days=9))
    assert read.is_kept
    assert {one.code for one in read.sections} >= {"months", "matter", "executor", "houses"}
    assert "forecast" not in {one.code for one in read.sections}
    months = next(one for one in read.sections if one.code == "months")
    assert months.rows[-1][:2] == ("Март 2026", 13)


def test_nothing_filed_keeps_no_report(db):
    assert report.keep(at=APRIL_FIRST) is None
    assert not StandingReport.objects.exists()


def test_the_spreadsheet_holds_numbers_and_no_formula(counted):
    Request.objects.update(executor_name='=HYPERLINK("http://x","y")')
    keeping.rebuild(at=NOON + timedelta(days=1))
    book = load_workbook(BytesIO(papers.xlsx(report.of_month(MARCH, at=APRIL_FIRST))))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    # Kept as text, and made harmless as in every other file of the portal.
    assert any(str(cell.value).startswith("'=HYPERLINK") for cell in cells)
    assert not any(str(cell.value).startswith("=") for cell in cells)
    assert book["По услугам"]["B2"].value == 13
    assert book["По услугам"]["B2"].data_type == "n"


def test_the_pdf_takes_names_as_words(counted):
    Request.objects.update(executor_name="#panic() ООО *Лев* $x$ \\")
    keeping.rebuild(at=NOON + timedelta(days=1))
    made = papers.pdf(report.of_month(MARCH, at=APRIL_FIRST))
    assert made.startswith(b"%PDF-")
    assert len(made) > 10_000
