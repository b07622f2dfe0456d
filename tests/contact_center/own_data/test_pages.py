"""The pages: who opens them, what they ask first, the letter's link, and the desk's way."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from urllib.parse import unquote

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Permission
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now

from accounts.models import User
from accounts.signed_links import SignedLinks
from contact_center.own_data import erasing
from contact_center.own_data.models import Erasure, ErasureState
from contact_center.own_data.recent import WITHIN
from contact_center.own_data.views import COPIES_A_DAY
from notifications.models import Message
from requests_app.models import Request
from requests_app.statuses import Status
from tests.contact_center.own_data.planting import a_request

pytestmark = pytest.mark.django_db
PAGE, COPY, CLOSE = "/accounts/data/", "/accounts/data/copy/", "/accounts/data/close/"


def signed_in(user: User, *, ago: timedelta = timedelta()) -> Client:
    """Return the browser of somebody who proved who they are so long ago."""
    browser = Client()
    browser.force_login(user)
    session = browser.session
    session["account_authentication_methods"] = [
        {"method": "code", "at": time.time() - ago.total_seconds()}
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return browser


def way_of(answer: HttpResponse) -> str:
    return unquote(answer["Location"])


def letter_link() -> str:
    text = Message.objects.get(event="account.email.erasure_asked").context["paragraphs"]
    (path,) = re.findall(r"/accounts/data/call-off/\S+", " ".join(text))
    return str(path)


def test_page_counts_what_is_kept_in_so_many_queries(anna, planted, make_request):
    browser = signed_in(anna)

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            page = browser.get(PAGE)
        assert page.status_code == 200
        return len(asked)

    few = cost()
    planted(anna, "zqanna")
    assert cost() == few
    text = browser.get(PAGE).content.decode()
    assert "Заявки" in text
    assert "zqboris" not in text


def test_copy_comes_as_a_file_to_who_has_just_signed_in(anna, planted):
    planted(anna, "zqanna")
    answer = signed_in(anna).post(COPY)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/zip"
    assert "attachment" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    assert b"".join(answer.streaming_content).startswith(b"PK")


def test_copy_is_not_given_by_a_link(anna):
    assert signed_in(anna).get(COPY).status_code == 405


@pytest.mark.parametrize("address", [COPY, CLOSE])
def test_browser_left_open_must_prove_again(anna, address):
    browser = signed_in(anna, ago=WITHIN + timedelta(minutes=1))
    answer = browser.post(address, {"email": anna.email})
    assert answer.status_code == 302
    assert way_of(answer) == f"/accounts/data/again/?next={CLOSE if address == CLOSE else PAGE}"
    assert not Erasure.objects.exists()
    again = browser.post("/accounts/data/again/", {"next": CLOSE})
    assert way_of(again) == f"/accounts/login/?next={CLOSE}"
    assert "_auth_user_id" not in browser.session


def test_way_back_leads_nowhere_else(anna):
    answer = signed_in(anna).post("/accounts/data/again/", {"next": "https://evil.example.org/"})
    assert way_of(answer) == f"/accounts/login/?next={PAGE}"


def test_who_has_a_password_is_asked_for_it(anna):
    anna.set_password("a long password of anna")
    anna.save()
    answer = signed_in(anna, ago=WITHIN * 2).post(COPY)
    assert way_of(answer) == f"/accounts/reauthenticate/?next={PAGE}"


def test_code_by_mail_opens_the_copy(anna, mailed_code):
    EmailAddress.objects.create(user=anna, email=anna.email, verified=True, primary=True)
    browser = Client()
    browser.post("/accounts/login/code/", {"email": anna.email})
    browser.post("/accounts/login/code/confirm/", {"code": mailed_code()})
    assert browser.post(COPY).status_code == 200


@pytest.fixture
def mailed_code():
    def code() -> str:
        return str(Message.objects.latest("pk").context["code"])

    return code


def test_copies_are_a_few_a_day(anna):
    browser = signed_in(anna)
    for _time in range(COPIES_A_DAY):
        assert browser.post(COPY).status_code == 200
    refused = browser.post(COPY)
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    # Counted by account, not by browser.
    assert signed_in(anna).post(COPY).status_code == 429


def test_closing_takes_the_own_address_and_says_when(anna, boris):
    browser = signed_in(anna)
    wrong = browser.post(CLOSE, {"email": boris.email})
    assert wrong.status_code == 200
    assert "Это не адрес этого аккаунта" in wrong.content.decode()
    assert not Erasure.objects.exists()
    before = now()
    assert browser.post(CLOSE, {"email": f" {anna.email.upper()} "})["Location"] == PAGE
    row = Erasure.objects.get()
    assert (row.user, row.asked_by, row.state) == (anna, None, ErasureState.ASKED)
    assert row.due_at - before >= timedelta(days=3)
    assert "Аккаунт будет закрыт" in browser.get(PAGE).content.decode()
    # Until then everything works.
    assert browser.get("/accounts/profile/").status_code == 200


def test_page_of_closing_names_what_stays_and_by_which_norm(anna, make_request):
    item = a_request(anna, "zqanna", make_request=make_request, status=Status.ACCEPTED)
    text = signed_in(anna).get(CLOSE).content.decode()
    assert item.number in text
    assert "152-ФЗ" in text


def test_queries_of_closing_do_not_grow(anna, make_request):
    browser = signed_in(anna)

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(CLOSE).status_code == 200
        return len(asked)

    a_request(anna, "zqanna", make_request=make_request, status=Status.ACCEPTED)
    one = cost()
    for _more in range(3):
        a_request(anna, "zqanna", make_request=make_request, status=Status.ACCEPTED)
    assert Request.objects.filter(resident=anna).count() == 4
    assert cost() == one


def test_link_of_the_letter_opens_a_page_whose_button_calls_off(anna):
    erasing.ask(anna, at=now())
    link = letter_link()
    stranger = Client()
    assert stranger.get(link).status_code == 200
    # A mail scanner that follows links has changed nothing.
    assert Erasure.objects.get().state == ErasureState.ASKED
    text = stranger.post(link).content.decode()
    assert "Ваш аккаунт остаётся" in text
    assert Erasure.objects.get().state == ErasureState.CALLED_OFF
    # Pressed twice, and read again, it says the same.
    assert "Ваш аккаунт остаётся" in stranger.post(link).content.decode()


def test_old_link_does_not_call_off_a_new_wish(anna):
    first = erasing.ask(anna, at=now())
    link = erasing.link_of(first)
    erasing.call_off(first.pk, at=now())
    second = erasing.ask(anna, at=now())
    Client().post(link)
    second.refresh_from_db()
    assert second.state == ErasureState.ASKED


def test_link_of_another_account_is_not_found(anna, boris):
    link = erasing.link_of(erasing.ask(anna, at=now()))
    browser = signed_in(boris)
    assert browser.get(link).status_code == 404
    assert browser.post(link).status_code == 404
    assert Erasure.objects.get().state == ErasureState.ASKED


def test_forged_links_open_nothing(anna):
    row = erasing.ask(anna, at=now())
    token = erasing.LINKS.token_of(row.pk)
    forged = [
        f"{row.pk}",
        token[:-1] + ("a" if token[-1] != "a" else "b"),
        SignedLinks("outreach.call_back").token_of(row.pk),
        erasing.LINKS.token_of(row.pk + 1_000),
        erasing.LINKS.token_of("x"),
    ]
    for one in forged:
        path = reverse("own_data:call_off", args=[one])
        assert Client().get(path).status_code == 404
        assert Client().post(path).status_code == 404
    assert Erasure.objects.get().state == ErasureState.ASKED


def test_after_the_erasure_the_link_says_that_it_is_late(anna):
    row = erasing.ask(anna, at=now() - timedelta(days=4))
    erasing.run_due(at=now())
    page = Client().post(erasing.link_of(row))
    assert page.status_code == 200
    assert "Поздно" in page.content.decode()
    row.refresh_from_db()
    assert row.state == ErasureState.DONE


def test_button_on_the_page_keeps_the_account(anna, boris):
    mine, theirs = erasing.ask(anna, at=now()), erasing.ask(boris, at=now())
    assert signed_in(anna).post("/accounts/data/keep/")["Location"] == PAGE
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.state, theirs.state) == (ErasureState.CALLED_OFF, ErasureState.ASKED)


@pytest.mark.parametrize("who", ["company_user", "admin_user"])
def test_who_acts_by_office_is_told_who_can(request, who):
    browser = signed_in(request.getfixturevalue(who))
    text = browser.get(PAGE).content.decode()
    assert "Администратор центра снимает должность" in text
    assert CLOSE not in text
    assert browser.get(CLOSE)["Location"] == PAGE
    assert not Erasure.objects.exists()


def test_erased_one_is_signed_out_everywhere(anna):
    browser = signed_in(anna)
    erasing.ask(anna, at=now() - timedelta(days=4))
    erasing.run_due(at=now())
    assert browser.get("/accounts/profile/").status_code == 302


ADD = "/admin/contact_center/erasure/add/"


def test_chief_takes_a_written_application_in(anna, chief):
    browser = signed_in(chief)
    assert browser.get(ADD).status_code == 200
    answer = browser.post(ADD, {"email": anna.email.upper(), "application": "12 of 2026-11-30"})
    assert answer.status_code == 302
    row = Erasure.objects.get()
    assert (row.user, row.asked_by, row.application) == (anna, chief, "12 of 2026-11-30")
    assert Message.objects.filter(event="account.email.erasure_asked").count() == 1
    page = browser.get("/admin/contact_center/erasure/").content.decode()
    assert f"#{anna.pk}" in page
    assert "zqanna" not in page
    browser.post(
        "/admin/contact_center/erasure/",
        {"action": "call_off", "_selected_action": [row.pk]},
    )
    row.refresh_from_db()
    assert row.state == ErasureState.CALLED_OFF


@pytest.mark.parametrize("is_written", [False, True])
@pytest.mark.parametrize("ended", [False, True])
def test_one_erasure_is_shown_with_how_it_stands_and_without_a_name(anna, chief, ended, is_written):
    at = now() - timedelta(days=4)
    paper = {"taken_in_by": chief, "application": "№ 12"} if is_written else {}
    row = erasing.ask(anna, at=at, **paper)
    if ended:
        erasing.run_due(at=now())
    answer = signed_in(chief).get(f"/admin/contact_center/erasure/{row.pk}/change/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f"#{anna.pk}" in page
    assert ("№ 12" in page) is is_written
    assert "zqanna" not in page
    assert '<input type="submit"' not in page


@pytest.mark.parametrize("who", ["company_user", "operator", "nobody"])
def test_application_for_who_cannot_be_erased_is_refused(request, chief, who):
    email = "nobody@example.org" if who == "nobody" else request.getfixturevalue(who).email
    answer = signed_in(chief).post(ADD, {"email": email, "application": "12"})
    assert answer.status_code == 200
    assert not Erasure.objects.exists()


def test_operator_without_the_right_sees_none_of_it(anna, operator):
    browser = signed_in(operator)
    assert browser.get(ADD).status_code == 403
    assert browser.get("/admin/contact_center/erasure/").status_code == 403
    assert not Permission.objects.filter(
        group__user=operator, codename__endswith="erasure"
    ).exists()


def test_profile_and_consent_lead_here(anna):
    browser = signed_in(anna)
    for path in ("/accounts/profile/", "/requests/consent/"):
        assert PAGE in browser.get(path).content.decode()
