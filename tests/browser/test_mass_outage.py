"""
A mass outage as a city lives it: neighbours file, the desk sees a burst and opens the incident with
one press, news and the end reach everybody, and who is still cold objects and is worked on again.
"""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from disclosure.models import Building
from requests_app.incidents import bursts_watch, jobs
from requests_app.models import Incident, IncidentProposal, Request
from requests_app.statuses import Status
from tests.browser.test_story import PASSWORD, link_in, sign_in, wait_for_page
from tests.live import LivePortal

pytestmark = pytest.mark.browser
MATTER = "ht_none"
CALLERS = 4


@pytest.fixture
def street(make_building, company, supplier) -> list[Building]:
    at = {"company": company, "supplier": supplier, "street": "ул. Садовая"}
    return [make_building(**at, house=str(number)) for number in range(1, CALLERS + 2)]


def may_sign_in(user: User) -> User:
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    # The running portal knows no hurried hash of the tests.
    hasher = PBKDF2PasswordHasher()
    user.password = hasher.encode(PASSWORD, hasher.salt())
    user.save(update_fields=["password"])
    return user


def go_on(page: Page) -> None:
    page.locator("main").get_by_role("button", name="Дальше").last.click()


def leave_contact_and_send(page: Page, email: str) -> str:
    """Fill in the last steps and return the request's number."""
    page.get_by_label("Электронная почта").fill(email)
    page.get_by_label("Я согласен").check()
    go_on(page)
    page.get_by_role("button", name="Отправить").click()
    expect(page.locator("main")).to_contain_text("Заявка принята")
    number = re.search(r"\d\d-\d{6}", page.locator("main").inner_text())
    assert number
    return number[0]


def file_a_request(page: Page, house: Building, email: str) -> str:
    page.goto(f"/requests/new/?building={house.pk}&category={MATTER}")
    page.get_by_label("Квартира").fill("7")
    go_on(page)
    page.get_by_label("Что произошло?").fill("Батареи остыли во всех комнатах")
    go_on(page)
    return leave_contact_and_send(page, email)


def press(page: Page, do: str) -> None:
    """Press the button of one form of «What follows»."""
    page.locator(f"button[name=do][value={do}]").click()
    wait_for_page(page)
    expect(page.locator(".messagelist .success")).to_be_visible()


def test_from_cold_neighbours_to_an_objection(
    live_portal: LivePortal, open_page, street: list[Building], operator: User, chief: User
):
    mail = live_portal.mailbox
    emails = [f"neighbour{n}@home.example.org" for n in range(CALLERS)]
    for house, email in zip(street, emails, strict=False):
        phone = open_page(base_url=live_portal.url)
        file_a_request(phone, house, email)
    # What beat does every few seconds is done here at once.
    bursts_watch.listen(at=timezone.now())
    assert IncidentProposal.objects.count() == 1

    desk = open_page(base_url=live_portal.url, width=1280, height=900)
    sign_in(desk, may_sign_in(operator).email)
    desk.goto("/admin/requests_app/request/")
    desk.get_by_role("link", name=re.compile("ждёт решения")).click()
    desk.locator(".proposals h2 a").click()
    expect(desk.locator(".proposals__houses li")).to_have_count(CALLERS)
    desk.locator("button[name=houses][value=street]").click()
    wait_for_page(desk)
    incident = Incident.objects.get()
    assert incident.requests.count() == CALLERS
    assert incident.buildings.count() == len(street)
    jobs.run(at=timezone.now())
    for email in emails:
        mail.wait_for(email, 2)

    # A neighbour who comes later joins with one press and writes nothing twice.
    late = open_page(base_url=live_portal.url)
    late.goto(f"/requests/new/?building={street[-1].pk}")
    late.get_by_label("Квартира").fill("9")
    late.get_by_role("button", name=re.compile("Присоединиться")).click()
    leave_contact_and_send(late, "late@home.example.org")
    emails.append("late@home.example.org")
    assert incident.requests.count() == CALLERS + 1

    head = open_page(base_url=live_portal.url, width=1280, height=900)
    sign_in(head, may_sign_in(chief).email)
    head.goto(f"/admin/requests_app/incident/{incident.pk}/change/")
    head.get_by_role("link", name=re.compile("Сообщить новость")).click()
    head.locator("#news-text").fill("Меняют трубу на вводе")
    press(head, "news")
    jobs.run(at=timezone.now())
    for email in emails:
        found = mail.wait_for(email, 3 if email != emails[-1] else 2)[-1]
        assert "Меняют трубу" in found.get_body(("plain",)).get_content()
    everybody = open_page(base_url=live_portal.url)
    everybody.goto(f"/outages/{incident.pk}/")
    expect(everybody.locator("main")).to_contain_text("Меняют трубу на вводе")
    assert "example.org" not in everybody.content()

    head.locator("#end-signed_on").fill(f"{timezone.localdate():%Y-%m-%d}")
    head.locator("#end-signer").fill("Мастер Фёдоров")
    head.locator("#end-text").fill("Трубу заменили, тепло подано")
    press(head, "end")
    jobs.run(at=timezone.now())
    assert set(incident.requests.values_list("status", flat=True)) == {Status.DONE}
    head.reload()
    expect(head.locator("section[aria-labelledby=jobs]")).to_contain_text(
        f"{CALLERS + 1} из {CALLERS + 1}"
    )

    # One is still cold: the letter's link, a press, a few words.
    cold = Request.objects.get(contact__email=emails[0])
    filed_at = cold.registered_at
    letters = mail.wait_for(emails[0], 4)
    owner = open_page()
    owner.goto(link_in(letters[-1]))
    expect(owner.locator("main")).to_contain_text("Трубу заменили, тепло подано")
    owner.get_by_role("link", name="Нет, не исправлено").click()
    owner.locator("main textarea").fill("У нас по-прежнему холодно")
    owner.locator("main form button[type=submit]").first.click()
    expect(owner.locator("#story .chip").first).to_have_text("Снова в работе")
    cold.refresh_from_db()
    assert (cold.status, cold.reopened_count) == (Status.REOPENED, 1)
    assert cold.registered_at == filed_at
    others = Request.objects.exclude(pk=cold.pk).values_list("status", flat=True)
    assert set(others) == {Status.DONE}
    # Told of everything once: filed, opened, news, over; nothing more waits.
    jobs.run(at=timezone.now())
    assert len(mail.to(emails[1])) == 4
