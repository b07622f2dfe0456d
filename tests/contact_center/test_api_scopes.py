"""What calls of the API ask of a token, held against the list of scopes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils.timezone import now

from accounts import scopes, tokens
from accounts.rest.call import Call

pytestmark = pytest.mark.django_db


def calls(resolver: URLResolver | None = None) -> Iterator[type[Call]]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from calls(pattern)
            continue
        view = getattr(pattern.callback, "cls", None) or getattr(
            pattern.callback, "view_class", None
        )
        if isinstance(view, type) and issubclass(view, Call):
            yield view


def test_calls_ask_for_scopes_of_the_list_only() -> None:
    asked = {name for view in calls() for name in (view.scope_read, view.scope_write) if name}
    assert {"requests:read", "requests:write", "desk:read", "inbox:read"} <= asked
    assert asked <= scopes.ALL


@pytest.mark.parametrize(
    ("held", "answer"),
    [
        ({"desk:read"}, (200, None)),
        ({"desk:write", "requests:read"}, (403, "scope_missing")),
        ({"inbox:read"}, (403, None)),
        (set(), (403, None)),
    ],
)
def test_desk_opens_to_its_own_scope(client: Client, operator, held, answer) -> None:
    key = tokens.issue(operator, name="x", scopes=held)
    response = client.get("/api/v1/desk/requests/", headers={"Authorization": f"Bearer {key}"})
    status, code = answer
    assert response.status_code == status
    assert code is None or response.json()["code"] == code


def test_inbox_is_read_by_one_scope_and_marked_by_another(client: Client, resident) -> None:
    key = tokens.issue(resident, name="x", scopes={"inbox:read"})
    head = {"Authorization": f"Token {key}"}
    assert client.get("/api/v1/inbox/", headers=head).status_code == 200
    marked = client.post("/api/v1/inbox/read/", {}, "application/json", headers=head)
    assert (marked.status_code, marked.json()["code"]) == (403, "scope_missing")
    other = tokens.issue(resident, name="x", scopes={"inbox:write"})
    refused = client.get("/api/v1/inbox/", headers={"Authorization": f"Token {other}"})
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")


def test_request_is_hidden_from_a_token_of_ones_own_matters(
    client: Client, operator, make_request
) -> None:
    item = make_request()
    url = f"/api/v1/requests/{item.number}/"
    own = tokens.issue(operator, name="x", scopes={"requests:read"})
    assert client.get(url, headers={"Authorization": f"Token {own}"}).status_code == 404
    desk = tokens.issue(operator, name="x", scopes={"requests:read", "desk:read"})
    assert client.get(url, headers={"Authorization": f"Token {desk}"}).status_code == 200


def test_wrong_tokens_have_stable_codes_on_real_calls(client: Client, operator) -> None:
    old = tokens.issue(operator, name="x", expires_at=now() - timedelta(hours=1))
    for key, code in ((old, "token_expired"), ("hcc_nothing", "token_unknown")):
        refused = client.get("/api/v1/inbox/", headers={"Authorization": f"Token {key}"})
        assert (refused.status_code, refused.json()["code"]) == (401, code)
    # A session holds every scope.
    client.force_login(operator)
    assert client.get("/api/v1/desk/requests/").status_code == 200
