"""What disclosure adds to the pages of a company and of a house."""

from __future__ import annotations

from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from accounts.actors import Nobody
from disclosure.publications import reports
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
