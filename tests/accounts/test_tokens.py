"""Programs act by a token; only its hash is kept."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings as portal_settings
from django.test import override_settings
from django.urls import path
from django.utils.timezone import now
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.views import APIView

from accounts import tokens
from accounts.actors import user_id_of
from accounts.authentication import TokenAuthentication, TokenScheme
from accounts.models import ApiToken, User

pytestmark = pytest.mark.django_db


class WhoAmI(APIView):
    def get(self, request) -> Response:
        actor = request.actor
        held = sorted(request.auth.scopes) if request.auth else None
        return Response({"kind": actor.__class__.__name__, "id": user_id_of(actor), "scopes": held})


urlpatterns = [
    path("who/", WhoAmI.as_view()),
    *import_module(portal_settings.ROOT_URLCONF).urlpatterns,
]


@pytest.fixture
def ask():
    def send(header: str | None = None):
        client = APIClient()
        if header is not None:
            client.credentials(HTTP_AUTHORIZATION=header)
        with override_settings(ROOT_URLCONF=__name__):
            return client.get("/who/")

    return send


def who(response) -> tuple[str, int]:
    return response.json()["kind"], response.json()["id"]


def refusal(response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def test_key_is_not_at_rest(clerk: User) -> None:
    key = tokens.issue(clerk, name="desk")
    row = ApiToken.objects.values_list(flat=False).get()
    assert not any(key in str(value) for value in row)
    assert tokens.holder(key, at=now()) == clerk


def test_program_acts_in_full_for_its_holder(
    clerk: User, company_user: User, ask, settings
) -> None:
    settings.DEMO = False
    key = tokens.issue(clerk, name="desk")
    assert who(ask(f"Token {key}")) == ("Operator", clerk.pk)
    key = tokens.issue(company_user, name="dispatcher's program")
    assert who(ask(f"token {key}")) == ("Executor", company_user.pk)
    assert who(ask(f"Bearer {key}")) == ("Executor", company_user.pk)


def test_request_without_a_token_is_a_visitor(ask) -> None:
    response = ask()
    assert response.status_code == 200
    assert response.json() == {"kind": "Nobody", "id": None, "scopes": None}


@pytest.mark.parametrize("word", ["Token", "Bearer"])
@pytest.mark.parametrize(
    ("rest", "code"),
    [
        ("", "token_malformed"),
        (" a b", "token_malformed"),
        (" wrong", "token_unknown"),
        (" hcc_\u044f", "token_unknown"),
        (" \x00", "token_unknown"),
        (" " + "a" * 5000, "token_unknown"),
    ],
)
def test_wrong_token_is_refused(word: str, rest: str, code: str, clerk: User, ask) -> None:
    tokens.issue(clerk, name="desk")
    response = ask((word + rest).encode("utf-8").decode("latin-1"))
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == word
    assert response.json()["code"] == code


def test_words_of_other_schemes_are_left_to_others(ask) -> None:
    assert ask("Basic aGNjOmhjYw==").json()["kind"] == "Nobody"


def test_expired_revoked_and_switched_off_are_refused_by_name(clerk: User, ask) -> None:
    expired = tokens.issue(clerk, name="old", expires_at=now() - timedelta(seconds=1))
    assert refusal(ask(f"Token {expired}")) == (401, "token_expired")
    key = tokens.issue(clerk, name="desk")
    assert ask(f"Token {key}").status_code == 200
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    assert refusal(ask(f"Token {key}")) == (401, "token_unknown")
    User.objects.filter(pk=clerk.pk).update(is_active=True)
    tokens.revoke(ApiToken.objects.get(key_hash=tokens.digest(key)), at=now())
    assert refusal(ask(f"Token {key}")) == (401, "token_unknown")
    # A revoked token tells nobody that it once was, nor that its time is over too.
    ApiToken.objects.update(expires_at=now() - timedelta(days=1), revoked_at=now())
    assert refusal(ask(f"Token {expired}")) == (401, "token_unknown")


def test_call_learns_the_scopes(clerk: User, ask) -> None:
    key = tokens.issue(clerk, name="desk", scopes={"desk:read", "inbox:read"})
    assert ask(f"Bearer {key}").json()["scopes"] == ["desk:read", "inbox:read"]


def test_token_for_ones_own_does_not_grow_with_its_owner(
    clerk: User, company_user: User, ask
) -> None:
    for person in (clerk, company_user):
        key = tokens.issue(person, name="mine", scopes={"requests:read", "requests:write"})
        assert who(ask(f"Token {key}")) == ("Resident", person.pk)


def test_use_is_noted_now_and_then(clerk: User, django_assert_num_queries) -> None:
    key = tokens.issue(clerk, name="desk")
    at = now()
    with django_assert_num_queries(2):
        tokens.holder(key, at=at)
    with django_assert_num_queries(1):
        tokens.holder(key, at=at + timedelta(minutes=9))
    with django_assert_num_queries(2):
        tokens.holder(key, at=at + timedelta(minutes=11))


def test_making_changing_and_revoking_leave_a_trace_and_use_leaves_none(clerk: User) -> None:
    key = tokens.issue(clerk, name="desk", scopes={"desk:read"})
    tokens.opened_by(key, at=now())
    token = ApiToken.objects.get()
    tokens.revoke(token, at=now())
    tokens.revoke(token, at=now() + timedelta(days=1))
    trace = apps.get_model("accounts.ApiTokenEvent").objects.order_by("pgh_id")
    assert [event.pgh_label for event in trace] == ["insert", "update"]
    assert trace[1].revoked_at is not None
    assert not hasattr(trace[0], "key_hash")


def test_schema_tells_both_writings() -> None:
    schemes = TokenScheme(TokenAuthentication).get_security_definition(None)
    assert [scheme["type"] for scheme in schemes] == ["apiKey", "http"]
    assert TokenScheme(TokenAuthentication).get_security_requirement(None) == [
        {"token": []},
        {"bearer": []},
    ]
