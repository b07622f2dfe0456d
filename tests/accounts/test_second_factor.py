"""Staff enter their workplace with a second factor; the demo alone waives it."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client, RequestFactory

from accounts.actors import Executor, Operator, Resident
from accounts.middleware import actor_in_session
from accounts.models import User

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_now() -> str:
    return format_hotp_value(hotp_value(SECRET, next(iter(yield_hotp_counters_from_time()))))


@pytest.fixture(autouse=True)
def _earnest(settings) -> None:
    settings.DEMO = False


@pytest.fixture
def guarded(clerk: User) -> User:
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=clerk, email=clerk.email, verified=True, primary=True)
    TOTP.activate(clerk, SECRET)
    return clerk


def target(response) -> tuple[str, str]:
    parts = urlsplit(response["Location"])
    return parts.path, parse_qs(parts.query).get("next", [""])[0]


def test_visitor_is_sent_to_the_portals_sign_in(client: Client) -> None:
    assert target(client.get("/admin/accounts/user/?q=1")) == (
        "/accounts/login/",
        "/admin/accounts/user/?q=1",
    )
    assert target(client.get("/admin/login/?next=/admin/auth/")) == (
        "/accounts/login/",
        "/admin/auth/",
    )


def test_plain_password_at_the_old_door_opens_nothing(client: Client, guarded: User) -> None:
    response = client.post(
        "/admin/login/", {"username": guarded.email, "password": "a long password"}
    )
    assert target(response)[0] == "/accounts/login/"
    assert "_auth_user_id" not in client.session


def test_password_alone_does_not_sign_staff_in(client: Client, guarded: User) -> None:
    response = client.post(
        "/accounts/login/", {"login": guarded.email, "password": "a long password"}
    )
    assert target(response)[0] == "/accounts/2fa/authenticate/"
    assert "_auth_user_id" not in client.session
    assert client.get("/admin/").status_code == 302


def test_password_and_second_factor_open_the_workplace(client: Client, guarded: User) -> None:
    client.post(
        "/accounts/login/?next=/admin/",
        {"login": guarded.email, "password": "a long password", "next": "/admin/"},
    )
    response = client.post("/accounts/2fa/authenticate/", {"code": code_now()})
    assert response.status_code == 302
    assert client.get("/admin/").status_code == 200


def test_wrong_second_factor_opens_nothing(client: Client, guarded: User) -> None:
    client.post("/accounts/login/", {"login": guarded.email, "password": "a long password"})
    wrong = "000000" if code_now() != "000000" else "000001"
    assert client.post("/accounts/2fa/authenticate/", {"code": wrong}).status_code == 200
    assert "_auth_user_id" not in client.session


def test_session_without_second_factor_is_asked_for_it(client: Client, guarded: User) -> None:
    client.force_login(guarded)
    assert target(client.get("/admin/")) == ("/accounts/2fa/reauthenticate/", "/admin/")


def test_staff_without_authenticator_are_sent_to_set_one_up(client: Client, clerk: User) -> None:
    client.force_login(clerk)
    assert target(client.get("/admin/")) == ("/accounts/2fa/totp/activate/", "/admin/")


def test_staff_without_second_factor_are_residents_on_every_page(clerk: User, settings) -> None:
    request = RequestFactory().get("/requests/26-000123/")
    request.user, request.session = clerk, SessionStore()
    assert actor_in_session(request) == Resident(id=clerk.pk)
    settings.DEMO = True
    assert isinstance(actor_in_session(request), Operator)


def test_company_needs_no_second_factor(company_user: User) -> None:
    request = RequestFactory().get("/cabinet/")
    request.user, request.session = company_user, SessionStore()
    assert isinstance(actor_in_session(request), Executor)
    request.user = AnonymousUser()
    assert actor_in_session(request) != actor_in_session


def test_second_factor_of_another_account_does_not_count(clerk: User, resident: User) -> None:
    from allauth.account.internal.flows.login import record_authentication

    request = RequestFactory().get("/admin/")
    request.user, request.session = resident, SessionStore()
    record_authentication(request, resident, method="mfa", type=Authenticator.Type.TOTP)
    request.user = clerk
    assert actor_in_session(request) == Resident(id=clerk.pk)


def test_demo_waives_it(client: Client, clerk: User, settings) -> None:
    settings.DEMO = True
    client.force_login(clerk)
    assert client.get("/admin/").status_code == 200


def test_resident_finds_no_workplace(client: Client, resident: User) -> None:
    client.force_login(resident)
    response = client.get("/admin/", follow=False)
    assert response.status_code == 302
    assert target(client.get(response["Location"]))[0] == "/"
