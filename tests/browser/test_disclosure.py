"""A company fills in, publishes and corrects a form; a resident finds it by the address."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import StringIO

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from playwright.sync_api import Page, expect

from accounts.models import User
from disclosure.models import Draft, Publication
from tests.city_fixtures import COMPANY_INN

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
def standard(db) -> None:
    call_command("load_forms", stdout=StringIO())


def signed_in(page: Page, home: str, user: User) -> Page:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": home}]
    )
    return page


@pytest.fixture
def watched(open_page, live_server) -> Iterator[Page]:
    """Return a page whose console must stay quiet."""
    troubles: list[str] = []
    page = open_page(base_url=live_server.url)
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    yield page
    assert troubles == []


def accessible(page: Page) -> None:
    size = page.viewport_size
    # So tall that the phone's tab bar, which sticks to the lower edge, covers nothing.
    page.set_viewport_size({"width": size["width"], "height": 12_000})
    found = Axe().run(page, options=RULES).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    page.set_viewport_size(size)
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_a_company_publishes_corrects_and_a_resident_reads(
    watched: Page, open_page, live_server, standard, company, building, company_user
):
    page = signed_in(watched, live_server.url, company_user)
    page.goto("/cabinet/")
    accessible(page)
    page.get_by_role("link", name="Дома", exact=True).click()
    accessible(page)
    page.get_by_role("link", name=building.address).click()
    accessible(page)
    page.get_by_role("link", name="Капитальный ремонт").click()
    accessible(page)

    # Typing alone keeps the draft.
    page.get_by_label("Взнос за м² в месяц").fill("много")
    expect(page.get_by_text("Черновик сохранён")).to_be_visible()
    assert Draft.objects.get().content["fields"]["payment_amount_for_1sm"] == "много"
    page.get_by_label("Способ формирования фонда").select_option("3")
    page.get_by_role("button", name="Проверить и опубликовать").click()
    accessible(page)
    assert page.get_by_role("button", name="Опубликовать").count() == 0
    page.get_by_role("link", name="Взнос за м² в месяц").click()
    accessible(page)
    page.get_by_label("Взнос за м² в месяц").fill("12,50")
    page.get_by_role("button", name="Проверить и опубликовать").click()
    page.get_by_role("button", name="Опубликовать").click()
    expect(page.get_by_role("definition").filter(has_text="12,50")).to_be_visible()
    accessible(page)

    # A correction is the next version; the first stays at its address.
    page.goto(f"/cabinet/{COMPANY_INN}/{building.pk}/2.6/")
    page.get_by_label("Взнос за м² в месяц").fill("13")
    page.get_by_role("button", name="Проверить и опубликовать").click()
    expect(page.get_by_role("cell", name="13,00 руб.")).to_be_visible()
    page.get_by_role("button", name="Опубликовать версию 2").click()
    page.get_by_role("link", name="версия 1").click()
    expect(page.get_by_text("Это прежняя версия")).to_be_visible()
    expect(page.get_by_role("definition").filter(has_text="12,50")).to_be_visible()
    assert [row.version for row in Publication.objects.order_by("pk")] == [1, 2]
    assert Publication.objects.first().published_at.date() >= date(2026, 1, 1)

    reader = open_page(base_url=live_server.url)
    reader.goto("/buildings/?q=садовая 1")
    reader.locator(f"main a[href='/buildings/{building.pk}/']").first.click()
    reader.get_by_role("link", name="Капитальный ремонт").click()
    expect(reader.get_by_role("definition").filter(has_text="13,00")).to_be_visible()


def test_without_javascript_rows_are_added_and_the_form_is_published(
    open_page, live_server, standard, company, building, company_user
):
    page = signed_in(
        open_page(base_url=live_server.url, java_script_enabled=False, width=1280),
        live_server.url,
        company_user,
    )
    page.goto(f"/cabinet/{COMPANY_INN}/{building.pk}/2.3/")
    page.get_by_label("Вид работ").select_option("1")
    page.get_by_label("Плановая стоимость за год").fill("1000")
    page.get_by_role("button", name="Добавить строку").click()
    page.get_by_label("Вид работ").nth(1).select_option("7")
    page.get_by_label("Плановая стоимость за год").nth(1).fill("500,5")
    page.get_by_role("button", name="Проверить и опубликовать").click()
    page.get_by_role("button", name="Опубликовать").click()
    assert Publication.objects.get().values.filter(code="plan_cost_per_unit").count() == 2


def test_two_people_at_once_choose_between_their_versions(
    open_page, live_server, standard, company, building, company_user
):
    address = f"/cabinet/{COMPANY_INN}/{building.pk}/2.6/"
    first, second = (
        signed_in(open_page(base_url=live_server.url), live_server.url, company_user)
        for _person in range(2)
    )
    for page in (first, second):
        page.goto(address)
    first.get_by_label("Взнос за м² в месяц").fill("10")
    expect(first.get_by_text("Черновик сохранён")).to_be_visible()
    second.get_by_label("Взнос за м² в месяц").fill("20")
    expect(second.get_by_text("ваша версия сохранена отдельно")).to_be_visible()
    second.get_by_role("button", name="Сохранить черновик").last.click()
    accessible(second)
    second.get_by_role("button", name="Сохранить выбранное").click()
    expect(second.get_by_label("Взнос за м² в месяц")).to_have_value("20")


@pytest.mark.parametrize(
    "path",
    ["/open-data/", "/open-data/everything/", f"/companies/{COMPANY_INN}/disclosure/"],
)
def test_public_pages_are_accessible(watched: Page, live_server, standard, company, path):
    watched.goto(path)
    accessible(watched)
