"""Subscribing by the API: what each call answers, to whom, and what it never shows."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from accounts import tokens
from accounts.models import User
from notifications.models import Message, State, WebhookOff, WebhookSecret, WebhookSubscription
from notifications.webhooks import health, subscribing
from tests.conftest import NOON
from tests.notifications.webhooks.conftest import carry, is_signed

pytestmark = pytest.mark.django_db
LIST = "/api/v1/webhooks/"


class Program:
    """A program with a token."""

    def __init__(self, user: User, *scopes: str) -> None:
        key = tokens.issue(user, name="Программа", scopes=scopes)
        self.client = Client(headers={"authorization": f"Token {key}"})

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        data = None if body is None else json.dumps(body)
        call = getattr(self.client, method)
        if data is None:
            return call(path, headers=headers)
        return call(path, data, content_type="application/json", headers=headers)


@pytest.fixture
def program(resident) -> Program:
    return Program(resident, "webhooks:read", "webhooks:write")


@pytest.fixture
def held(subscribe, resident) -> WebhookSubscription:
    return subscribe(resident)[0]


def wanted(place, **fields: Any) -> dict[str, Any]:
    return {"name": "Карта", "url": f"{place.url}/in", "events": ["incident.opened"], **fields}


def test_system_subscribes_itself_and_reads_its_secret_once(program, place, categories):
    answer = program("post", LIST, wanted(place, filters={"inns": ["7301000016"]}))
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert made["secret"].startswith("whsec_")
    assert made["filters"]["inns"] == ["7301000016"]
    one = program("get", f"{LIST}{made['id']}/").json()
    assert {**one, "secret": made["secret"]} == made
    assert "secret" not in program("get", LIST).json()["results"][0]
    assert program("post", f"{LIST}{made['id']}/test/").status_code == 202
    carry(at=Message.objects.get().created_at)
    assert is_signed(place.calls[0], made["secret"])


def test_repeated_call_subscribes_once_and_keeps_no_secret(program, place):
    first = program("post", LIST, wanted(place), **{"idempotency-key": "k1"}).json()
    again = program("post", LIST, wanted(place), **{"idempotency-key": "k1"})
    assert (again.status_code, again.json()) == (201, first)
    assert WebhookSubscription.objects.count() == 1
    other = program("post", LIST, wanted(place, name="Иначе"), **{"idempotency-key": "k1"})
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    from accounts.models import IdempotentCall

    assert first["secret"] not in str(list(IdempotentCall.objects.values()))


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"url": "https://127.0.0.1/"}, "url"),
        ({"url": "https://[::ffff:169.254.169.254]/"}, "url"),
        ({"url": "x" * 5000}, "url"),
        ({"events": []}, "events"),
        ({"events": ["nothing"]}, "events.0"),
        ({"events": "incident.opened"}, "events"),
        ({"filters": {"categories": ["nothing"]}}, "filters.categories"),
        ({"filters": {"districts": ["Мордор"]}}, "filters.districts"),
        ({"filters": {"buildings": ["a"]}}, "filters.buildings.0"),
        ({"filters": {"buildings": [2**70]}}, "filters.buildings.0"),
        ({"filters": []}, "filters"),
        ({"name": None}, "name"),
    ],
)
def test_wrong_body_is_refused_by_the_name_of_the_field(program, place, categories, fields, wrong):
    answer = program("post", LIST, wanted(place, **fields))
    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"].startswith("application/problem+json")
    assert wrong in {error["field"] for error in answer.json()["errors"]} | {
        error["field"].rsplit(".", 1)[0] for error in answer.json()["errors"]
    }
    assert not WebhookSubscription.objects.exists()


def test_change_touches_what_it_names(program, held):
    url = f"{LIST}{held.pk}/"
    changed = program("patch", url, {"name": "Новое"}).json()
    assert (changed["name"], changed["url"]) == ("Новое", held.url)
    narrowed = program("patch", url, {"filters": {"statuses": ["done"]}}).json()
    assert narrowed["filters"]["statuses"] == ["done"]
    assert narrowed["events"] == held.events
    off = program("patch", url, {"on": False}).json()
    assert (off["on"], off["off_reason"]) == (False, "owner")
    assert program("patch", url, {"on": True}).json()["on"]
    health.switch_off(held, WebhookOff.STAFF, at=NOON)
    refused = program("patch", url, {"on": True})
    assert (refused.status_code, refused.json()["code"]) == (409, "off_by_staff")


def test_secret_is_replaced_with_an_overlap(program, held):
    answer = program("post", f"{LIST}{held.pk}/rotate/", {"overlap_hours": 1})
    assert answer.status_code == 200
    assert answer.json()["secret"].startswith("whsec_")
    assert WebhookSecret.objects.filter(ends_at__isnull=False).count() == 1
    assert program("post", f"{LIST}{held.pk}/rotate/", {"overlap_hours": 2}).status_code == 400


def test_log_is_paged_filtered_and_sent_again(program, held, place):
    place.reply = lambda call: (410, b"gone")
    for _number in range(2):
        subscribing.send_test(held, at=NOON)
    failed = carry()
    place.reply = lambda call: (200, b"fine")
    subscribing.send_test(held, at=NOON)
    log = f"{LIST}{held.pk}/deliveries/"
    page = program("get", f"{log}?state=failed").json()
    assert [row["id"] for row in page["results"]] == [failed[1].pk, failed[0].pk]
    attempt = page["results"][0]["attempts"][0]
    assert (attempt["status"], attempt["answer"]) == (410, "gone")
    assert program("get", f"{log}?state=happy").status_code == 400
    assert program("get", f"{log}?cursor=made-up").json()["code"] == "bad_cursor"
    assert program("get", f"{log}?colour=red").json()["code"] == "unknown_parameter"
    again = program("post", f"{log}{failed[0].pk}/replay/")
    assert (again.status_code, again.json()["state"]) == (202, "waiting")
    twice = program("post", f"{log}{failed[0].pk}/replay/")
    assert (twice.status_code, twice.json()["code"]) == (409, "on_its_way")
    assert program("post", f"{log}{2**70}/replay/").status_code == 404
    rest = program("post", f"{LIST}{held.pk}/replay/", {"since": NOON.isoformat()})
    assert (rest.status_code, rest.json()) == (202, {"replayed": 1})
    assert Message.objects.filter(state=State.DEAD).count() == 0


def test_deleted_one_is_gone(program, held):
    assert program("delete", f"{LIST}{held.pk}/").status_code == 204
    assert program("get", f"{LIST}{held.pk}/").status_code == 404


def test_test_calls_and_subscriptions_are_limited(program, held, place, monkeypatch):
    monkeypatch.setattr(subscribing, "TESTS_AN_HOUR", 1)
    monkeypatch.setattr(subscribing, "MOST_OF_ACCOUNT", 1)
    assert program("post", f"{LIST}{held.pk}/test/").status_code == 202
    refused = program("post", f"{LIST}{held.pk}/test/")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_tests")
    assert int(refused["Retry-After"]) > 0
    many = program("post", LIST, wanted(place))
    assert (many.status_code, many.json()["code"]) == (409, "too_many")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", ""),
        ("patch", ""),
        ("delete", ""),
        ("post", "test/"),
        ("post", "rotate/"),
        ("post", "replay/"),
        ("get", "deliveries/"),
        ("post", "deliveries/1/replay/"),
    ],
)
def test_strangers_webhook_looks_like_none(held, neighbour, method, path):
    program = Program(neighbour, "webhooks:read", "webhooks:write")
    body = {} if method in {"post", "patch"} else None
    answer = program(method, f"{LIST}{held.pk}/{path}", body)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert WebhookSecret.objects.count() == 1


def test_scopes_are_asked_for(held, resident, place):
    reads = Program(resident, "webhooks:read")
    assert reads("get", LIST).status_code == 200
    refused = reads("post", LIST, wanted(place))
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert Program(resident, "requests:read")("get", LIST).status_code == 403
    assert Client().get(LIST).status_code == 401


def test_operators_token_for_own_matters_cannot_have_the_desks_news_sent(operator, place):
    """The token acts as a resident; its webhook would be told what the operator may hear."""
    program = Program(operator, "webhooks:read", "webhooks:write")
    refused = program("post", LIST, wanted(place))
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    assert not WebhookSubscription.objects.exists()
    full = Program(operator, "webhooks:read", "webhooks:write", "desk:read")
    assert full("post", LIST, wanted(place)).status_code == 201


def test_list_asks_as_often_however_many(
    program, subscribe, resident, django_assert_max_num_queries
):
    for number in range(15):
        subscribe(resident, name=f"№ {number}")
    with django_assert_max_num_queries(9):
        program("get", LIST)
