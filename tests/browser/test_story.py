"""
The whole story, as people live it: filed with a photo, accepted, worked on, proved by an act,
confirmed; every letter at a real mail server. Once as browsers are today, once without JavaScript.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from accounts.models import User
from disclosure.models import Building, ManagementCompany
from notifications.models import Message
from requests_app.models import Request, RequestEvent
from tests.live import LivePortal

pytestmark = pytest.mark.browser

RESIDENT = "anna@home.example.org"
PASSWORD = "a long password"


def photo(colour: str = "firebrick") -> dict[str, object]:
    """Return a picture as a phone would send it."""
    picture = io.BytesIO()
    Image.new("RGB", (1200, 900), colour).save(picture, "JPEG")
    return {"name": "riser.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}


def link_in(letter: EmailMessage) -> str:
    """Return the address that opens the request from a letter."""
    text = letter.get_body(("plain",)).get_content()
    found = re.search(r"https?://\S+/requests/\d\d-\d+/\?code=\S+", text)
    assert found, text
    return found[0]


def wait_for_page(page: Page) -> None:
    page.wait_for_load_state("networkidle")


def file_a_request(page: Page, house: str, *, scripts: bool) -> tuple[str, str]:
    """Walk the five steps and return number and code."""
    page.goto("/requests/new/")
    box = page.get_by_role("searchbox")
    if scripts:
        box.press_sequentially("садовая")
    else:
        box.fill("cfljdfz 1")  # the keyboard was on the other layout
        box.press("Enter")
    page.get_by_role("link", name=house).click()
    page.get_by_label("Квартира").fill("12")
    page.get_by_role("button", name="Дальше").click()

    box = page.get_by_role("searchbox")
    if scripts:
        box.press_sequentially("батареи холодные")
    else:
        box.fill("батареи холодные")
        box.press("Enter")
    page.locator("#found").get_by_role("button", name="Холодная батарея").click()

    words = page.get_by_label("Что произошло?")
    words.fill("Батарея в комнате холодная со вчерашнего вечера")
    page.locator("input[type=file][multiple]").set_input_files([photo()])
    if not scripts:
        page.get_by_role("button", name="Добавить выбранные файлы").click()
    expect(page.locator("#photos img")).to_have_count(1)
    # A reload loses nothing: neither the words nor the photo.
    if scripts:
        expect(page.locator("[data-autosave-status]")).to_contain_text("сохран")
    page.reload()
    expect(page.get_by_label("Что произошло?")).to_have_value(re.compile("холодная"))
    expect(page.locator("#photos img")).to_have_count(1)
    page.locator("main").get_by_role("button", name="Дальше").last.click()

    # Nothing filled in: told beside the field, nothing lost.
    page.get_by_role("button", name="Дальше").click()
    expect(page.get_by_role("alert").first).to_contain_text("Проверьте")
    page.get_by_label("Электронная почта").fill(RESIDENT)
    page.get_by_label("Показать в общем списке").check()
    page.get_by_label("Я согласен").check()
    page.get_by_role("button", name="Дальше").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Всё верно?")
    page.get_by_role("button", name="Отправить").click()
    expect(page.locator("main")).to_contain_text("Заявка принята")
    number = re.search(r"\d\d-\d{6}", page.locator("main").inner_text())
    assert number
    return number[0], page.locator("#code").inner_text()


def sign_in(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.locator("main details > summary").click()
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


def make_step(page: Page, name: str, *, fill: Callable[[object], None] | None = None) -> None:
    """Open a step on the desk's page, fill in what it asks for and press its button."""
    step = page.locator(f"[data-step={name}]")
    if step.get_attribute("open") is None:
        step.locator("summary").click()
    if fill:
        fill(step)
    step.locator("button.desk-button--main").click()
    wait_for_page(page)


def sign_the_act(step) -> None:
    step.locator("[name=signed_on]").fill(f"{timezone.localdate():%Y-%m-%d}")
    step.locator("[name=signer]").fill("Мастер Фёдоров")
    step.locator("[name=scan]").set_input_files([photo("white")])


@pytest.fixture
def house(make_building, company: ManagementCompany, supplier) -> Building:
    return make_building(company=company, supplier=supplier, street="ул. Садовая", house="1")


@pytest.fixture
def desk_operator(live_portal: LivePortal, operator: User) -> User:
    EmailAddress.objects.create(user=operator, email=operator.email, verified=True, primary=True)
    # The running portal knows no hurried hash of the tests.
    hasher = PBKDF2PasswordHasher()
    operator.password = hasher.encode(PASSWORD, hasher.salt())
    operator.save(update_fields=["password"])
    return operator


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_from_a_cold_radiator_to_a_confirmed_repair(
    live_portal: LivePortal,
    open_page,
    house: Building,
    company: ManagementCompany,
    desk_operator: User,
    scripts: bool,
):
    mail = live_portal.mailbox
    phone = open_page(base_url=live_portal.url, java_script_enabled=scripts)
    number, code = file_a_request(phone, house.address, scripts=scripts)
    assert Request.objects.count() == 1

    # Back and once more is still one request.
    phone.go_back()
    again = phone.get_by_role("button", name="Отправить")
    if again.count():
        again.click()
        wait_for_page(phone)
    assert Request.objects.count() == 1

    (taken_in,) = mail.wait_for(RESIDENT)
    assert number in taken_in["Subject"]
    assert taken_in["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    desk = open_page(base_url=live_portal.url, width=1280, java_script_enabled=scripts)
    sign_in(desk, desk_operator.email)
    desk.goto("/admin/requests_app/request/")
    desk.get_by_role("link", name=number).first.click()
    expect(desk.locator("body")).to_contain_text("Батарея в комнате холодная")
    assert RESIDENT not in desk.content()
    make_step(desk, "accept")
    assert mail.wait_for(company.email)
    make_step(desk, "start")
    make_step(desk, "present_act", fill=sign_the_act)
    letters = mail.wait_for(RESIDENT, 4)
    assert "исправлено" in letters[-1]["Subject"].lower()

    # Another device, from the letter, without an account.
    other = open_page(java_script_enabled=scripts)
    other.goto(link_in(letters[-1]))
    assert "code=" not in other.url
    expect(other.locator("main")).to_contain_text("Мастер Фёдоров")
    other.get_by_role("link", name="Да, исправлено").click()
    assert Request.objects.get().status == "done", "a link changes nothing"
    other.locator("main form button[type=submit]").first.click()
    expect(other.locator("#story .chip").first).to_have_text("Исправлено")
    other.get_by_label("4 – хорошо").check()
    other.get_by_label("Слово о работе").fill("Сделали за день")
    other.get_by_role("button", name="Отправить оценку").click()
    expect(other.locator("#story")).to_contain_text("Вы поставили 4 из 5")

    # By number and code as well, and nobody without them.
    third = open_page(base_url=live_portal.url, java_script_enabled=scripts)
    assert third.goto(f"/requests/{number}/").status == 404
    third.goto("/requests/track/")
    third.locator("[name=number]").fill(number)
    third.locator("main [name=code]").fill(code.lower())
    third.get_by_role("button", name="Открыть заявку").click()
    expect(third.locator("#story .chip").first).to_have_text("Исправлено")

    item = Request.objects.get()
    assert (item.status, item.outcome, item.mark.value) == ("closed", "fixed", 4)
    steps = RequestEvent.objects.filter(request=item).values_list("step", flat=True)
    assert list(steps.order_by("id")) == [
        *("file", "accept", "start", "present_act", "confirm", ""),
    ]
    assert not Message.objects.exclude(state__in=["sent", "queued", "leased"]).exists()


def test_objection_brings_the_work_back(
    live_portal: LivePortal, open_page, make_request, desk_operator: User
):
    from requests_app import tracking_code

    item = make_request(status="done", resident=None)
    page = open_page(base_url=live_portal.url)
    page.goto(f"/requests/{item.number}/?code={tracking_code.of(item)}")
    page.get_by_role("link", name="Нет, не исправлено").click()
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_role("alert").first).to_be_visible()
    page.locator("main textarea").fill("Батарея по-прежнему холодная")
    page.locator("main input[type=file]").set_input_files([photo()])
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("#story .chip").first).to_have_text("Снова в работе")
    item.refresh_from_db()
    assert (item.status, item.reopened_count) == ("reopened", 1)


def test_danger_stops_with_the_phone_of_this_very_house(
    live_portal: LivePortal, open_page, house: Building, company: ManagementCompany
):
    page = open_page(base_url=live_portal.url)
    page.goto(f"/requests/new/?building={house.pk}&category=lf_trapped")
    page.get_by_role("button", name="Дальше").click()
    expect(page.get_by_role("alert").first).to_contain_text("Сначала позвоните")
    calls = [link.get_attribute("href") for link in page.locator(".emergency__call").all()]
    assert calls == ["tel:112", f"tel:{company.dispatcher_phone}"]
    page.get_by_role("button", name=re.compile("всё равно|тоже|запиш")).click()
    expect(page.get_by_label("Что произошло?")).to_be_visible()
