"""What every write of the API does alike: bodies, keys of repeats, If-Match, limits, sessions."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from accounts import tokens
from accounts.actors import Resident
from accounts.models import IdempotentCall, ThrottleCounter
from accounts.rest import limits, repeats
from accounts.rest.call import Call
from requests_app.models import Request
from requests_app.statuses import Status

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"
REQUESTS, INBOX_READ = "/api/v1/requests/", "/api/v1/inbox/read/"


def problem(answer, status: int, code: str) -> dict:
    assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM), answer.content
    assert answer.json()["code"] == code
    return answer.json()


def sent(client, path, body, content_type="application/json", **headers):
    data = body if isinstance(body, bytes | str) else json.dumps(body)
    return client.generic("POST", path, data, content_type=content_type, **headers)


def bearer(user) -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": f"Token {tokens.issue(user, name='x')}"}


# Bodies.


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"flat": "1", "flat": "2"}', 400, "duplicate_key"),
        (b'{"contact": {"name": "a", "name": "b"}}', 400, "duplicate_key"),
        (b'{"\\ud800": 1, "\\ud800": 2}', 400, "duplicate_key"),
        (b'{"flat": NaN}', 400, "parse_error"),
        (b'{"flat": -Infinity}', 400, "parse_error"),
        (b'{"flat": ', 400, "parse_error"),
        (b"[" * 100_000, 400, "parse_error"),
        (b"\xff\xfe\x00", 400, "parse_error"),
        (b'"' + b"x" * 3_000_000 + b'"', 413, "too_large"),
    ],
)
@pytest.mark.parametrize("path", [REQUESTS, INBOX_READ])
def test_a_body_that_means_nothing_or_two_things_is_refused(
    path, body, status, code, client, resident
):
    problem(sent(client, path, body, **bearer(resident)), status, code)
    assert not Request.objects.exists()


def test_a_key_that_stands_twice_is_named(client):
    body = problem(sent(client, REQUESTS, b'{"flat": 1, "flat": 1}'), 400, "duplicate_key")
    assert [error["field"] for error in body["errors"]] == ["flat"]


def test_fifty_megabytes_are_refused_after_two(client):
    body = b'{"description": "' + b"x" * 50 * 1024 * 1024 + b'"}'
    problem(sent(client, REQUESTS, body), 413, "too_large")


@pytest.mark.parametrize(
    "media_type",
    ["text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data"],
)
def test_another_media_type_is_refused(media_type, client):
    problem(sent(client, REQUESTS, b"flat=1", media_type), 415, "unsupported_media_type")


def test_a_bomb_of_entities_is_no_json(client):
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    problem(sent(client, REQUESTS, bomb), 400, "parse_error")


# Keys of repeats.


class TestOnce:
    """Operations without a key of their own get it from `repeats.once`."""

    def call(self, body, *, key="", user=None):
        class In(serializers.Serializer):
            name = serializers.CharField()

        class Writes(Call):
            done = []

            @extend_schema(request=In, parameters=[repeats.KEY], responses={200: In})
            def post(self, http):
                return Response(
                    repeats.once(http, name="x", at=now(), do=lambda: self.do(http.data))
                )

            def do(self, body):
                type(self).done.append(body)
                return {"name": body["name"], "at": now(), "count": len(made)}

        made = self.made
        Writes.done = made
        headers = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
        if user:
            headers |= bearer(user)
        http = APIRequestFactory().post("/x/", body, format="json", **headers)
        from accounts.actors import Nobody

        http.actor = Nobody()
        answer = Writes.as_view()(http)
        answer.render()
        return answer.status_code, json.loads(answer.content)

    @pytest.fixture(autouse=True)
    def _made(self):
        self.made = []

    def test_a_repeat_gets_the_first_answer_and_does_nothing(self):
        first = self.call({"name": "a"}, key="k")
        assert self.call({"name": "a"}, key="k") == first
        assert len(self.made) == 1

    def test_another_body_is_a_conflict(self):
        self.call({"name": "a"}, key="k")
        status, body = self.call({"name": "b"}, key="k")
        assert (status, body["code"]) == (409, "idempotency_key_reused")
        assert len(self.made) == 1

    def test_keys_of_two_senders_are_two(self, resident, neighbour):
        for user in (None, resident, neighbour):
            assert self.call({"name": "a"}, key="k", user=user)[0] == 200
        assert len(self.made) == 3

    def test_without_a_key_each_call_is_done(self):
        self.call({"name": "a"})
        self.call({"name": "a"})
        assert len(self.made) == 2
        assert not IdempotentCall.objects.exists()

    def test_a_long_key_is_refused(self):
        status, body = self.call({"name": "a"}, key="k" * 201)
        assert (status, body["code"]) == (400, "bad_idempotency_key")


# If-Match.


@pytest.fixture
def known(client, resident, make_request):
    item = make_request(status=Status.DONE)
    held = bearer(resident)
    path = f"{REQUESTS}{item.number}/"
    return item, path, held, client.get(path, **held)["ETag"]


def test_a_write_on_what_was_read_is_done(known, client):
    _item, path, held, tag = known
    answer = sent(client, f"{path}confirm/", {}, HTTP_IF_MATCH=tag, **held)
    assert answer.status_code == 200
    assert answer.json()["status"] == "closed"


@pytest.mark.parametrize("verb", ["confirm", "object", "comment"])
def test_a_write_on_an_older_state_is_refused_and_loses_nothing(verb, known, client):
    item, path, held, tag = known
    Request.objects.filter(pk=item.pk).update(version=item.version + 1)
    before = (Request.objects.values().get(), item.events.count())
    answer = sent(client, f"{path}{verb}/", {"text": "Течёт"}, HTTP_IF_MATCH=tag, **held)
    problem(answer, 412, "precondition_failed")
    assert (Request.objects.values().get(), item.events.count()) == before


@pytest.mark.parametrize("tag", ['"x"', "7", 'W/"', '"99999999999"', '"1.zz"', "\u0661"])
def test_a_tag_that_was_never_ours_matches_nothing(tag, known, client):
    _item, path, held, _tag = known
    answer = sent(
        client, f"{path}confirm/", {}, HTTP_IF_MATCH=tag.encode().decode("latin-1"), **held
    )
    problem(answer, 412, "precondition_failed")


def test_without_if_match_or_with_a_star_the_write_is_done_on_what_stands(known, client):
    _item, path, held, _tag = known
    said = {"text": "Как дела?"}
    assert sent(client, f"{path}comment/", said, **held).status_code == 200
    assert sent(client, f"{path}comment/", said, HTTP_IF_MATCH="*", **held).status_code == 200


# Sessions of browsers.


def test_a_session_writes_only_with_the_token_of_our_own_page(resident):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(resident)
    problem(sent(browser, INBOX_READ, {}), 403, "csrf_failed")
    browser.cookies["csrftoken"] = "a" * 32
    assert sent(browser, INBOX_READ, {}, HTTP_X_CSRFTOKEN="a" * 32).status_code == 200
    # A token is no cookie: no other site's page can send it.
    assert sent(browser, INBOX_READ, {}, **bearer(resident)).status_code == 200


# Scopes and wrong tokens.


class Held:
    """What the authentication leaves of a token with scopes."""

    def __init__(self, *scopes: str) -> None:
        self.scopes = frozenset(scopes)


@pytest.mark.parametrize(
    ("scopes", "status"),
    [((), 403), (("other:write",), 403), (("x:read",), 403), (("x:write",), 200)],
)
def test_a_token_does_what_its_scopes_say(scopes, status, resident):
    class Writes(Call):
        admits = (Resident,)
        scope_read, scope_write = "x:read", "x:write"
        authentication_classes = ()

        @extend_schema(request=None, responses={200: None})
        def post(self, http):
            return Response({})

        def initialize_request(self, request, *args, **kwargs):
            http = super().initialize_request(request, *args, **kwargs)
            http.user, http.auth = resident, Held(*scopes)
            return http

    http = APIRequestFactory().post("/x/", {}, format="json")
    http.actor = Resident(resident.pk)
    answer = Writes.as_view()(http)
    assert answer.status_code == status
    if status == 403:
        assert answer.data["code"] == "scope_missing"
        assert "x:write" in answer.data["detail"]


# Limits.


@pytest.fixture
def limited(settings):
    settings.API_LIMIT, settings.API_LIMIT_ACCOUNT_TIMES = 4, 2
    limits._bought.clear()
    yield
    limits._bought.clear()


CATEGORIES = "/api/v1/categories/"


def test_a_sender_sees_what_is_left_and_is_stopped_at_the_limit(limited, client):
    left = [client.get(CATEGORIES)["RateLimit-Remaining"] for _ in range(4)]
    assert left == ["3", "2", "1", "0"]
    answer = client.get(CATEGORIES)
    problem(answer, 429, "throttled")
    assert answer["RateLimit-Limit"] == "4"
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert answer["Retry-After"] == answer["RateLimit-Reset"]
    # Other doors of the API count together; another address counts for itself.
    assert client.get("/api/v1/guides/").status_code == 429
    assert client.get(CATEGORIES, REMOTE_ADDR="203.0.113.7").status_code == 200


def test_an_account_counts_apart_from_its_address_and_may_more(limited, client, resident):
    held = bearer(resident)
    for _ in range(5):
        client.get(CATEGORIES)
    answers = [client.get("/api/v1/inbox/", **held) for _ in range(9)]
    assert [answer.status_code for answer in answers] == [200] * 8 + [429]
    assert answers[0]["RateLimit-Limit"] == "8"


def test_guessing_tokens_is_counted_too(limited, client):
    said = [
        client.get("/api/v1/inbox/", HTTP_AUTHORIZATION="Token hcc_wrong").status_code
        for _ in range(6)
    ]
    assert said == [401] * 4 + [429] * 2


def test_a_window_ends_and_a_flood_costs_no_statement(limited):
    at = now()
    for _ in range(4):
        limits.count("address:203.0.113.7", at=at)
    assert not limits.count("address:203.0.113.7", at=at).allowed
    with CaptureQueriesContext(connection) as queries:
        assert not limits.count("address:203.0.113.7", at=at).allowed
    assert len(queries) == 0
    assert limits.count("address:203.0.113.7", at=at + timedelta(seconds=61)).allowed


def test_many_calls_are_bought_with_few_statements_and_never_more_than_the_limit(settings):
    settings.API_LIMIT = 600
    limits._bought.clear()
    at = now()
    with CaptureQueriesContext(connection) as queries:
        allowed = [limits.count("address:203.0.113.8", at=at).allowed for _ in range(700)]
    assert allowed == [True] * 600 + [False] * 100
    assert len(queries) <= 600 / 25 + 1
    # Another process finds the same count in Postgres.
    limits._bought.clear()
    assert not limits.count("address:203.0.113.8", at=at).allowed
    limits._bought.clear()


def test_many_addresses_do_not_grow_the_memory(settings, monkeypatch):
    settings.API_LIMIT = 600
    monkeypatch.setattr(limits, "_SENDERS", 10)
    limits._bought.clear()
    for number in range(35):
        assert limits.count(f"address:10.0.0.{number}", at=now()).allowed
    assert len(limits._bought) <= 10
    limits._bought.clear()


def test_a_browser_that_asks_first_is_not_counted(limited, client):
    for _ in range(9):
        assert client.options(CATEGORIES).status_code == 204
    assert not ThrottleCounter.objects.exists()
