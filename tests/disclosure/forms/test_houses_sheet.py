"""One workbook for all houses: whole into the drafts or not at all, each mistake by its cell."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from disclosure.models import Draft
from disclosure.publications import drafts, many_drafts, reports
from disclosure.sheets import houses_file
from tests.city_fixtures import COMPANY_INN, NOON

SHEET = reverse("cabinet:houses_sheet", args=[COMPANY_INN])
FILE = reverse("cabinet:houses_sheet_file", args=[COMPANY_INN])


@pytest.fixture
def houses(standard, company, make_building):
    return [make_building(company=company) for _ in range(3)]


@pytest.fixture
def cabinet(client, company_user):
    client.force_login(company_user)
    return client


def book_of(client):
    return load_workbook(BytesIO(client.get(FILE).content))


def cell(sheet, row: int, title: str):
    column = next(c.column for c in sheet[1] if str(c.value).startswith(title))
    return sheet.cell(row, column)


def send(client, book: Workbook):
    out = BytesIO()
    book.save(out)
    return client.post(SHEET, {"file": SimpleUploadedFile("houses.xlsx", out.getvalue())})


def test_the_file_has_a_row_for_each_house_and_comes_back_without_a_change(cabinet, houses):
    book = book_of(cabinet)
    sheet = book["2.1"]
    assert {sheet.cell(row, 1).value for row in (2, 3, 4)} == {str(house.pk) for house in houses}
    answer = send(cabinet, book)
    assert answer.status_code == 302
    assert not Draft.objects.exists()


def test_what_is_filled_in_goes_into_the_drafts_of_its_houses(cabinet, houses, company):
    book = book_of(cabinet)
    cell(book["2.1"], 2, "Лифтов").value = 4
    cell(book["2.1"], 4, "Год ввода").value = 1972
    assert send(cabinet, book).status_code == 302
    found = {str(row.building_id): row.content["fields"] for row in Draft.objects.all()}
    sheet = book["2.1"]
    assert found[sheet.cell(2, 1).value]["elevators_count"] == "4"
    assert found[sheet.cell(4, 1).value]["exploitation_start_year"] == "1972"
    assert len(found) == 2
    assert {row.company for row in Draft.objects.all()} == {company}


def test_one_mistake_names_its_cell_and_nothing_is_taken(cabinet, houses):
    book = book_of(cabinet)
    cell(book["2.1"], 2, "Лифтов").value = 4
    wrong = cell(book["2.1"], 3, "Лифтов")
    wrong.value = "много"
    answer = send(cabinet, book)
    assert answer.status_code == 422
    assert f"2.1!{wrong.coordinate}" in answer.content.decode()
    assert not Draft.objects.exists()


def test_another_companys_house_a_double_row_and_a_strange_column_are_told(
    cabinet, houses, make_building, rival_company
):
    other = make_building(company=rival_company)
    book = book_of(cabinet)
    sheet = book["2.1"]
    sheet.cell(2, 1).value = str(other.pk)
    sheet.cell(4, 1).value = sheet.cell(3, 1).value
    sheet.cell(1, 60).value = "Своё"
    page = send(cabinet, book).content.decode()
    assert "2.1!A2" in page
    assert "2.1!A4" in page
    assert "2.1!BH1" in page
    assert not Draft.objects.exists()


def test_a_row_that_a_colleague_changed_meanwhile_is_not_written_over(
    cabinet, houses, company, speaker
):
    book = book_of(cabinet)
    sheet = book["2.1"]
    report = reports.find(company, sheet.cell(2, 1).value, "2.1", on=NOON.date())
    content = drafts.content_to_edit(report, None)
    content.fields["elevators_count"] = "7"
    drafts.save(report, content, revision=0, tab="colleague", by=speaker, at=NOON)
    cell(sheet, 2, "Лифтов").value = 4
    cell(sheet, 3, "Лифтов").value = 4
    answer = send(cabinet, book)
    assert answer.status_code == 422
    assert "2.1!C2" in answer.content.decode()
    assert Draft.objects.get().content["fields"]["elevators_count"] == "7"


def test_a_draft_changed_while_the_file_was_read_stops_all_of_it(houses, company, speaker):
    known = [
        row for row in many_drafts.of_houses(company, on=NOON.date()) if row.report.key == "2.1"
    ]
    report = known[0].report
    drafts.save(report, known[0].content, revision=0, tab="t", by=speaker, at=NOON)
    with pytest.raises(many_drafts.ChangedMeanwhile):
        many_drafts.save(
            company, [(row, row.content) for row in known], tab="u", by=speaker, at=NOON
        )
    assert Draft.objects.count() == 1


def test_a_strangers_cabinet_is_not_found(client, rival, houses, company):
    client.force_login(rival)
    assert client.get(FILE).status_code == 404
    assert client.post(SHEET).status_code == 404


def test_more_houses_need_no_more_queries(
    houses, company, make_building, django_assert_num_queries, django_assert_max_num_queries
):
    on = NOON.date()
    with django_assert_max_num_queries(10) as few:
        houses_file.to_xlsx(many_drafts.of_houses(company, on=on))
    for _ in range(10):
        make_building(company=company)
    with django_assert_num_queries(len(few)):
        houses_file.to_xlsx(many_drafts.of_houses(company, on=on))
