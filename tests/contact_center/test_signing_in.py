"""Signing in through an OpenID Connect provider, against one that listens on this machine."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialApp
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from accounts.models import Consent, User
from contact_center.signing_in import adapter
from notifications.events import EVENTS
from notifications.models import Message

pytestmark = pytest.mark.django_db
DOOR = "/accounts/oidc/city/login/"
BACK = "/accounts/oidc/city/login/callback/"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
STRANGERS_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PERSON = {
    "sub": "42",
    "email": "Resident@Example.org",
    "email_verified": True,
    "name": "Анна Петрова",
}


class Provider:
    """A small OpenID Connect provider; tests bend `claims`, `discovery` and the rest."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = dict(PERSON)
        self.userinfo: dict[str, Any] = {}
        self.discovery: dict[str, Any] = {}
        self.key, self.kid, self.algorithm = KEY, "one", "RS256"
        self.slow: dict[str, float] = {}
        self.answers: dict[str, tuple[int, str]] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.heard: list[str] = []
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.answer(self, b"")

            def do_POST(self) -> None:
                provider.answer(self, self.rfile.read(int(self.headers["Content-Length"])))

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, http: BaseHTTPRequestHandler, body: bytes) -> None:
        path = urlsplit(http.path).path
        self.heard.append(path)
        time.sleep(self.slow.get(path, 0))
        status, said = self.answers.get(path) or (200, json.dumps(self.say(path, body)))
        try:
            http.send_response(status)
            http.send_header("Content-Type", "application/json")
            if status == 302:
                http.send_header("Location", said)
            http.end_headers()
            http.wfile.write(said.encode())
        except OSError:
            pass

    def say(self, path: str, body: bytes) -> dict[str, Any]:
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
                "userinfo_endpoint": f"{self.url}/userinfo",
                **self.discovery,
            }
        if path == "/keys":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
            return {"keys": [{**public, "kid": "one", "use": "sig", "alg": "RS256"}]}
        if path == "/userinfo":
            return self.userinfo
        asked = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        seen = self.codes.pop(asked["code"])
        proof = hashlib.sha256(asked["code_verifier"].encode()).digest()
        assert base64.urlsafe_b64encode(proof).decode().rstrip("=") == seen["code_challenge"]
        assert seen["code_challenge_method"] == "S256"
        assert asked["client_secret"] == "hush"
        assert asked["redirect_uri"] == seen["redirect_uri"]
        at = int(time.time())
        claims = {"iss": self.url, "aud": "portal", "iat": at, "exp": at + 300}
        claims |= {"nonce": seen["nonce"], **self.claims}
        claims = {name: value for name, value in claims.items() if value is not None}
        written = jwt.encode(claims, self.key, self.algorithm, headers={"kid": self.kid})
        return {"access_token": "x", "token_type": "Bearer", "id_token": written}


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    provider = Provider()
    settings.OIDC_SERVER_URL = provider.url
    settings.OIDC_NAME = "Городской вход"
    app = {
        "provider_id": "city",
        "name": settings.OIDC_NAME,
        "client_id": "portal",
        "secret": "hush",
        "settings": {"server_url": provider.url},
    }
    whole = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {**whole, "APPS": [app]}}
    yield provider
    provider.server.shutdown()
    provider.server.server_close()


def leave(client: Client, provider: Provider, door: str = DOOR) -> dict[str, str]:
    """Press the button; return what the provider was asked."""
    response = client.post(door)
    assert response.status_code == 302, response.content.decode()
    assert response["Location"].startswith(f"{provider.url}/authorize?")
    asked = {k: v[0] for k, v in parse_qs(urlsplit(response["Location"]).query).items()}
    provider.codes["code"] = asked
    return asked


def sign_in(client: Client, provider: Provider, **changed: str):
    """Go through the whole way; return the portal's last answer."""
    asked = leave(client, provider)
    return client.get(BACK, {"code": "code", "state": asked["state"], **changed})


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def known(user: User, *, verified: bool = True) -> User:
    EmailAddress.objects.create(user=user, email=user.email, verified=verified, primary=True)
    return user


def test_without_a_provider_there_is_no_door(client: Client, resident: User) -> None:
    assert "/oidc/" not in client.get("/accounts/login/").content.decode()
    assert client.get(DOOR).status_code == 404
    assert client.get(BACK).status_code == 404
    # A row of the database adds none either: where the portal calls is the environment's.
    SocialApp.objects.create(provider="openid_connect", provider_id="city", name="x", client_id="x")
    assert client.post(DOOR).status_code == 404


def test_button_leads_to_the_provider_and_the_page_lets_it_through(client, provider) -> None:
    page = client.get("/accounts/login/?next=/requests/mine/")
    assert "Городской вход" in page.content.decode()
    policy = page["Content-Security-Policy"]
    assert f"form-action 'self' {provider.url};" in f"{policy};"
    assert provider.url not in client.get("/accounts/signup/")["Content-Security-Policy"]
    asked = leave(client, provider)
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert set(asked["scope"].split()) == {"openid", "profile", "email"}
    assert asked["redirect_uri"].endswith(BACK)
    assert len(asked["nonce"]) == 64


def test_get_moves_nobody(client: Client, provider: Provider) -> None:
    page = client.get(DOOR)
    assert page.status_code == 200
    assert "csrfmiddlewaretoken" in page.content.decode()
    assert not provider.heard
    assert Client(enforce_csrf_checks=True).post(DOOR).status_code == 403


def test_visitor_adds_nothing_to_the_question(client: Client, provider: Provider) -> None:
    asked = leave(client, provider, f"{DOOR}?scope=phone&auth_params=prompt%3Dnone&process=connect")
    assert "prompt" not in asked
    assert "phone" not in asked["scope"]
    assert client.get(BACK, {"code": "code", "state": asked["state"]})["Location"] == (
        "/accounts/3rdparty/signup/"
    )


def test_known_and_confirmed_address_is_joined_once(client, provider, resident: User) -> None:
    known(resident)
    assert sign_in(client, provider).status_code == 302
    assert client.session["_auth_user_id"] == str(resident.pk)
    joined = SocialAccount.objects.get()
    assert (joined.user, joined.extra_data) == (resident, {})
    [letter] = Message.objects.all()
    assert letter.event in EVENTS
    # The address may change over there: the person is known by the provider's own mark.
    provider.claims["email"], provider.claims["email_verified"] = "other@example.org", False
    again = Client()
    sign_in(again, provider)
    assert again.session["_auth_user_id"] == str(resident.pk)
    assert SocialAccount.objects.count() == 1


def test_joined_service_is_listed_and_let_go_again(client, provider, resident: User) -> None:
    known(resident)
    own = Client()
    own.force_login(resident)
    empty = own.get("/accounts/3rdparty/").content.decode()
    assert "?process=connect" in empty
    assert 'name="account"' not in empty
    sign_in(client, provider)
    joined = SocialAccount.objects.get()
    page = own.get("/accounts/3rdparty/").content.decode()
    assert f'name="account" value="{joined.pk}"' in page
    # The last way in besides a code: a password first, as the page says beforehand.
    assert "/accounts/password/set/" in page
    refused = own.post("/accounts/3rdparty/", {"account": joined.pk})
    assert (refused.status_code, SocialAccount.objects.count()) == (200, 1)
    assert "error-summary" in refused.content.decode()
    resident.set_password("a long password")
    resident.save()
    own.force_login(resident)
    assert own.post("/accounts/3rdparty/", {"account": joined.pk}).status_code == 302
    assert not SocialAccount.objects.exists()


def test_new_person_agrees_first_and_cannot_take_another_address(client, provider) -> None:
    response = sign_in(client, provider)
    assert response["Location"] == "/accounts/3rdparty/signup/"
    assert not User.objects.exists()
    page = client.get(response["Location"])
    assert page.status_code == 200
    assert "disabled" in page.content.decode()
    assert client.post(response["Location"], {"email": "x@example.org"}).status_code == 200
    assert not User.objects.exists()
    done = client.post(response["Location"], {"email": "boss@example.org", "consent": "on"})
    assert done.status_code == 302
    user = User.objects.get()
    assert (user.email, user.name) == ("resident@example.org", "Анна Петрова")
    assert (user.is_staff, user.is_superuser, user.has_usable_password()) == (False, False, False)
    assert Consent.objects.get().user == user
    assert EmailAddress.objects.get(user=user).verified
    assert is_signed_in(client)


@pytest.mark.parametrize("word", [False, None, "true", "false", 1])
def test_address_the_provider_does_not_vouch_for_joins_nobody(
    client, provider, resident: User, word
) -> None:
    known(resident)
    provider.claims["email_verified"] = word
    response = sign_in(client, provider)
    assert response.status_code == 403
    assert "не подтверждает" in response.content.decode()
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("has_row", [True, False])
def test_address_nobody_confirmed_here_joins_nobody(
    client, provider, resident: User, has_row
) -> None:
    if has_row:
        known(resident, verified=False)
    response = sign_in(client, provider)
    assert response.status_code == 403
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()


def test_switched_off_account_stays_off(client, provider, resident: User) -> None:
    known(resident)
    User.objects.update(is_active=False)
    assert sign_in(client, provider).status_code == 403
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()


def test_staff_still_show_their_second_factor(client, provider, operator: User, settings) -> None:
    settings.DEMO = False
    known(operator)
    provider.claims["email"] = operator.email
    sign_in(client, provider)
    door = client.get("/admin/")
    assert door.status_code == 302
    assert door["Location"].startswith("/accounts/2fa/totp/activate/")
    assert client.get("/api/v1/desk/requests/").status_code == 403


def test_staff_with_an_authenticator_are_asked_for_it(client, provider, operator: User) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(operator, generate_totp_secret())
    known(operator)
    provider.claims["email"] = operator.email
    assert sign_in(client, provider)["Location"] == "/accounts/2fa/authenticate/"
    assert not is_signed_in(client)


def test_state_must_be_ours_and_lives_once(client, provider, resident: User) -> None:
    known(resident)
    asked = leave(client, provider)
    for state in ("", "x" * 16, asked["state"] + "x"):
        assert client.get(BACK, {"code": "code", "state": state}).status_code == 400
    # Another browser: a link with a stranger's code signs nobody in.
    assert Client().get(BACK, {"code": "code", "state": asked["state"]}).status_code == 400
    assert client.get(BACK, {"code": "code", "state": asked["state"]}).status_code == 302
    assert client.get(BACK, {"code": "code", "state": asked["state"]}).status_code == 400


def bend(provider: Provider, how: str) -> None:
    match how:
        case "stranger's key":
            provider.key = STRANGERS_KEY
        case "unknown kid":
            provider.kid = "two"
        case "no signature":
            provider.key, provider.algorithm = None, "none"  # type: ignore[assignment]
        case "secret as a key":
            provider.key, provider.algorithm = "hush" * 16, "HS256"  # type: ignore[assignment]
        case "other audience":
            provider.claims["aud"] = "another"
        case "other issuer":
            provider.claims["iss"] = "https://elsewhere.example"
        case "expired":
            provider.claims["exp"] = int(time.time()) - 600
        case "other nonce":
            provider.claims["nonce"] = "0" * 64
        case "no nonce":
            provider.claims["nonce"] = None
        case "no subject":
            provider.claims["sub"] = None
        case "empty subject":
            provider.claims["sub"] = ""


@pytest.mark.parametrize(
    "how",
    [
        *("stranger's key", "unknown kid", "no signature", "secret as a key", "other audience"),
        *("other issuer", "expired", "other nonce", "no nonce", "no subject", "empty subject"),
    ],
)
def test_bent_id_token_signs_nobody_in(client, provider, resident: User, how: str) -> None:
    known(resident)
    bend(provider, how)
    response = sign_in(client, provider)
    assert response.status_code == 502
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()


def test_same_mark_of_another_issuer_is_another_person(client, provider, resident: User) -> None:
    known(resident)
    sign_in(client, provider)
    provider.discovery["issuer"] = provider.claims["iss"] = "https://other.example"
    provider.claims["email"] = "stranger@example.org"
    other = Client()
    assert sign_in(other, provider)["Location"] == "/accounts/3rdparty/signup/"
    assert not is_signed_in(other)


def test_address_may_come_by_userinfo_of_the_same_person(client, provider, resident: User) -> None:
    known(resident)
    provider.claims = {"sub": "42"}
    provider.userinfo = {**PERSON, "sub": "43"}
    assert sign_in(client, provider).status_code == 502
    provider.userinfo = dict(PERSON)
    assert sign_in(client, provider).status_code == 302
    assert is_signed_in(client)


@pytest.mark.parametrize(
    "said", ["", "[]", "{}", "<html>", '{"issuer": 1}', '{"issuer": "x", "jwks_uri": "//["}']
)
def test_discovery_that_is_none_is_a_plain_page(client, provider, said: str) -> None:
    provider.answers["/.well-known/openid-configuration"] = (200, said)
    page = client.post(DOOR)
    assert page.status_code == 502
    assert "Городской вход" in page.content.decode()


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
@pytest.mark.parametrize("place", ["http://169.254.169.254/latest", "file:///etc/passwd", "//x"])
def test_discovery_leads_nowhere_else(client, provider, name: str, place: str) -> None:
    provider.discovery[name] = place
    assert client.post(DOOR).status_code == 502
    assert provider.heard == ["/.well-known/openid-configuration"]


def test_redirect_of_the_provider_is_not_followed(client, provider) -> None:
    provider.answers["/.well-known/openid-configuration"] = (302, f"{provider.url}/elsewhere")
    assert client.post(DOOR).status_code == 502
    assert "/elsewhere" not in provider.heard


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/keys"])
def test_slow_provider_holds_nobody(client, provider, resident, path: str, monkeypatch) -> None:
    known(resident)
    monkeypatch.setattr(adapter, "TIMEOUT", (0.5, 0.3))
    provider.slow[path] = 3
    started = time.monotonic()
    at_the_door = path.startswith("/.well")
    response = client.post(DOOR) if at_the_door else sign_in(client, provider)
    assert response.status_code == 502
    assert time.monotonic() - started < 2.5
    assert not is_signed_in(client)


@pytest.mark.parametrize("path", ["/token", "/keys"])
@pytest.mark.parametrize("answer", [(500, "{}"), (200, "[]"), (200, "{}"), (200, "no")])
def test_failing_provider_is_a_plain_page(client, provider, resident, path, answer) -> None:
    known(resident)
    provider.answers[path] = answer
    assert sign_in(client, provider).status_code == 502
    assert not is_signed_in(client)


def test_provider_that_is_down_is_a_plain_page(client, provider) -> None:
    provider.server.shutdown()
    provider.server.server_close()
    page = client.post(DOOR)
    assert page.status_code == 502
    assert "/accounts/login/" in page.content.decode()


def test_who_turned_back_is_told_kindly(client, provider) -> None:
    asked = leave(client, provider)
    page = client.get(BACK, {"error": "access_denied", "state": asked["state"]})
    assert page.status_code == 200
    assert not is_signed_in(client)
    asked = leave(client, provider)
    page = client.get(BACK, {"error": "server_error", "state": asked["state"]})
    assert page.status_code == 400


def test_hostile_next_stays_here(client, provider, resident: User) -> None:
    known(resident)
    asked = leave(client, provider, f"{DOOR}?next=https://evil.example/")
    response = client.get(BACK, {"code": "code", "state": asked["state"]})
    assert response["Location"] == "/requests/mine/"
