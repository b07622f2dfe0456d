"""Batches over HTTP: taken at once, answered row by row, by whom they are for and nobody else."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts import tokens
from requests_app import lifecycle
from requests_app.exchange import running
from requests_app.models import ExchangeBatch, OutsideLetter, Request
from requests_app.statuses import Status
from tests.city_fixtures import ORDINARY

STATES = "/api/v1/cabinet/batch/"
LETTERS = "/api/v1/outside/pos/requests/"
HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db


def bearer(user, *scopes: str) -> Client:
    key = tokens.issue(user, name="test", scopes=scopes)
    return Client(headers={"Authorization": f"Token {key}"})


def send(client: Client, address: str, rows, **headers):
    body = rows if isinstance(rows, bytes) else json.dumps({"rows": rows}).encode()
    return client.post(address, body, content_type="application/json", headers=headers)


@pytest.fixture
def firm(company_user) -> Client:
    return bearer(company_user, "bulk:write")


@pytest.fixture
def portal(operator) -> Client:
    return bearer(operator, "outside:write")


@pytest.fixture
def make(make_request):
    return lambda **fields: make_request(**{"at": timezone.now() - 20 * HOUR, **fields})


def test_a_batch_is_taken_at_once_and_answered_row_by_row(firm, make, rival):
    one, two = make(), make()
    rows = [
        {"number": one.number, "to": "in_progress", "text": "Начали", "client_id": "a"},
        {"number": two.number, "to": "done", "client_id": "b"},
        {"number": two.number, "to": 7, "version": "x", "client_id": "c"},
        "строка",
        {"number": "\x0026-1", "to": "accepted", "client_id": "\ud800"},
        {"number": two.number, "to": "accepted", "planned_at": "9999-99-99T00:00"},
    ]
    answer = send(firm, STATES, rows, **{"Idempotency-Key": "k1"})
    assert answer.status_code == 202, answer.content
    body = answer.json()
    assert answer["Location"] == f"{STATES}{body['id']}/"
    assert body["status"] == "waiting"
    assert [one["status"] for one in body["results"]] == ["waiting"] * 2 + ["refused"] * 4
    again = send(firm, STATES, rows, **{"Idempotency-Key": "k1"})
    assert again.json()["id"] == body["id"]
    other = send(firm, STATES, rows[:1], **{"Idempotency-Key": "k1"})
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    running.run(at=timezone.now, parts=9)
    done = firm.get(answer["Location"]).json()
    assert done["status"] == "finished"
    assert [row["status"] for row in done["results"]] == ["done"] + ["refused"] * 5
    assert done["results"][0]["version"] == Request.objects.get(pk=one.pk).version
    assert done["results"][1]["code"] == "act_needed"
    assert done["results"][5]["field"] == "planned_at"
    assert (done["rows"], done["done"], done["refused"]) == (6, 1, 5)
    assert [row["id"] for row in firm.get(STATES).json()["results"]] == [body["id"]]
    stranger = bearer(rival, "bulk:write")
    assert stranger.get(answer["Location"]).status_code == 404
    assert stranger.get(STATES).json()["results"] == []


def test_who_may_not_is_refused_and_nothing_is_stored(company_user, resident, operator, make):
    row = [{"number": make().number, "to": "accepted"}]
    assert send(Client(), STATES, row).status_code == 401
    assert send(bearer(resident, "requests:write"), STATES, row).status_code == 403
    narrow = send(bearer(company_user, "cabinet:read"), STATES, row)
    assert (narrow.status_code, narrow.json()["code"]) == (403, "scope_missing")
    assert send(bearer(operator, "desk:write"), STATES, row).status_code == 403
    assert send(bearer(operator, "desk:write"), LETTERS, row).status_code == 403
    assert send(bearer(company_user, "bulk:write"), LETTERS, row).status_code == 403
    assert not ExchangeBatch.objects.exists()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{}", 400, "no_rows"),
        (b"[]", 400, "no_rows"),
        (b'{"rows": []}', 400, "no_rows"),
        (b'{"rows": {"a": 1}}', 400, "no_rows"),
        (b'{"rows": [NaN]}', 400, None),
        (b'{"rows": [1], "rows": [2]}', 400, None),
        (b"\xff", 400, None),
        (json.dumps({"rows": [{}] * 1001}).encode(), 413, "too_many_rows"),
    ],
)
def test_what_is_no_batch_is_refused_whole(firm, portal, body, status, code):
    for client, address in ((firm, STATES), (portal, LETTERS)):
        answer = send(client, address, body)
        assert answer.status_code == status, answer.content
        assert code is None or answer.json()["code"] == code
    assert not ExchangeBatch.objects.exists()


def test_fifty_megabytes_are_not_swallowed(firm, portal):
    body = b'{"rows": [{"text": "' + b"x" * (50 * 1024 * 1024) + b'"}]}'
    for client, address in ((firm, STATES), (portal, LETTERS)):
        answer = send(client, address, body)
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def said(building, number: str, **fields) -> dict:
    return {
        "number": number,
        "received_at": (timezone.now() - HOUR).isoformat(),
        "address": building.address,
        "matter": ORDINARY,
        "text": "Холодно",
        "name": "Секретов",
        "email": "secret@example.org",
        **fields,
    }


def test_letters_come_in_and_their_state_goes_back(
    portal, building, categories, operator, django_assert_max_num_queries
):
    answer = send(
        portal,
        LETTERS,
        [
            said(building, "1"),
            said(building, "1"),
            said(building, "2", address="нигде"),
            {"id": "3", "createdAt": timezone.now().isoformat(), "text": "Холодно",
             "address": {"text": building.address}, "subcategory": {"name": ORDINARY}},
            said(building, "4", received_at="вчера"),
            None,
        ],
    )  # fmt: skip
    assert answer.status_code == 202, answer.content
    running.run(at=timezone.now, parts=9)
    body = portal.get(answer["Location"]).json()
    assert [row["status"] for row in body["results"]] == [
        "done",
        "same",
        "to_sort",
        "done",
        "refused",
        "refused",
    ]
    first, third = body["results"][0]["number"], body["results"][3]["number"]
    assert body["results"][1]["number"] == first
    assert (body["done"], body["same"], body["to_sort"], body["refused"]) == (2, 1, 1, 2)
    found = {row["outside_number"]: row for row in portal.get(LETTERS).json()["results"]}
    assert found["1"]["number"] == first
    assert found["2"] | {"changed_at": ""} == {
        "outside_number": "2",
        "state": "to_sort",
        "number": "",
        "status": "",
        "outcome": "",
        "answer": "",
        "due_at": None,
        "changed_at": "",
    }
    since = timezone.now()
    item = Request.objects.get(number=third)
    lifecycle.move(
        item,
        Status.ACCEPTED,
        by=_staff(operator),
        at=timezone.now(),
        details=lifecycle.Details(text="Мастер будет завтра"),
    )
    with django_assert_max_num_queries(8):
        news = portal.get(LETTERS, {"updated_since": since.isoformat()}).json()["results"]
    assert [(row["outside_number"], row["status"], row["answer"]) for row in news] == [
        ("3", "accepted", "Мастер будет завтра")
    ]
    assert "Секретов" not in json.dumps(news)
    assert portal.get("/api/v1/outside/gis-zhkh/requests/").json()["results"] == []
    assert portal.get("/api/v1/outside/nobody/requests/").status_code == 404
    assert portal.get(LETTERS, {"updated_since": "вчера"}).status_code == 400
    assert portal.get(f"/api/v1/outside/gis-zhkh/batches/{body['id']}/").status_code == 404
    assert portal.get(f"/api/v1/outside/pos/batches/{uuid4()}/").status_code == 404


def _staff(operator):
    from accounts.actors import actor_of

    return actor_of(operator)


def test_the_pages_of_answers_lose_and_repeat_none(portal, building, categories, monkeypatch):
    from accounts.rest import pages

    send(portal, LETTERS, [said(building, f"{n:02}", address="нигде") for n in range(7)])
    running.run(at=timezone.now, parts=9)
    monkeypatch.setattr(pages, "SIZE", 3)
    seen, cursor = [], ""
    while True:
        body = portal.get(LETTERS, {"cursor": cursor} if cursor else {}).json()
        seen += [row["outside_number"] for row in body["results"]]
        cursor = body["next"]
        if not cursor:
            break
    assert seen == sorted(seen)
    assert len(seen) == len(set(seen)) == OutsideLetter.objects.count() == 7
