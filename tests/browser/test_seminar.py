"""A seminar from the sign-up to the certificate; at the door the signal goes, and comes back."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils.timezone import now
from playwright.sync_api import Page, expect

from outreach.models import Attendance, Certificate, Meeting, Seminar, SignUp

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# A browser that reads codes, and a camera that sees one.
CAMERA = """
  window.BarcodeDetector = class { async detect() { return [{ rawValue: window.seen ?? "" }]; } };
  const canvas = document.createElement("canvas");
  canvas.getContext("2d");
  const media = { getUserMedia: async () => canvas.captureStream() };
  Object.defineProperty(navigator, "mediaDevices", { value: media });
"""


@pytest.fixture
def seminar() -> Seminar:
    starts = now() + timedelta(hours=5)
    made = Seminar.objects.create(
        title="Как читать квитанцию", topic="bills", about="Построчно.", speaker="Юрист",
        place="кабинет 7", capacity=10, closes_at=starts - timedelta(hours=1), state="open",
    )  # fmt: skip
    Meeting.objects.create(seminar=made, starts_at=starts, ends_at=starts + timedelta(hours=2))
    return made


def person(seminar: Seminar, seat: int, name: str) -> SignUp:
    return SignUp.objects.create(
        seminar=seminar, seat=seat, state="seated", code=f"PASS2{seat}", name=name,
        email=f"{seat}@example.org", made_at=now(),
    )  # fmt: skip


def sign_in(page: Page, user, url: str) -> None:
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": url}])


def begin(seminar: Seminar) -> None:
    at = now() - timedelta(minutes=10)
    Meeting.objects.filter(seminar=seminar).update(starts_at=at, ends_at=at + timedelta(hours=2))


def test_signed_up_checked_in_without_a_signal_and_confirmed(
    open_page, live_server, operator, seminar
):
    other = person(seminar, 9, "Борисов Борис")
    resident = open_page(base_url=live_server.url)
    resident.goto("/seminars/")
    resident.get_by_role("link", name="Как читать квитанцию").click()
    resident.get_by_role("link", name="Записаться").click()
    # Nothing filled in: told beside the fields.
    resident.get_by_role("button", name="Записаться").click()
    expect(resident.get_by_role("alert").first).to_contain_text("Проверьте")
    resident.get_by_label("Фамилия, имя, отчество").fill("Ким Анна Ивановна")
    resident.get_by_label("Электронная почта").fill("anna@example.org")
    resident.get_by_label("Я согласен").check()
    resident.get_by_role("button", name="Записаться").click()
    expect(resident.locator(".pass__code svg")).to_be_visible()
    code = resident.locator(".pass__word strong").inner_text()
    own = resident.url

    begin(seminar)
    door = open_page(base_url=live_server.url)
    sign_in(door, operator, live_server.url)
    door.goto(f"/seminars/{seminar.pk}/check-in/")
    expect(door.locator("[data-check-in-count]")).to_have_text("0")
    door.context.set_offline(True)
    door.get_by_label("Код пропуска").fill(code.lower())
    door.get_by_role("button", name="На месте", exact=True).click()
    expect(door.locator("[data-check-in-count]")).to_have_text("1")
    door.locator(f"[data-sign-up='{other.uid}'] button").click()
    door.locator("[data-walk-in]").get_by_label("Фамилия").fill("Прохожий Пётр")
    door.locator("[data-walk-in]").get_by_label("Согласен").check()
    door.get_by_role("button", name="Записать и отметить").click()
    state = door.locator("[data-check-in-state]")
    expect(state).to_contain_text("ждёт связи на этом телефоне: 3")
    assert not Attendance.objects.exists()
    # Of who signed up nothing but a number and a time is kept.
    kept = door.evaluate("() => JSON.stringify({ ...localStorage })")
    assert "Ким" not in kept
    assert "anna@example.org" not in kept
    # Pressed by mistake, taken back before the signal is there.
    door.locator(f"[data-sign-up='{other.uid}'] button").click()
    door.context.set_offline(False)
    expect(state).to_have_text("Всё отправлено")
    came = Attendance.objects.order_by("sign_up__name").values_list("sign_up__name", flat=True)
    assert list(came) == ["Ким Анна Ивановна", "Прохожий Пётр"]
    assert (
        door.evaluate("() => Object.keys(localStorage).filter((k) => /check-in|walk-in/.test(k))")
        == []
    )
    door.reload()
    expect(door.locator("[data-check-in-count]")).to_have_text("2")
    assert Attendance.objects.count() == 2

    door.get_by_role("button", name="Завершить семинар").click()
    door.get_by_role("dialog").get_by_role("button", name="Завершить семинар").click()
    expect(door.locator("#messages")).to_contain_text("завершён")
    resident.goto(own)
    number = Certificate.objects.get(sign_up__email="anna@example.org").number
    expect(resident.get_by_role("link", name=number)).to_be_visible()
    resident.get_by_text("5", exact=True).click()
    resident.get_by_label("Что нам сделать лучше?").fill("Больше примеров")
    resident.get_by_role("button", name="Отправить").click()
    expect(resident.locator("#messages")).to_contain_text("Спасибо")

    stranger = open_page(base_url=live_server.url)
    stranger.goto("/seminars/certificates/")
    stranger.get_by_label("Номер свидетельства").fill(number.replace("-", " ").lower())
    stranger.get_by_role("button", name="Проверить").click()
    expect(stranger.locator("main")).to_contain_text("Свидетельство действительно")
    expect(stranger.locator("main")).to_contain_text("К. А. И.")
    expect(stranger.locator("main")).not_to_contain_text("Анна")


def test_a_lost_session_keeps_the_marks_until_somebody_signs_in_again(
    open_page, live_server, operator, seminar
):
    row = person(seminar, 1, "Борисов Борис")
    door = open_page(base_url=live_server.url)
    sign_in(door, operator, live_server.url)
    door.goto(f"/seminars/{seminar.pk}/check-in/")
    door.context.clear_cookies(name="sessionid")
    door.locator(f"[data-sign-up='{row.uid}'] button").click()
    expect(door.locator("[data-check-in-state]")).to_contain_text("Войдите снова")
    sign_in(door, operator, live_server.url)
    door.reload()
    expect(door.locator("[data-check-in-state]")).to_have_text("Всё отправлено")
    assert Attendance.objects.get().sign_up == row


def test_the_camera_reads_a_pass_and_an_unknown_one_is_told(
    open_page, live_server, operator, seminar
):
    person(seminar, 1, "Борисов Борис")
    door = open_page(base_url=live_server.url)
    door.add_init_script(CAMERA)
    sign_in(door, operator, live_server.url)
    door.goto(f"/seminars/{seminar.pk}/check-in/")
    door.get_by_role("button", name="Сканировать пропуска").click()
    door.evaluate("() => { window.seen = 'https://x.example/seminars/1/check-in/?code=PASS21' }")
    expect(door.locator("[data-check-in-count]")).to_have_text("1")
    door.evaluate("() => { window.seen = 'https://x.example/?code=NOBODY' }")
    expect(door.locator("[data-check-in-state]")).to_contain_text("нет такого кода")
    assert Attendance.objects.count() == 1


def test_the_door_works_without_scripts(open_page, live_server, operator, seminar):
    row = person(seminar, 1, "Борисов Борис")
    door = open_page(base_url=live_server.url, java_script_enabled=False)
    sign_in(door, operator, live_server.url)
    door.goto(f"/seminars/{seminar.pk}/check-in/?code={row.code}")
    door.get_by_role("button", name="На месте", exact=True).click()
    expect(door.locator("main")).to_contain_text(re.compile("1 на месте"))
    door.get_by_role("button", name="Борисов Борис").click()
    expect(door.locator("main")).to_contain_text(re.compile("0 на месте"))
    door.get_by_label("Фамилия, имя, отчество").fill("Прохожий Пётр")
    door.get_by_label("Согласен").check()
    door.get_by_role("button", name="Записать и отметить").click()
    expect(door.locator("main")).to_contain_text(re.compile("1 на месте, всего в списке 2"))
    assert Attendance.objects.count() == 1


def test_whoever_signs_out_is_told_of_marks_not_sent_and_leaves_none_behind(
    open_page, live_server, operator, seminar
):
    row = person(seminar, 1, "Борисов Борис")
    door = open_page(base_url=live_server.url)
    sign_in(door, operator, live_server.url)
    door.goto(f"/seminars/{seminar.pk}/check-in/")
    # The server is out of reach, the pages are not.
    door.route("**/check-in/marks/", lambda route: route.abort())
    door.locator(f"[data-sign-up='{row.uid}'] button").click()
    expect(door.locator("[data-check-in-state]")).to_contain_text("ждёт связи")
    door.goto("/accounts/profile/")
    door.get_by_role("button", name="Выйти").click()
    dialog = door.get_by_role("dialog")
    expect(dialog).to_contain_text("Отметок семинара")
    dialog.get_by_role("button", name="Выйти").click()
    door.wait_for_url(lambda url: "/profile/" not in url)
    left = door.evaluate(
        "() => Object.keys(localStorage).filter((k) => /^(check|walk)-in/.test(k))"
    )
    assert left == []
