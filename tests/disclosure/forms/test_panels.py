"""What disclosure adds to the pages of a company and of a house."""

from __future__ import annotations

from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from accounts.actors import Nobody
from disclosure.publications import of_company, reports
from disclosure.publications.panels import disclosure_of_company, disclosure_of_house
from tests.city_fixtures import NOON
from tests.disclosure.forms.conftest import FINANCES, OVERHAUL

SERVICES = [{"name": "1", "periodicity": "monthly", "plan_cost_per_unit": "176400"}]


def drawn(panel) -> str:
    return render_to_string(panel.template, {"value": panel.values}).replace("\xa0", " ")


def test_a_company_shows_its_forms_its_gaps_and_what_it_did_not_publish(finances, publish, company):
    publication = publish(finances, FINANCES)
    page = drawn(disclosure_of_company(company, Nobody(), NOON))
    assert publication.get_absolute_url() in page
    assert "не опубликована" in page
    assert f"/companies/{company.inn}/disclosure/" in page


def test_a_house_shows_works_with_prices(standard, overhaul, publish, company, building):
    publish(overhaul, OVERHAUL)
    works = reports.find(company, str(building.pk), "2.3", on=NOON.date())
    publish(works, {}, {"services": SERVICES})
    page = drawn(disclosure_of_house(building, Nobody(), NOON))
    assert "176 400,00" in page
    assert "Капитальный ремонт" in page
    assert "12,50" in page
    # What was not published is said, not left out.
    meetings = page.split('id="meetings-title"')[1].split("</section>")[0]
    assert "Пока не опубликовано" in meetings


def test_without_standard_manager_or_publications_there_is_no_panel(
    company, building, make_building
):
    assert disclosure_of_company(company, Nobody(), NOON).template == ""
    assert disclosure_of_house(building, Nobody(), NOON).template == ""
    assert disclosure_of_house(make_building(), Nobody(), NOON).template == ""


def test_a_new_company_does_not_speak_with_the_old_ones_words(
    standard, overhaul, publish, building, rival_company
):
    from datetime import date

    from django.db.backends.postgresql.psycopg_any import DateRange

    from disclosure.models import ManagementPeriod

    publish(overhaul, OVERHAUL)
    handed = date(2026, 2, 1)
    ManagementPeriod.objects.filter(building=building).update(during=DateRange(None, handed))
    ManagementPeriod.objects.create(
        building=building, company=rival_company, during=DateRange(handed, None)
    )
    page = drawn(disclosure_of_house(building, Nobody(), NOON))
    assert "ничего не опубликовала" in page
    assert "12,50" not in page


def test_panels_ask_a_constant_number_of_queries(standard, publish, company, building, overhaul):
    publish(overhaul, OVERHAUL)

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            disclosure_of_company(company, Nobody(), NOON)
            disclosure_of_house(building, Nobody(), NOON)
        return len(asked)

    few = cost()
    for _again in range(5):
        publish(overhaul, OVERHAUL)
    assert cost() == few


def test_a_company_shows_its_money_as_a_chart_with_a_table_behind(
    standard, finances, publish, company
):
    older = reports.find(company, "company", "1.4-2024", on=NOON.date())
    publish(older, FINANCES | {"income_of_mng": "500000"})
    publish(finances, FINANCES)
    page = drawn(disclosure_of_company(company, Nobody(), NOON))
    chart = page.split('class="chart__picture"')[1].split("</svg>")[0]
    # The longest bar is the greatest sum, the others in proportion; the newest year is first.
    assert chart.index(">2025<") < chart.index(">2024<")
    assert chart.count('width="200"') == 1
    assert chart.count('width="100"') == 1
    assert "1,0 млн ₽" in chart
    table = page.split('class="chart__picture"')[1].split("</figure>")[0]
    assert "1 000 000,00" in table
    assert "900 000,50" in table


def test_a_company_without_published_money_says_so(standard, company):
    page = drawn(disclosure_of_company(company, Nobody(), NOON))
    assert "chart__picture" not in page
    finances = page.split('id="finances-title"')[1].split("</section>")[0]
    assert "Пока не опубликовано" in finances
    assert "не опубликовала план работ" in page


def test_works_of_all_houses_are_added_up(standard, publish, company, make_building):
    for cost, price in (("100", "2"), ("300,50", "4")):
        house = make_building(company=company)
        plan = reports.find(company, str(house.pk), "2.3", on=NOON.date())
        row = {"name": "7", "periodicity": "monthly"}
        publish(plan, {}, {"services": [row | {"plan_cost_per_unit": cost, "unit_price": price}]})
    # A newer version replaces the older one, and is not added to it.
    publish(plan, {}, {"services": [row | {"plan_cost_per_unit": "200", "unit_price": "4"}]})
    table = of_company.works(company, on=NOON.date())
    assert [cell["text"] for cell in table["rows"][0]] == ["Лифты", "2", "3,00", "300,00"]


def test_a_panel_costs_the_same_for_a_company_with_many_houses(
    standard, publish, company, make_building
):
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            drawn(disclosure_of_company(company, Nobody(), NOON))
        return len(asked)

    def add() -> None:
        house = make_building(company=company)
        plan = reports.find(company, str(house.pk), "2.3", on=NOON.date())
        publish(plan, {}, {"services": SERVICES})

    add()
    few = cost()
    for _house in range(8):
        add()
    assert cost() == few
