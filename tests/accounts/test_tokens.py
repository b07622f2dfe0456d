"""Programs act by a token; only its hash is kept."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.conf import settings as portal_settings
from django.test import override_settings
from django.urls import path
from django.utils.timezone import now
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.views import APIView

from accounts import tokens
from accounts.actors import user_id_of
from accounts.models import ApiToken, User

pytestmark = pytest.mark.django_db


class WhoAmI(APIView):
    def get(self, request) -> Response:
        actor = request.actor
        return Response({"kind": actor.__class__.__name__, "id": user_id_of(actor)})


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
    assert ask(f"Token {key}").json() == {"kind": "Operator", "id": clerk.pk}
    key = tokens.issue(company_user, name="dispatcher's program")
    assert ask(f"token {key}").json() == {"kind": "Executor", "id": company_user.pk}


def test_request_without_a_token_is_a_visitor(ask) -> None:
    response = ask()
    assert response.status_code == 200
    assert response.json() == {"kind": "Nobody", "id": None}


@pytest.mark.parametrize(
    "header",
    ["Token", "Token a b", "Token wrong", "Token hcc_\u044f", "Token \x00", "Token " + "a" * 5000],
)
def test_wrong_token_is_refused(header: str, clerk: User, ask) -> None:
    tokens.issue(clerk, name="desk")
    response = ask(header.encode("utf-8").decode("latin-1"))
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Token"


def test_expired_token_and_switched_off_holder_are_refused(clerk: User, ask) -> None:
    expired = tokens.issue(clerk, name="old", expires_at=now() - timedelta(seconds=1))
    assert ask(f"Token {expired}").status_code == 401
    key = tokens.issue(clerk, name="desk")
    assert ask(f"Token {key}").status_code == 200
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    assert ask(f"Token {key}").status_code == 401


def test_use_is_noted_now_and_then(clerk: User, django_assert_num_queries) -> None:
    key = tokens.issue(clerk, name="desk")
    at = now()
    with django_assert_num_queries(2):
        tokens.holder(key, at=at)
    with django_assert_num_queries(1):
        tokens.holder(key, at=at + timedelta(minutes=9))
    with django_assert_num_queries(2):
        tokens.holder(key, at=at + timedelta(minutes=11))
