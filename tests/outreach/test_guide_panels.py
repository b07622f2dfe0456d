"""Guides where they help: on the pages of filing and of a request, by its matter."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import Nobody
from outreach.models import Guide
from outreach.panels import SHOWN, guides_for_matter
from tests.city_fixtures import NOON, ORDINARY
from tests.requests_app.filing_steps import filed, to_check, to_matter, to_words

pytestmark = pytest.mark.django_db
NOW = "Что делать прямо сейчас"


def said(client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_matters_own_guide_comes_before_those_of_its_branch(guides, categories):
    panel = guides_for_matter(categories["lf_trapped"], Nobody(), NOON)
    assert panel.values["first"].slug == "lift"
    others = [guide.slug for guide in panel.values["others"]]
    assert "who-answers" in others
    assert len(others) < SHOWN


@pytest.mark.parametrize(
    ("matter", "first"),
    [
        ("ht_temp", "cold-flat"),
        ("st_roof", "roof-leak"),
        ("yd_clean", "yard-snow"),
        ("bl_error", "wrong-charge"),
        ("bl_recalc_quality", "quality-recalculation"),
        ("mg_no_answer", "company-silent"),
        ("mg_change", "change-company"),
        ("other", "who-answers"),
    ],
)
def test_the_nearest_guide_stands_first(guides, categories, matter, first):
    assert Guide.objects.for_matter(categories[matter])[0].slug == first


def test_without_a_matter_or_a_guide_nothing_is_shown(categories):
    assert not guides_for_matter(None, Nobody(), NOON).template
    assert not guides_for_matter(categories["lf_trapped"], Nobody(), NOON).template


def test_an_unpublished_guide_is_not_shown(guides, categories):
    Guide.objects.update(is_published=False)
    assert not guides_for_matter(categories["lf_trapped"], Nobody(), NOON).template


def test_the_panel_is_one_query_however_many_guides(guides, categories, django_assert_num_queries):
    for slug in ("ht_temp", "other"):
        with django_assert_num_queries(1):
            guides_for_matter(categories[slug], Nobody(), NOON)


def test_the_way_of_filing_says_what_to_do(client, guides, building):
    to_matter(client, building.pk)
    assert NOW not in said(client, "/requests/new/matter/")
    to_words(client, building.pk, category=ORDINARY)
    for page in ("words", "matter"):
        assert "/guides/cold-flat/" in said(client, f"/requests/new/{page}/")


def test_the_stop_before_danger_says_it_too_below_the_phones(client, guides, building):
    to_words(client, building.pk, category="gas_smell")
    page = said(client, "/requests/new/call-first/")
    assert page.index("emergency__phones") < page.index("/guides/gas-smell/")


def test_the_filed_request_and_its_page_say_it_to_the_resident_only(
    client, guides, building, company_user
):
    item = filed(client, building.pk)
    for url in (f"/requests/new/sent/{item.number}/", f"/requests/{item.number}/"):
        assert "/guides/cold-flat/" in said(client, url)
    client.force_login(company_user)
    assert NOW not in said(client, f"/requests/{item.number}/")


def test_pages_with_guides_ask_one_query_more(client, guides, building):
    to_check(client, building.pk)

    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            said(client, "/requests/new/words/")
        return len(seen)

    with_guides = count()
    Guide.objects.exclude(slug="cold-flat").delete()
    assert count() == with_guides


def test_a_guide_leads_to_a_request_with_its_matter(client, guides, building):
    page = said(client, "/guides/lift/")
    assert "/requests/new/?category=lift_chute" in page
    assert said(client, "/requests/new/?category=lift_chute")
