"""From one's address to the reasons of a score, and a company's look at its draft, in a browser."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from accounts.actors import System
from accounts.models import CompanyRepresentative, User
from ratings import months, publishing, snapshots
from requests_app.special_days import calendar_of
from tests.city_fixtures import COMPANY_INN

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WHY = "Для проверки"


def last_months(count: int) -> list[date]:
    this_month = timezone.localdate().replace(day=1)
    return [months.shifted(this_month, -back) for back in range(count, 0, -1)]


@pytest.fixture
def rated(make_request, building, company, rival_company, make_building):
    """Return after two published months and requests enough for a place."""
    make_building(company=rival_company, flats=300, built_year=1960)
    first, last = last_months(2)
    start = datetime.combine(first, datetime.min.time(), UTC) - timedelta(days=60)
    for number in range(26):
        make_request(status="closed", outcome="fixed", at=start + timedelta(days=number))
    at = timezone.now()
    for month in (first, last):
        draft = snapshots.draft(month, at=at)
        publishing.publish(draft.pk, by=System(), at=at, waiver=WHY)
    return last


def fit(page) -> None:
    """Check that the page is usable by everybody and no wider than the screen."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, page.url


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("width", [360, 1280])
def test_from_the_address_to_the_reasons(open_page, live_server, rated, building, script, width):
    page = open_page(base_url=live_server.url, width=width, java_script_enabled=script)
    page.goto("/ratings/")
    page.get_by_label("Название организации или адрес вашего дома").fill(building.address)
    page.locator(".ratings-search button").click()
    expect(page.locator("#house-title")).to_have_text(building.address)
    page.locator(".ratings a, .row__title a").first.click()
    expect(page.locator("#score-title")).to_contain_text("Оценка")
    expect(page.get_by_role("heading", name="Почему такая оценка")).to_be_visible()
    page.get_by_role("link", name="Заявки, из которых").wait_for()
    page.get_by_role("link", name="Сравнить с другими").click()
    expect(page.locator(".compare thead a")).to_have_count(1)


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_fit_for_everybody(open_page, live_server, rated, width, scheme):
    page = open_page(base_url=live_server.url, width=width, height=9_000, color_scheme=scheme)
    month = f"/ratings/{rated:%Y-%m}/"
    for address in (
        "/ratings/", month, f"{month}{COMPANY_INN}/", f"/ratings/compare/?c={COMPANY_INN}",
        "/ratings/map/", "/ratings/methodology/", f"{month}objections/",
    ):  # fmt: skip
        page.goto(address)
        fit(page)


def test_a_company_objects_before_the_rating_is_published(
    open_page, live_server, rated, company, chief
):
    user = User.objects.create_user("firm@example.org", name="Кузнецов")
    CompanyRepresentative.objects.create(user=user, inn=COMPANY_INN)
    at = timezone.now()
    draft = snapshots.draft(rated, at=at, erratum="Исправлен реестр")
    publishing.open_comments(draft.pk, calendar=calendar_of(at.year), by=System(), at=at)
    client = Client()
    client.force_login(user)
    page = open_page(base_url=live_server.url, width=360, height=9_000)
    page.context.add_cookies(
        [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                "url": live_server.url,
            }
        ]
    )
    page.goto(f"/cabinet/{COMPANY_INN}/rating/{rated:%Y-%m}/")
    fit(page)
    page.get_by_role("link", name="Возразить").first.click()
    fit(page)
    page.get_by_label("Почему эта заявка не должна учитываться?").fill("Доступа не было, есть акт")
    page.get_by_role("button", name="Подать возражение").click()
    expect(page.get_by_text("Возражение подано")).to_be_visible()
    expect(page.get_by_text("Вы возразили: решают сотрудники")).to_be_visible()
