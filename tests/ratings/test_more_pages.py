"""Trend, search by address, comparison, map, badge, picture and the sheet for a meeting."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta
from decimal import Decimal
from xml.etree import ElementTree as ET

import openpyxl
import pikepdf
import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from PIL import Image

from disclosure.models import ManagementCompany, ManagementPeriod
from ratings import publishing, snapshots
from ratings.models import RatingResult
from tests.city_fixtures import COMPANY_INN, RIVAL_INN
from tests.ratings.conftest import AFTER, MONTH

pytestmark = pytest.mark.django_db
WHY = "Для проверки"


def page(client, url):
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def rate(draft, company, *, score, group="small", band="yellow", best=1):
    """Give a company a place in a draft; its numbers are the draft's first one's."""
    RatingResult.objects.filter(snapshot=draft, company=company).delete()
    RatingResult.objects.create(
        snapshot=draft, company=company, position=1000 - score, reference=company.reference,
        name=company.name, group=group, is_rated=True, score=score, low=score - 4, high=score + 4,
        band=band, certainty="0.9", best=best, worst=best, rivals=3,
        indicators=draft.indicators_of_test,
    )  # fmt: skip


@pytest.fixture
def months(year, company, rival_company):
    """Return after two months in which `company` rose by 20 points and the rival fell by 20."""
    for month, at, first, second in (
        (date(2026, 2, 1), AFTER, 50, 70),
        (MONTH, AFTER + timedelta(days=1), 70, 50),
    ):
        draft = snapshots.draft(month, at=at)
        draft.indicators_of_test = draft.results.get(reference=RIVAL_INN).indicators
        rate(draft, company, score=first)
        rate(draft, rival_company, score=second, best=2)
        publishing.publish(draft.pk, by=None, at=at, waiver=WHY)


def test_the_list_shows_who_moved_and_how_surely(client, months):
    said = page(client, "/ratings/")
    assert "Кто изменился" in said
    assert said.count("уверенно лучше на 20,0") == 2
    assert said.count("уверенно хуже на 20,0") == 2
    assert "#arrow-up" in said
    assert "#arrow-down" in said


def test_a_house_is_found_by_its_address_and_shows_its_company_alone(
    client, months, building, company
):
    said = page(client, f"/ratings/?q={building.address}")
    assert "Этим домом управляет" in said
    assert f"/ratings/2026-03/{COMPANY_INN}/" in said
    assert f"/ratings/2026-03/{RIVAL_INN}/" not in said


def test_a_district_shows_only_companies_with_houses_there(client, months, settings, building):
    district = settings.CITY.districts[0]
    type(building).objects.update(district="")
    type(building).objects.filter(pk=building.pk).update(district=district)
    said = page(client, f"/ratings/?district={district}")
    assert f"/ratings/2026-03/{COMPANY_INN}/" in said
    table = said[said.index("table--cards ratings") :]
    assert f"/ratings/2026-03/{RIVAL_INN}/" not in table
    assert f"/ratings/2026-03/{RIVAL_INN}/" in page(client, "/ratings/?district=Нет такого")


def test_two_companies_stand_side_by_side_and_unknown_ones_are_left_out(client, months):
    address = f"/ratings/compare/?c={COMPANY_INN}&c={RIVAL_INN}&c=000&c={COMPANY_INN}"
    answer = client.get(address)
    assert [one["row"].result.reference for one in answer.context["columns"]] == [
        COMPANY_INN,
        RIVAL_INN,
    ]
    assert "Сделано в срок" in answer.content.decode()
    assert "Пока никто не выбран" in page(client, "/ratings/compare/")


def test_a_company_is_added_to_the_comparison_by_name(client, months, rival_company):
    said = page(client, f"/ratings/compare/?c={COMPANY_INN}&q={rival_company.name[:6]}")
    assert f"?c={COMPANY_INN}&amp;c={RIVAL_INN}" in said


def test_houses_stand_on_the_map_in_the_colour_of_their_company(client, months, building):
    type(building).objects.filter(pk=building.pk).update(lat=54.3, lon=48.4)
    found = json.loads(page(client, "/ratings/map/points/"))
    [mine] = [one for one in found["features"] if one["properties"]["id"] == building.pk]
    assert mine["properties"]["tone"] == "wait"
    assert mine["properties"]["href"] == f"/ratings/2026-03/{COMPANY_INN}/"
    there = json.loads(page(client, "/ratings/map/points/?bbox=48.3,54.2,48.5,54.4"))
    assert building.pk in [one["properties"]["id"] for one in there["features"]]
    elsewhere = json.loads(page(client, "/ratings/map/points/?bbox=0,0,1,1"))
    assert elsewhere["features"] == []
    assert page(client, "/ratings/map/points/?bbox=nonsense")
    assert "Рейтинг на карте" in page(client, "/ratings/map/")


def test_the_badge_is_an_image_for_any_site_and_names_are_only_text(client, months, company):
    answer = client.get(f"/ratings/badge/{COMPANY_INN}.svg")
    assert answer["Content-Type"].startswith("image/svg+xml")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert not answer.cookies
    drawn = ET.fromstring(answer.content)
    assert "Средне: 70,0" in "".join(drawn.itertext())
    assert client.get("/ratings/badge/0.svg").status_code == 404


def test_the_picture_has_the_size_that_messengers_want(client, months):
    answer = client.get(f"/ratings/2026-03/{COMPANY_INN}/picture.png")
    assert Image.open(io.BytesIO(answer.content)).size == (1200, 630)
    said = page(client, f"/ratings/2026-03/{COMPANY_INN}/")
    assert f"/ratings/2026-03/{COMPANY_INN}/picture.png" in said


def test_the_sheet_for_the_meeting_is_one_page_also_with_hostile_names(client, year, company):
    company.short_name = "УК #panic() *«Очень* $длинное$ <b>имя</b>»" * 4
    company.save()
    draft = snapshots.draft(MONTH, at=AFTER)
    publishing.publish(draft.pk, by=None, at=AFTER, waiver=WHY)
    answer = client.get(f"/ratings/2026-03/{COMPANY_INN}/meeting.pdf")
    with pikepdf.open(io.BytesIO(answer.content)) as paper:
        assert len(paper.pages) == 1
    assert client.get(f"/ratings/2026-03/{COMPANY_INN}/picture.png").status_code == 200


def test_the_spreadsheet_holds_numbers_as_numbers_and_no_formula(client, year, company):
    company.short_name = "=1+1"
    company.save()
    draft = snapshots.draft(MONTH, at=AFTER)
    publishing.publish(draft.pk, by=None, at=AFTER, waiver=WHY)
    answer = client.get("/ratings/2026-03/results.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    rows = {row[1]: row for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert rows[COMPANY_INN][2] == "'=1+1"
    assert isinstance(rows[COMPANY_INN][5], float)


def test_the_company_sees_its_months_and_what_would_lift_it(client, months):
    said = page(client, f"/ratings/2026-03/{COMPANY_INN}/")
    assert said.count('class="trend__dot"') == 2
    assert "То же таблицей" in said
    assert "уверенно лучше на 20,0" in said


def test_what_alone_would_lift_a_company_does_lift_it(client, months, rival_company):
    from ratings import methodology, showing, standing

    result = RatingResult.objects.get(snapshot__period=MONTH, company=rival_company)
    method = methodology.read(methodology.newest())
    for told in result.indicators:
        told["points"] = 20.0
    result.score = Decimal(62)
    lifts = showing.lifts(result, method)
    assert lifts
    for lift in lifts:
        needed = float(lift.needed.split()[0].replace("%", "").replace(",", ".").rstrip("\xa0"))
        value = needed if lift.indicator.kind == "rate" else needed / 100
        gained = (standing.points(lift.indicator, value) - 20) * lift.indicator.weight / 100
        assert 62 + gained == pytest.approx(70, abs=0.5)


def test_a_name_cannot_break_out_of_any_page(client, year, company):
    company.short_name = '"><script>alert(1)</script>'
    company.save()
    draft = snapshots.draft(MONTH, at=AFTER)
    publishing.publish(draft.pk, by=None, at=AFTER, waiver=WHY)
    for url in (
        "/ratings/", f"/ratings/2026-03/{COMPANY_INN}/", f"/ratings/compare/?c={COMPANY_INN}",
        f"/ratings/badge/{COMPANY_INN}.svg", "/ratings/map/",
    ):  # fmt: skip
        assert "<script>alert" not in page(client, url)


def queries(client, url):
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def test_queries_of_the_new_pages_do_not_grow(
    client, months, make_building, company, rival_company
):
    urls = (
        "/ratings/", f"/ratings/2026-03/{COMPANY_INN}/",
        f"/ratings/compare/?c={COMPANY_INN}&c={RIVAL_INN}", "/ratings/map/points/",
        f"/ratings/2026-03/{COMPANY_INN}/meeting.pdf",
    )  # fmt: skip
    few = [queries(client, url) for url in urls]
    others = ManagementCompany.objects.bulk_create(
        ManagementCompany(name=f"УК {number}") for number in range(30)
    )
    draft = snapshots.draft(MONTH, at=AFTER + timedelta(days=2), erratum="Ещё организации")
    draft.indicators_of_test = draft.results.get(reference=RIVAL_INN).indicators
    rate(draft, company, score=70)
    rate(draft, rival_company, score=50, best=2)
    for number, other in enumerate(others):
        rate(draft, other, score=10 + number)
        house = make_building(flats=50, lat=54.3, lon=48.4)
        ManagementPeriod.objects.create(
            building=house, company=other, during=DateRange(date(2020, 1, 1), None)
        )
    publishing.publish(draft.pk, by=None, at=AFTER + timedelta(days=2), waiver=WHY)
    assert [queries(client, url) for url in urls] == few
    assert max(few) <= 9
