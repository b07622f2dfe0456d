"""A call answered by keyboard alone, and a resident who finds the answer without filing."""

from __future__ import annotations

from datetime import time

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from outreach.models import Call, CallBack, Guide, HotlineHours, Opinion, Outcome
from requests_app.models import Request
from tests.live import LivePortal

pytestmark = pytest.mark.browser
# What an unhurried typist needs: for a sign of a word, and for a key that is looked for.
SIGN_SECONDS, KEY_SECONDS = 0.3, 1.5


@pytest.fixture
def guides(categories, live_portal: LivePortal) -> dict[str, Guide]:
    call_command("load_guides", verbosity=0)
    return {guide.slug: guide for guide in Guide.objects.all()}


class Keyboard:
    """Presses keys as a person does, and adds up how long that takes."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys = 0
        self.seconds = 0.0

    def press(self, key: str) -> None:
        self.keys += 1
        self.seconds += KEY_SECONDS
        self.page.keyboard.press(key)

    def type(self, words: str) -> None:
        self.seconds += SIGN_SECONDS * len(words)
        self.page.keyboard.type(words)


def sign_in(page: Page, user: User, portal: LivePortal) -> None:
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": portal.url}])


def test_an_operator_answers_a_call_by_keyboard_in_under_a_minute(
    live_portal: LivePortal, open_page, guides, operator: User
):
    page = open_page(base_url=live_portal.url, width=1280, height=900)
    page.on("pageerror", lambda wrong: pytest.fail(str(wrong)))
    sign_in(page, operator, live_portal)
    page.goto("/admin/requests_app/request/queue/")
    page.wait_for_load_state("networkidle")
    hands = Keyboard(page)

    hands.press("c")
    expect(page.locator("#call-phone")).to_be_focused()
    hands.type("89000000001")
    hands.press("Enter")
    expect(page.locator("#call-asked")).to_be_focused()
    expect(page.locator("#call-caller")).to_contain_text("звонят впервые")
    hands.type("холодные батареи в комнате")
    first = page.locator("#call-guides label").first
    expect(first).to_contain_text(guides["cold-flat"].title)
    hands.press("Enter")
    expect(page.locator("#call-answer")).to_have_value(guides["cold-flat"].summary)
    expect(page.locator("#call-answer")).to_be_focused()
    hands.press("Control+Enter")
    expect(page.locator(".messagelist")).to_contain_text("Звонок записан")

    call = Call.objects.get()
    assert (call.phone, call.outcome) == ("+79000000001", Outcome.ANSWERED)
    assert (call.topic, list(call.guides.all())) == ("utilities", [guides["cold-flat"]])
    assert (hands.keys, hands.seconds < 60) == (4, True), hands.seconds
    assert call.seconds is not None
    assert call.seconds < 60


def test_a_resident_finds_the_answer_without_filing(
    live_portal: LivePortal, open_page, guides: dict[str, Guide]
):
    page = open_page(base_url=live_portal.url)
    page.goto("/")
    page.get_by_role("searchbox", name="Что случилось или что вы хотите узнать?").fill(
        "пришел чужой долг в квитанции"
    )
    page.get_by_role("button", name="Найти ответ").click()
    page.get_by_role("link", name=guides["wrong-charge"].title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(guides["wrong-charge"].title)
    expect(page.locator("main")).to_contain_text(guides["wrong-charge"].summary)
    page.get_by_role("button", name="Да, помогло").click()
    expect(page.locator("main")).to_contain_text("Вы ответили: помогло")
    assert Opinion.objects.get().helped
    assert not Request.objects.exists()


def test_a_resident_books_a_call_from_a_phone_and_cancels_it(live_portal: LivePortal, open_page):
    for weekday in range(7):
        HotlineHours.objects.create(
            weekday=weekday, opens=time(8), closes=time(20), first_day=timezone.localdate()
        )
    page = open_page(base_url=live_portal.url)
    page.goto("/consultations/")
    page.get_by_role("link", name="Выбрать время").click()
    page.locator("nav .times a").nth(1).click()
    page.locator(".quarter").nth(3).click()
    page.get_by_role("textbox", name="Телефон").fill("8 900 000-00-01")
    page.get_by_label("О чём").select_option("bills")
    page.get_by_label("Согласен, что мой телефон").check()
    page.get_by_role("button", name="Записаться на звонок").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ваш звонок")
    expect(page.locator("main")).to_contain_text("0001")
    assert CallBack.objects.get().state == "booked"
    page.get_by_role("button", name="Отменить звонок").click()
    page.get_by_role("dialog").get_by_role("button", name="Отменить звонок").click()
    expect(page.locator("main")).to_contain_text("отменён")
    assert CallBack.objects.get().state == "cancelled"
