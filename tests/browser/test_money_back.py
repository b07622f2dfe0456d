"""
From the end of an outage to money on the bill: the chief ends it, a resident is written to, applies
with a photo of the bill, the company grants it in its cabinet, the money is confirmed and counted.
"""

from __future__ import annotations

import re
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.actors import Operator, System
from accounts.models import User
from claims import lifecycle
from claims.calculator.wording import rubles
from claims.incidents import offering
from claims.lifecycle import Details
from claims.links import claim_link
from claims.models import Claim, ClaimPaper
from claims.statuses import ClaimStatus
from claims.totals import publishing
from disclosure.models import Building
from notifications.models import Message
from requests_app import intake
from requests_app.incidents import jobs, opening
from requests_app.models import Category, Request
from tests.browser.test_mass_outage import MATTER, file_a_request, may_sign_in, press
from tests.browser.test_story import sign_in, wait_for_page
from tests.live import LivePortal, wait_for
from tests.requests_app.filing_steps import picture

pytestmark = pytest.mark.browser
EMAIL = "cold@home.example.org"


@pytest.fixture
def house(make_building, company) -> Building:
    # Without a supplier the company answers for heating, too.
    return make_building(company=company, street="ул. Садовая", house="1")


def money_link(letter: EmailMessage) -> str:
    """Return the address of a letter that opens a claim or an offer; "" where it has none."""
    text = letter.get_body(("plain",)).get_content()
    found = re.search(r"https?://\S+/money/\S*\?code=\S+", text)
    return found[0] if found else ""


def won_before(house: Building, desk_id: int, *, count: int) -> None:
    """Let neighbours have won money of the same kind this month."""
    at = timezone.now() - timedelta(hours=46)
    month = timezone.localtime(at).date().replace(day=1)
    desk = Operator(id=desk_id, sees_contacts=True, is_admin=False)
    for flat in range(count):
        item = intake.file(
            intake.NewRequest(
                category=MATTER,
                building=house.pk,
                flat=str(100 + flat),
                description="Холодно",
                contact=intake.Contact(phone=f"+7 900 000-00-0{flat}"),
                consent=True,
            ),
            by=System(),
            at=at,
        ).request
        body = {
            "utility": "heating",
            "month": f"{month:%Y-%m}",
            "charge": "3000",
            "metered": True,
            "intervals": [
                {
                    "kind": "interruption",
                    "start": f"{month}T00:00",
                    "end": f"{month + timedelta(days=5)}T00:00",
                }
            ],
        }
        claim = lifecycle.file(item, body, by=desk, at=at)
        details = Details(credited_in=timezone.localdate().replace(day=1))
        lifecycle.move(claim, ClaimStatus.GRANTED, by=desk, at=at, details=details)
        lifecycle.move(claim, ClaimStatus.PAID, by=desk, at=at)


def fits(page: Page) -> None:
    """Nothing of the page hangs out of a phone's screen."""
    assert page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )


def test_from_the_end_of_an_outage_to_money_on_the_bill(
    live_portal: LivePortal,
    open_page,
    house: Building,
    categories,
    chief: User,
    company_user: User,
):
    mail = live_portal.mailbox
    won_before(house, chief.pk, count=4)
    publishing.refresh(at=timezone.now(), again=True)
    phone = open_page(base_url=live_portal.url)
    phone.goto("/recalculation/won/")
    expect(phone.locator("main")).not_to_contain_text("УК «Причал»")
    number = file_a_request(phone, house, EMAIL)
    started = timezone.now() - timedelta(hours=46)
    incident = opening.open_incident(
        kind="fault",
        utility="heating",
        category=Category.objects.get(slug="ht_none").pk,
        title="Прорыв трубы на Садовой",
        started_at=started,
        buildings=[house.pk],
        requests=list(Request.objects.filter(number=number).values_list("pk", flat=True)),
        by=System(),
        at=timezone.now(),
    )
    jobs.run(at=timezone.now())

    head = open_page(base_url=live_portal.url, width=1280, height=900)
    sign_in(head, may_sign_in(chief).email)
    head.goto(f"/admin/requests_app/incident/{incident.pk}/next/")
    head.locator("#end-signed_on").fill(f"{timezone.localdate():%Y-%m-%d}")
    head.locator("#end-signer").fill("Мастер Фёдоров")
    press(head, "end")
    # What beat does every few seconds is done here at once.
    jobs.run(at=timezone.now())
    assert offering.begin_due(at=timezone.now()) == 1
    offering.run(at=timezone.now())

    offer = wait_for(
        lambda: next((one for one in mail.to(EMAIL) if money_link(one)), None), what="the offer"
    )
    phone.goto(money_link(offer))
    expect(phone).to_have_url(re.compile(rf"/requests/{number}/money/$"))
    main = phone.locator("main")
    expect(main).to_contain_text("46 часов")
    fits(phone)
    phone.get_by_label("Начислено за услугу").fill("3 000,00")
    phone.get_by_label("Есть ли счётчик").select_option("yes")
    phone.get_by_role("button", name="Посчитать по моей квитанции").click()
    wait_for_page(phone)
    # The end of a month parts an outage: the sum is then of one month's hours.
    claimed = main.locator(".found__sum").inner_text()
    assert "₽" in claimed
    sent = picture()
    phone.locator("input[type=file]").set_input_files(
        {"name": "квитанция.jpg", "mimeType": "image/jpeg", "buffer": sent.read()}
    )
    phone.get_by_role("button", name="Отправить заявление").click()
    wait_for_page(phone)
    expect(main).to_contain_text("Заявление отправлено")
    expect(main.locator(".photos img")).to_have_count(1)
    fits(phone)
    claim = Claim.objects.get(of_incident__incident=incident)
    assert claim.papers.get().upload == ClaimPaper.objects.get().upload

    firm = open_page(base_url=live_portal.url, width=1280, height=900)
    sign_in(firm, may_sign_in(company_user).email)
    firm.goto("/cabinet/requests/")
    firm.get_by_role("link", name=re.compile("Требования")).click()
    firm.get_by_role("link", name=re.compile("Отопление")).click()
    expect(firm.locator("main .photos img")).to_have_count(1)
    expect(firm.locator("main")).to_contain_text("Прорыв трубы на Садовой")
    firm.get_by_text("Удовлетворить полностью", exact=True).first.click()
    firm.get_by_role("button", name="Удовлетворить полностью").click()
    wait_for_page(firm)
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.GRANTED

    # So many letters within minutes wait for one another: this one is written, and comes later.
    granted = Message.objects.get(event="claim.grant")
    assert granted.recipient == EMAIL
    phone.goto(claim_link(granted.context["link"]["id"]))
    expect(phone.locator("main")).to_contain_text("Удовлетворено полностью")
    phone.get_by_text("Деньги пришли в квитанции", exact=True).first.click()
    phone.get_by_role("button", name="Деньги пришли в квитанции").click()
    wait_for_page(phone)
    claim.refresh_from_db()
    assert (claim.status, claim.paid_rub) == (ClaimStatus.PAID, claim.amount_rub)

    head.goto(f"/admin/requests_app/incident/{incident.pk}/change/")
    expect(head.locator("main, #content").first).to_contain_text("Из них уже в квитанции")
    publishing.refresh(at=timezone.now(), again=True)
    head.goto("/recalculation/won/")
    # Four won before were too few to be told of; with the fifth they are a group.
    total = sum(Claim.objects.won().values_list("paid_rub", flat=True))
    assert claim.amount_rub < total
    expect(head.locator("main")).to_contain_text(rubles(total).split(" ")[0])
