"""Signing in and one's own account, as a person clicks through them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from accounts.models import Consent, User
from notifications.models import Message, Priority

pytestmark = pytest.mark.django_db


@pytest.fixture
def letters(monkeypatch) -> list[dict]:
    """Collect what goes into the outbox."""
    from contact_center import allauth_adapter

    sent: list[dict] = []
    real = allauth_adapter.outbox.enqueue

    def enqueue(**values):
        sent.append(values)
        return real(**values)

    monkeypatch.setattr(allauth_adapter.outbox, "enqueue", enqueue)
    return sent


@pytest.mark.parametrize(
    "url",
    [
        "/accounts/login/",
        "/accounts/login/code/",
        "/accounts/signup/",
        "/accounts/password/reset/",
    ],
)
def test_doors_wear_the_portals_look(client: Client, url: str) -> None:
    page = client.get(url)
    assert page.status_code == 200
    html = page.content.decode()
    assert 'id="main"' in html
    assert "<title>" in html
    assert " style=" not in html
    assert "<h1>" in html


@pytest.mark.parametrize(
    "url",
    [
        "/accounts/profile/",
        "/accounts/email/",
        "/accounts/logout/",
        "/accounts/password/set/",
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate/",
    ],
)
def test_pages_of_the_account_wear_it_too(client: Client, resident: User, url: str) -> None:
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=resident, email=resident.email, verified=True, primary=True)
    assert client.get(url).status_code == 302 or url == "/accounts/logout/"
    client.force_login(resident)
    page = client.get(url)
    assert page.status_code == 200
    html = page.content.decode()
    assert 'id="main"' in html
    assert " style=" not in html


def test_account_is_made_and_entered_by_codes_alone(client: Client, letters: list[dict]) -> None:
    response = client.post("/accounts/signup/", {"email": "New@Example.org", "consent": "on"})
    assert response.status_code == 302
    user = User.objects.get(email="new@example.org")
    assert not user.has_usable_password()
    assert Consent.objects.get().user == user
    letter = letters[-1]
    assert (letter["to"], letter["sensitive"]) == ("new@example.org", True)
    code = letter["context"]["code"]
    assert code in letter["context"]["paragraphs"]
    assert letter["expires_at"] > letter["at"]
    page = client.post(response["Location"], {"code": code})
    assert page.status_code == 302
    assert client.session["_auth_user_id"] == str(user.pk)

    again = Client()
    response = again.post("/accounts/login/code/", {"email": "NEW@example.org"})
    assert response.status_code == 302
    code = letters[-1]["context"]["code"]
    wrong = again.post(response["Location"], {"code": "AAAAAA"})
    assert wrong.status_code == 200
    assert "_auth_user_id" not in again.session
    again.post(response["Location"], {"code": code})
    assert again.session["_auth_user_id"] == str(user.pk)


def test_no_account_without_agreement(client: Client, letters: list[dict]) -> None:
    page = client.post("/accounts/signup/", {"email": "new@example.org"})
    assert page.status_code == 200
    assert not User.objects.exists()
    assert not letters


def test_stranger_cannot_learn_who_has_an_account(
    client: Client, letters: list[dict], resident
) -> None:
    known = client.post("/accounts/login/code/", {"email": resident.email})
    unknown = Client().post("/accounts/login/code/", {"email": "nobody@example.org"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert [letter["context"]["code"] != "" for letter in letters] == [True, False]


def test_address_with_a_header_in_it_is_refused(client: Client, letters: list[dict]) -> None:
    page = client.post(
        "/accounts/signup/", {"email": "a@example.org\r\nBcc: b@example.org", "consent": "on"}
    )
    assert page.status_code == 200
    assert not letters


def test_codes_are_limited_in_postgres(client: Client, letters: list[dict], resident: User) -> None:
    for place in range(10):
        Client().post(
            "/accounts/login/code/",
            {"email": resident.email},
            headers={"X-Forwarded-For": f"203.0.113.{place}"},
        )
    assert len(letters) == 3
    last = [
        Client().post("/accounts/login/code/", {"email": f"x{place}@example.org"})
        for place in range(20)
    ][-1]
    # allauth answers with the form; what counts is that it says so and sends nothing more.
    assert last.status_code == 200
    assert "Слишком много" in last.content.decode()
    assert len(letters) < 20
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_cache")
        assert cursor.fetchone()[0] > 0


def test_profile_is_changed(client: Client, resident: User) -> None:
    client.force_login(resident)
    response = client.post(
        "/accounts/profile/", {"name": "Анна", "phone": "8 (903) 123-45-67", "language": "ru"}
    )
    assert response.status_code == 302
    resident.refresh_from_db()
    assert (resident.name, resident.phone) == ("Анна", "+79031234567")
    assert "8 (903) 123-45-67" in client.get("/accounts/profile/").content.decode()


@pytest.mark.parametrize("phone", ["8 903 CALL-ME", "12", "+7\x00"])
def test_wrong_phone_is_told_beside_its_field(client: Client, resident: User, phone: str) -> None:
    client.force_login(resident)
    page = client.post("/accounts/profile/", {"name": "Анна", "phone": phone, "language": "ru"})
    assert page.status_code == 200
    assert 'id="id_phone_error"' in page.content.decode()
    resident.refresh_from_db()
    assert resident.name == "Анна Петрова"


def test_nobody_makes_themselves_staff(client: Client, resident: User) -> None:
    client.force_login(resident)
    client.post(
        "/accounts/profile/",
        {"name": "x", "phone": "", "language": "ru", "is_staff": "on", "email": "boss@example.org"},
    )
    resident.refresh_from_db()
    assert (resident.is_staff, resident.email) == (False, "resident@example.org")


def test_letters_speak_to_their_reader(client: Client, letters: list[dict], resident: User) -> None:
    from django.template.loader import render_to_string

    client.post("/accounts/login/code/", {"email": resident.email})
    letter = letters[-1]
    assert letter["context"]["subject"] == "Код для входа"
    code = letter["context"]["code"]
    for suffix in (".txt", ".html"):
        body = render_to_string(letter["template"] + suffix, letter["context"])
        assert code in body
        assert "15 минут" in body
    subject = render_to_string(letter["template"] + ".subject.txt", letter["context"])
    assert subject.strip() == "Код для входа"


def test_code_goes_before_mass_letters_and_dies_with_its_time(
    client: Client, letters: list[dict], resident: User
) -> None:
    client.post("/accounts/login/code/", {"email": resident.email})
    message = Message.objects.get()
    assert (message.recipient, message.sensitive) == (resident.email, True)
    assert message.priority < Priority.NORMAL
    assert (message.expires_at - message.created_at).total_seconds() == 15 * 60
