"""A day in the cabinet: accepted with a time, a repairman sent by a link, the act with photos."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from requests_app.models import Act, Attachment, Request
from requests_app.statuses import Status
from tests.browser.test_pages import Ear, troubles_of
from tests.browser.test_story import PASSWORD, photo, sign_in
from tests.live import LivePortal

pytestmark = pytest.mark.browser


@pytest.fixture
def dispatcher(live_portal: LivePortal, company_user: User) -> User:
    EmailAddress.objects.create(
        user=company_user, email=company_user.email, verified=True, primary=True
    )
    # The running portal knows no hurried hash of the tests.
    hasher = PBKDF2PasswordHasher()
    company_user.password = hasher.encode(PASSWORD, hasher.salt())
    company_user.save(update_fields=["password"])
    return company_user


def press(page: Page, role: str, name: str) -> None:
    page.get_by_role(role, name=name, exact=True).first.click()
    page.wait_for_load_state("networkidle")


def fit(page: Page, ear: Ear, *, is_refusal: bool = False) -> None:
    """Judge the page as test_pages does, on a phone and on a desk."""
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 3_000})
        found = troubles_of(page, ear, is_admin=False, is_refusal=is_refusal)
        assert found == [], page.url
    page.set_viewport_size({"width": 360, "height": 740})


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_from_accepting_to_the_act_with_photos(
    live_portal: LivePortal, open_page, make_request, dispatcher: User, scripts: bool
):
    item: Request = make_request(at=timezone.now())
    page = open_page(base_url=live_portal.url, java_script_enabled=scripts)
    if scripts:
        sign_in(page, dispatcher.email)
    else:
        page.goto("/accounts/login/")
        page.locator("main details > summary").click()
        page.locator("[name=login]").fill(dispatcher.email)
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("[name=password]").press("Enter")
        page.wait_for_url(lambda url: "/accounts/login/" not in url)
    page.goto("/cabinet/")
    page.locator("nav.tabs").get_by_role("link", name="Заявки").first.click()
    page.locator(".rows").get_by_role("link", name="Холодная батарея").click()

    # Taken on, with the time that the resident is told.
    press(page, "link", "Принять заявку")
    planned = timezone.localtime() + timedelta(hours=3)
    page.locator("[name=planned_at]").fill(f"{planned:%Y-%m-%dT%H:%M}")
    press(page, "button", "Принять заявку")
    expect(page.locator("main")).to_contain_text(f"{planned:%H:%M}")
    # Only now is there a phone, by a press.
    expect(page.locator("aside")).not_to_contain_text("000-00-01")
    press(page, "button", "Показать имя и телефон")
    expect(page.locator("aside")).to_contain_text("000-00-01")

    # Somebody is sent there: a link, opened on another phone without an account.
    press(page, "link", "Создать ссылку")
    page.locator("[name=for_whom]").fill("слесарь Фёдоров")
    press(page, "button", "Создать ссылку")
    address = page.locator("#code").inner_text()
    way = re.search(r"/repair/[\w-]+/$", address)
    assert way, address
    phone = open_page(base_url=live_portal.url, java_script_enabled=scripts)
    phone.goto(way[0])
    expect(phone.locator("main")).to_contain_text("000-00-01")
    phone.locator("[name=photos]").set_input_files([photo()])
    press(phone, "button", "Взять в работу")
    expect(phone.locator(".photos img")).to_have_count(1)

    # The act, by the dispatcher: filled in with a mistake first, and nothing is lost.
    page.goto(f"/cabinet/requests/{item.number}/")
    press(page, "link", "Приложить акт")
    page.locator("[name=works]").fill("Заменён вентиль, стояк промыт")
    page.locator("[name=materials]").fill("вентиль 15 мм, 1 шт.")
    now = timezone.localtime()
    page.locator("[name=began_at]").fill(f"{now:%Y-%m-%dT%H:%M}")
    page.locator("[name=ended_at]").fill(f"{now:%Y-%m-%dT%H:%M}")
    page.locator("[name=photos_before]").set_input_files([photo()])
    page.locator("[name=photos_after]").set_input_files([photo("seagreen"), photo("teal")])
    page.locator("[name=signed_on]").fill(f"{now + timedelta(days=3):%Y-%m-%d}")
    page.locator("[name=signer]").fill("слесарь Фёдоров П. И.")
    press(page, "button", "Приложить акт")
    expect(page.get_by_role("alert").first).to_contain_text("в будущем")
    expect(page.locator("main")).to_contain_text("Принятые раньше файлы сохранены")
    page.locator("[name=signed_on]").fill(f"{now:%Y-%m-%d}")
    press(page, "button", "Приложить акт")
    expect(page.locator("main")).to_contain_text("Заменён вентиль, стояк промыт")
    item.refresh_from_db()
    assert item.status == Status.DONE
    act = Act.objects.get(request=item)
    shown = Attachment.objects.filter(event=act.event).values_list("shows", flat=True)
    assert sorted(shown) == ["", "after", "after", "before"]
    # The link died with it.
    answer = phone.goto(way[0])
    assert answer is not None
    assert answer.status == 410
    letters = live_portal.mailbox.wait_for("resident@example.org", 4)
    last = letters[-1].get_body(("plain",)).get_content()
    assert "стояк промыт" in last


def test_the_pages_of_the_cabinet_and_of_the_repairman_are_fit_for_everybody(
    live_portal: LivePortal, open_page, make_request, dispatcher: User
):
    item: Request = make_request(status="accepted", at=timezone.now() - timedelta(hours=3))
    page = open_page(base_url=live_portal.url)
    sign_in(page, dispatcher.email)
    ear = Ear(page, live_portal.url)
    page.goto(f"/cabinet/requests/{item.number}/")
    press(page, "button", "Показать имя и телефон")
    fit(page, ear)
    page.goto(f"/cabinet/requests/{item.number}/link/")
    press(page, "button", "Создать ссылку")
    fit(page, ear)
    way = "/repair/" + page.locator("#code").inner_text().rstrip("/").rsplit("/", 1)[1] + "/"
    page.goto(f"/cabinet/requests/{item.number}/")
    fit(page, ear)

    # A table with a mistake, then one that does something.
    body = f"Номер;Состояние\n{item.number};Починена\n"
    for text, said in ((body, "Такого состояния нет"), (body.replace("Починена", "В работе"), "→")):
        page.goto("/cabinet/requests/table/")
        file = {"name": "s.csv", "mimeType": "text/csv", "buffer": text.encode()}
        page.locator("[name=file]").set_input_files([file])
        press(page, "button", "Прочитать файл")
        expect(page.locator("main")).to_contain_text(said)
        fit(page, ear, is_refusal=True)

    phone = open_page(base_url=live_portal.url)
    heard = Ear(phone, live_portal.url)
    phone.goto(way)
    fit(phone, heard)
    press(phone, "button", "Взять в работу")
    fit(phone, heard)
    press(phone, "link", "Готово: заполнить акт")
    fit(phone, heard)
    phone.locator("[name=works]").fill("Отопление пущено")
    now = timezone.localtime()
    for name in ("began_at", "ended_at"):
        phone.locator(f"[name={name}]").fill(f"{now:%Y-%m-%dT%H:%M}")
    phone.locator("[name=signer]").fill("слесарь Фёдоров")
    press(phone, "button", "Приложить акт")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Акт представлен")
    fit(phone, heard)
    phone.goto(way)
    expect(phone.get_by_role("heading", level=1)).to_contain_text("ничего не открывает")
    fit(phone, heard, is_refusal=True)
