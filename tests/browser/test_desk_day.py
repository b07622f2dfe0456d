"""A day at the desk by keyboard alone: no mouse, from the login to the last call taken in."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from requests_app.models import Request
from requests_app.statuses import Channel, Status
from tests.browser.test_pages import tab_to
from tests.browser.waiting import ready
from tests.city_fixtures import EMERGENCY, RIVAL_INN
from tests.live import LivePortal

pytestmark = pytest.mark.browser
PASSWORD = "a long password"


@pytest.fixture
def typist(live_portal: LivePortal, operator: User) -> User:
    EmailAddress.objects.create(user=operator, email=operator.email, verified=True, primary=True)
    # The running portal knows no hurried hash of the tests.
    hasher = PBKDF2PasswordHasher()
    operator.password = hasher.encode(PASSWORD, hasher.salt())
    operator.save(update_fields=["password"])
    return operator


def log_in(page: Page, email: str) -> None:
    page.goto("/accounts/login/?next=/admin/requests_app/request/queue/")
    tab_to(page, "main details > summary")
    page.keyboard.press("Enter")
    tab_to(page, "[name=login]")
    page.keyboard.type(email)
    tab_to(page, "[name=password]")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/accounts/login/" not in url)
    page.wait_for_load_state("networkidle")


def take_the_next(page: Page, number: str) -> None:
    ready(page)
    page.keyboard.press("n")
    expect(page.get_by_role("heading", level=1)).to_have_text(number)
    ready(page)


def test_a_day_at_the_desk_by_keyboard_alone(
    live_portal: LivePortal, open_page, make_request, typist: User
):
    now = timezone.now()
    ordinary = make_request(at=now)
    urgent = make_request(category=EMERGENCY, at=now)
    page = open_page(base_url=live_portal.url, width=1280, height=900)
    page.on("pageerror", lambda wrong: pytest.fail(str(wrong)))
    log_in(page, typist.email)

    # All keys are told, and the letters can be switched off.
    page.keyboard.press("?")
    keys = page.get_by_role("dialog")
    expect(keys).to_contain_text("Взять следующую")
    page.keyboard.press("Escape")
    expect(keys).to_have_count(0)

    # The emergency first: read, accept with a word, see its letter before it leaves.
    take_the_next(page, urgent.number)
    expect(page.locator(".desk-said")).to_contain_text(urgent.description[:20])
    page.keyboard.press("a")
    expect(page.locator("#accept-text")).to_be_focused()
    page.keyboard.type("Бригада выехала")
    letter = page.locator("#step-accept .desk-letter__text").first
    expect(letter).to_contain_text("Бригада выехала")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".desk-head .chip").first).to_have_text("Принята")
    assert Request.objects.get(pk=urgent.pk).status == Status.ACCEPTED

    # The next one goes to another organisation, with the reason.
    take_the_next(page, ordinary.number)
    page.keyboard.press("r")
    tab_to(page, "#redirect-executor_q")
    page.keyboard.type(RIVAL_INN)
    expect(page.locator("#redirect-found")).not_to_be_empty()
    tab_to(page, "#redirect-text")
    page.keyboard.type("Домом управляет другая компания")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".desk-head .chip").first).to_have_text(re.compile("Передана"))
    passed = Request.objects.get(pk=ordinary.pk)
    assert (passed.status, passed.executor_inn) == (Status.REDIRECTED, RIVAL_INN)

    # A call: phone, address, matter, the caller's words; Enter goes from field to field.
    ready(page)
    page.keyboard.press("Escape")
    page.keyboard.press("i")
    expect(page.locator("#intake-phone")).to_be_focused()
    page.keyboard.type("89000000001")
    page.keyboard.press("Enter")
    page.keyboard.type("садовая 1")
    expect(page.locator("#intake-houses input").first).to_be_attached()
    page.keyboard.press("Enter")
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    page.keyboard.type("17")
    page.keyboard.press("Enter")
    page.keyboard.type("батарея")
    expect(page.locator("#intake-matters input").first).to_be_attached()
    page.keyboard.press("Enter")
    page.keyboard.type("Холодная батарея, дома дети")
    expect(page.locator("#intake-words")).to_contain_text("дети")
    tab_to(page, "#intake-name")
    page.keyboard.type("Анна")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("#intake-consent")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_url("**/filed/")
    taken = Request.objects.order_by("-id")[0]
    assert (taken.channel, taken.flat, taken.contact.phone) == (
        Channel.PHONE,
        "17",
        "+79000000001",
    )
    expect(page.locator("#content")).to_contain_text(taken.number)

    # Nobody waits any more but the call just taken in.
    take_the_next(page, taken.number)
    page.keyboard.press("m")
    expect(page.locator("tbody tr")).to_have_count(3)
    ready(page)
    page.keyboard.press("j")
    expect(page.locator("tbody tr.is-chosen")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url("**/change/**")


def test_letters_typed_into_fields_stay_letters_and_can_be_switched_off(
    live_portal: LivePortal, open_page, make_request, typist: User
):
    make_request(at=timezone.now())
    page = open_page(base_url=live_portal.url, width=1280, height=900)
    log_in(page, typist.email)
    page.keyboard.press("l")
    page.wait_for_url("**/request/")
    page.keyboard.press("/")
    page.keyboard.type("night")
    expect(page.locator("#desk-q")).to_have_value("night")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    tab_to(page, ".desk-keys input")
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.wait_for_timeout(300)
    assert page.url.endswith("/request/")
    assert not Request.objects.exclude(assigned_to=None).exists()
