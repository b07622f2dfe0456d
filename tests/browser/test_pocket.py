"""The portal in a pocket: installable, open without a signal, nothing left after signing out."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from requests_app.models import Attachment, Request
from tests.browser.waiting import until
from tests.live import LivePortal, wait_for

pytestmark = pytest.mark.browser

PASSWORD = "a long password"
OFFLINE = "/requests/offline/"


def photo(colour: str) -> dict[str, object]:
    """Return a picture as a phone would send it."""
    picture = io.BytesIO()
    Image.new("RGB", (800, 600), colour).save(picture, "JPEG")
    return {"name": f"{colour}.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}


@pytest.fixture
def page(open_page, live_portal: LivePortal) -> Iterator[Page]:
    """Give a phone that has opened the portal once and has its service worker."""
    page = open_page(base_url=live_portal.url)
    page.goto("/")
    have_worker(page)
    yield page
    page.context.close()
    # Its worker may have asked for something last: the tables are emptied when all is answered.
    wait_for(is_quiet, what="the portal's rest")


def is_quiet() -> bool:
    """Tell whether no other connection is inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
        )
        return cursor.fetchone()[0] == 0


def have_worker(page: Page) -> None:
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    until(page, "navigator.serviceWorker.controller !== null")


def sign_in(page: Page, email: str) -> None:
    person = User.objects.create(
        email=email,
        name="Анна Петрова",
        # The tests' own hasher is one that the portal does not take.
        password=PBKDF2PasswordHasher().encode(PASSWORD, "salt", 1000),
    )
    EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    page.goto("/accounts/login/")
    page.locator("main details > summary").click()
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


def write(page: Page, address: str) -> None:
    """Fill in the page for filing without a signal."""
    page.get_by_label("Где: улица и дом").fill(address)
    page.get_by_label("Квартира").fill("12")
    page.get_by_label("О чём вопрос").select_option("ht_riser")
    page.get_by_label("Что произошло?").fill("Батарея в комнате холодная")
    page.get_by_label("Электронная почта").fill("anna@home.example.org")
    page.get_by_label("Я согласен на обработку").check()


def sent(page: Page) -> Locator:
    """Return the number of a request of the phone's list that has gone out."""
    return page.locator("[data-device-drafts] [data-number]")


def kept_pages(page: Page) -> dict[str, list[str]]:
    """Return what the caches hold, by their names."""
    return page.evaluate(
        """async () => Object.fromEntries(await Promise.all((await caches.keys()).map(
            async (name) => [name, (await (await caches.open(name)).keys()).map(
                (request) => new URL(request.url).pathname)])))"""
    )


def drafts(page: Page) -> list[dict]:
    return page.evaluate("deviceDrafts.mine()")


def test_a_phone_may_install_it_and_no_other_host_is_asked(page, live_portal):
    client = page.context.new_cdp_session(page)
    hosts = set()
    page.on("request", lambda asked: hosts.add(urlsplit(asked.url).netloc))
    page.goto("/")
    page.wait_for_load_state("networkidle")
    manifest = client.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert json.loads(manifest["data"])["display"] == "standalone"
    # Of all that Chromium asks for, only what this way of opening pages cannot give is missing.
    missing = {
        one["errorId"]
        for one in client.send("Page.getInstallabilityErrors")["installabilityErrors"]
    }
    assert missing <= {"in-incognito"}
    assert hosts == {urlsplit(live_portal.url).netloc}


def test_it_opens_without_a_signal_and_looks_like_itself(page, live_portal):
    page.goto("/guides/")
    live_portal.kill("web")
    page.goto("/guides/")
    expect(page.get_by_role("status")).to_contain_text("Нет связи")
    # A page never seen gives way to the one that works here.
    failed = []
    page.on("requestfailed", lambda asked: failed.append(asked.url))
    page.goto("/seminars-never-seen/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Написать без связи")
    expect(page.get_by_role("button", name="Отправить")).to_be_visible()
    colour = page.locator(".header").evaluate("(box) => getComputedStyle(box).backgroundColor")
    assert colour == "rgb(12, 74, 90)"
    assert [one for one in failed if "/static/" in one] == []


def test_a_request_written_without_a_signal_goes_out_once(page, live_portal, make_building):
    house = make_building(street="ул. Садовая", house="5")
    page.goto(OFFLINE)
    live_portal.kill("web")
    page.context.set_offline(True)
    page.reload()
    write(page, "садовая 5")
    page.get_by_label("Добавить фотографии").set_input_files([photo("red"), photo("blue")])
    page.get_by_role("button", name="Отправить").click()
    expect(page.get_by_text("Ждёт связи")).to_be_visible()
    # The phone is put away: the page is closed and opened again, still without a signal.
    page.reload()
    expect(page.get_by_text("Ждёт связи")).to_be_visible()
    assert not Request.objects.exists()

    live_portal.restart("web")
    wait_for(live_portal._answers, what="the web server's return")
    page.context.set_offline(False)
    page.reload()
    expect(sent(page)).to_be_visible(timeout=30_000)
    # Both the page and the worker had their try, and another visit has one more.
    page.goto("/")
    page.goto(OFFLINE)
    page.wait_for_load_state("networkidle")
    filed = Request.objects.get()
    assert filed.building == house
    assert filed.channel == "web"
    assert Attachment.objects.filter(request=filed).count() == 2
    # Words, photos and contact have left the phone with it.
    assert set(drafts(page)[0]) == {"id", "owner", "written", "state", "number", "url"}
    page.get_by_role("link", name="Следить за заявкой").click()
    expect(page.get_by_text(filed.number).first).to_be_visible()


def test_an_address_of_two_houses_is_asked_about_not_guessed(page, make_building):
    make_building(street="ул. Садовая", house="5")
    right = make_building(street="ул. Садовая", house="5 к. 1")
    page.goto(OFFLINE)
    write(page, "садовая")
    page.get_by_role("button", name="Отправить").click()
    expect(page.get_by_text("Какой это дом?")).to_be_visible(timeout=30_000)
    assert not Request.objects.exists()
    page.get_by_role("button", name=right.address).click()
    expect(sent(page)).to_be_visible(timeout=30_000)
    assert Request.objects.get().building == right


def test_what_the_portal_refuses_comes_back_to_be_mended(page, make_building):
    make_building(street="ул. Садовая", house="5")
    page.goto(OFFLINE)
    write(page, "ул. Садовая, 5")
    page.get_by_label("Электронная почта").fill("anna@home")
    page.get_by_role("button", name="Отправить").click()
    mend = page.get_by_role("button", name="Исправить")
    expect(mend).to_be_visible(timeout=30_000)
    mend.click()
    expect(page.get_by_label("Что произошло?")).to_have_value("Батарея в комнате холодная")
    page.get_by_label("Электронная почта").fill("anna@home.example.org")
    page.get_by_role("button", name="Отправить").click()
    expect(sent(page)).to_be_visible(timeout=30_000)
    assert Request.objects.count() == 1


def test_a_gap_is_named_before_anything_is_kept(page):
    page.goto(OFFLINE)
    page.get_by_role("button", name="Отправить").click()
    expect(page.get_by_text("Напишите улицу и дом.")).to_be_visible()
    expect(page.get_by_label("Где: улица и дом")).to_be_focused()
    assert drafts(page) == []


def test_signing_out_leaves_nothing_of_a_person_on_the_phone(page, make_building):
    sign_in(page, "anna@home.example.org")
    page.goto("/requests/mine/")
    until(page, "caches.keys().then((names) => names.some((one) => one.startsWith('own-')))")
    page.goto(OFFLINE)
    write(page, "улица, которой нет, 77")
    page.get_by_role("button", name="Отправить").click()
    expect(page.get_by_text("Какой это дом?")).to_be_visible(timeout=30_000)
    page.goto("/accounts/profile/")
    page.get_by_role("button", name="Выйти").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("неотправленные заявки: 1")
    dialog.get_by_role("button", name="Выйти").click()
    page.wait_for_url(lambda url: "/accounts/profile/" not in url)
    until(page, "caches.keys().then((names) => !names.some((one) => one.startsWith('own-')))")
    assert drafts(page) == []
    everything = [path for paths in kept_pages(page).values() for path in paths]
    assert "/requests/mine/" not in everything
    assert "/accounts/profile/" not in everything


def test_another_reader_finds_no_page_and_no_draft_of_the_first(page):
    sign_in(page, "anna@home.example.org")
    page.goto("/requests/mine/")
    until(page, "caches.keys().then((names) => names.some((one) => one.startsWith('own-')))")
    page.evaluate(
        "deviceDrafts.reader().then((owner) => deviceDrafts.keep("
        "{id: 'x', owner, written: 1, state: 'house', choices: [], photos: []}))"
    )
    # The session ends without a word: its cookie is gone.
    page.context.clear_cookies()
    page.goto("/")
    until(page, "caches.keys().then((names) => !names.some((one) => one.startsWith('own-')))")
    assert drafts(page) == []
    sign_in(page, "boris@home.example.org")
    assert drafts(page) == []


def test_a_request_opened_by_its_code_is_not_kept_in_a_plain_browser(page, make_request):
    item = make_request()
    page.goto(f"/requests/{item.number}/")
    page.goto("/requests/mine/")
    page.wait_for_load_state("networkidle")
    everything = [path for paths in kept_pages(page).values() for path in paths]
    assert "/requests/mine/" not in everything


def test_photos_shared_from_another_app_wait_in_the_form(page):
    page.goto("/")
    page.evaluate(
        """() => {
            const form = document.createElement("form");
            form.method = "post"; form.enctype = "multipart/form-data";
            form.action = "/requests/share/";
            const files = document.createElement("input");
            files.type = "file"; files.name = "photos"; files.multiple = true; files.id = "shared";
            const text = document.createElement("input");
            text.name = "text"; text.value = "Течёт с потолка";
            form.append(files, text); document.body.append(form);
        }"""
    )
    page.locator("#shared").set_input_files([photo("red"), photo("green")])
    with page.expect_navigation():
        page.evaluate("document.getElementById('shared').form.submit()")
    expect(page.get_by_role("heading", level=1)).to_have_text("Написать без связи")
    expect(page.get_by_text("red.jpg")).to_be_visible()
    expect(page.get_by_text("green.jpg")).to_be_visible()
    expect(page.get_by_label("Что произошло?")).to_have_value("Течёт с потолка")


def test_a_push_message_is_shown_and_opens_its_page(page, live_portal):
    page.context.grant_permissions(["notifications"])
    client = page.context.new_cdp_session(page)
    registrations: list[dict] = []
    client.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registrations.extend(event["registrations"]),
    )
    client.send("ServiceWorker.enable")
    wait_for(lambda: registrations or page.wait_for_timeout(50), what="the worker's registration")
    client.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": live_portal.url,
            "registrationId": registrations[0]["registrationId"],
            "data": json.dumps(
                {"title": "Заявка 26-000123", "body": "Принята в работу", "url": "/requests/mine/"}
            ),
        },
    )
    shown = page.evaluate(
        """async () => {
            const ready = await navigator.serviceWorker.ready;
            for (let tries = 0; tries < 100; tries++) {
                const found = await ready.getNotifications();
                const seen = ({title, body, data}) => ({title, body, url: data.url});
                if (found.length) return found.map(seen);
                await new Promise((done) => setTimeout(done, 50));
            }
            return [];
        }"""
    )
    assert shown == [
        {
            "title": "Заявка 26-000123",
            "body": "Принята в работу",
            "url": "/requests/mine/",
        }
    ]
