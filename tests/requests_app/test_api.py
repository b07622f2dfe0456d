"""The first calls over HTTP: what design fixes, and a problem that names the field otherwise."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts import tokens
from accounts.actors import actor_of
from requests_app import lifecycle, tracking_code
from requests_app.models import Request
from requests_app.statuses import Status
from tests.city_fixtures import NOON, everything, rows_of

pytestmark = pytest.mark.django_db
URL = "/api/v1/requests/"
PROBLEM = "application/problem+json"


@pytest.fixture
def body(building, categories):
    return {
        "category": "ht_riser",
        "building": building.pk,
        "flat": "12",
        "description": "Батарея холодная",
        "contact": {"name": "Анна", "email": "resident@example.org", "phone": ""},
        "consent": True,
    }


@pytest.fixture
def call(client):
    def call(path: str, body: object = None, *, key: str = "", by=None, method: str = "post"):
        headers = {"Idempotency-Key": key} if key else {}
        if by is not None:
            headers["Authorization"] = f"Token {tokens.issue(by, name='test')}"
        if method == "get":
            return client.get(path, body or {}, headers=headers)
        return client.post(path, body or {}, content_type="application/json", headers=headers)

    return call


def assert_problem(answer, status: int, code: str = "") -> dict:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == PROBLEM
    problem = answer.json()
    assert set(problem) == {"type", "title", "status", "detail", "code", "errors"}
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    if code:
        assert problem["code"] == code
    return {error["field"]: error["message"] for error in problem["errors"]}


# ------------------------------------------------------------------ filing


def test_filing_answers_as_design_fixes(call, body, company, settings):
    answer = call(URL, body, key="k1")
    assert answer.status_code == 201, answer.content
    filed = answer.json()
    item = Request.objects.get()
    assert set(filed) == {
        "number",
        "tracking_code",
        "tracking_url",
        "status",
        "due_at",
        "norm",
        "executor",
    }
    assert (filed["number"], filed["status"]) == (item.number, "new")
    assert filed["tracking_code"] == tracking_code.of(item)
    assert filed["tracking_url"] == (
        f"{settings.PUBLIC_URL}/requests/{item.number}/?code={filed['tracking_code']}"
    )
    assert parse_datetime(filed["due_at"]) == item.due_at
    assert filed["norm"] == {"clause": item.norm_clause, "text": item.norm_text}
    assert filed["executor"] == {
        "name": "УК «Причал»",
        "inn": company.inn,
        "phone": company.dispatcher_phone,
    }
    assert item.channel == "api"


def test_the_same_key_answers_the_same_and_another_body_is_refused(call, body):
    first = call(URL, body, key="k1")
    again = call(URL, body, key="k1")
    assert (again.status_code, again.json()) == (201, first.json())
    assert_problem(call(URL, {**body, "flat": "13"}, key="k1"), 409, "idempotency_key_reused")
    assert_problem(call(URL, body, key="k" * 201), 400, "bad_idempotency_key")
    assert Request.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"category": "nonsense"}, "category"),
        ({"category": "heating"}, "category"),
        ({"category": None}, "category"),
        ({"category": ["ht_riser"]}, "category"),
        ({"building": 10**9}, "building"),
        ({"building": "x"}, "building"),
        ({"building": 2**70}, "building"),
        ({"description": ""}, "description"),
        ({"description": "я" * 50_000}, "description"),
        ({"description": "\x00"}, "description"),
        ({"description": 5000 * "\x00"}, "description"),
        ({"contact": {}}, "contact.email"),
        ({"contact": {"email": "a@b.c\r\nBcc: x@y.z"}}, "contact.email"),
        ({"contact": {"phone": "позвоните"}}, "contact.phone"),
        ({"contact": {"name": "я" * 300, "email": "a@example.org"}}, "contact.name"),
        ({"contact": "Анна"}, "contact"),
        ({"contact": None}, "contact"),
        ({"consent": False}, "consent"),
        ({"uploads": [str(uuid4()) for _ in range(11)]}, "uploads"),
        ({"uploads": [str(uuid4())]}, "uploads"),
        ({"uploads": ["x"]}, "uploads.0"),
        ({"uploads": "x"}, "uploads"),
        ({"incident": 2**70}, "incident"),
        ({"flat": "1" * 30}, "flat"),
        ({"entrance": "1" * 30}, "entrance"),
    ],
)
def test_bad_input_names_its_field_and_writes_nothing(changes, field, call, body):
    before = everything()
    errors = assert_problem(call(URL, {**body, **changes}, key="k1"), 400)
    assert list(errors) == [field]
    assert errors[field]
    assert everything() == before


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"5", b'"x"', b"\xff\xfe", b"null"])
def test_a_body_that_is_no_request_is_a_problem(raw, client, categories):
    answer = client.post(URL, raw, content_type="application/json")
    assert_problem(answer, 400)


def test_filing_is_limited_by_address(call, body, settings):
    settings.FILING_LIMIT = 2
    answers = [call(URL, body, key=f"k{n}") for n in range(3)]
    assert [a.status_code for a in answers] == [201, 201, 429]
    assert_problem(answers[2], 429, "too_many_requests")
    assert int(answers[2]["Retry-After"]) > 0


def test_an_account_that_files_owns_the_request(call, body, resident):
    call(URL, body, by=resident)
    assert Request.objects.get().resident == resident


def test_an_unknown_token_is_nobody(client, body):
    answer = client.post(
        URL, body, content_type="application/json", headers={"Authorization": "Token nonsense"}
    )
    assert_problem(answer, 401)
    assert not Request.objects.exists()


# ------------------------------------------------------------------ tracking


def test_tracking_answers_as_design_fixes(call, make_request, operator, company):
    item = make_request(status=Status.DONE)
    lifecycle.internal_note(item, by=actor_of(operator), at=NOON, text="Между нами")
    answer = call(f"{URL}{item.number}/", {"code": tracking_code.of(item)}, method="get")
    assert answer.status_code == 200
    tracked = answer.json()
    assert set(tracked) == {
        "number",
        "status",
        "outcome",
        "category",
        "address",
        "due_at",
        "norm",
        "stop_message",
        "executor",
        "events",
        "act",
        "files",
        "may",
        "version",
    }
    assert tracked["category"] == "ht_riser"
    assert tracked["address"] == item.building.address
    assert tracked["executor"]["inn"] == company.inn
    assert [e["status"] for e in tracked["events"]] == ["new", "accepted", "in_progress", "done"]
    assert set(tracked["events"][0]) == {"at", "status", "text"}
    text = answer.content.decode()
    for private in ("Между нами", "Анна", "resident@", "+7900", "Батарея в комнате"):
        assert private not in text


@pytest.mark.parametrize("who", ["nobody", "neighbour", "rival", "wrong code", "other's code"])
@pytest.mark.parametrize("verb", ["", "confirm/", "object/", "withdraw/", "comment/"])
def test_a_request_of_others_looks_like_none(verb, who, call, make_request, neighbour, rival):
    item, other = make_request(status=Status.DONE), make_request(resident=None)
    by = {"neighbour": neighbour, "rival": rival}.get(who)
    code = {"wrong code": "AAAA-AAAA-AAAA-AAAA", "other's code": tracking_code.of(other)}.get(who)
    before = rows_of(item)
    said = {"code": code} if code else {}
    if verb:
        said["text"] = "Привет"
    method = "post" if verb else "get"
    known = call(f"{URL}{item.number}/{verb}", said, by=by, method=method)
    unknown = call(f"{URL}26-999999/{verb}", said, by=by, method=method)
    assert_problem(known, 404, "not_found")
    assert known.content == unknown.content
    assert rows_of(item) == before


@pytest.mark.parametrize("number", ["26-000001%00", "%00", "x" * 300, "26-%F0%9F%92%A7", "..%2F"])
def test_an_odd_number_is_not_found(number, call, operator, make_request):
    for by in (None, operator):
        answer = call(f"{URL}{number}/", by=by, method="get")
        assert answer.status_code == 404
        assert answer["Content-Type"] == PROBLEM


def test_every_reader_allowed_may_track(call, make_request, resident, operator, company_user):
    item = make_request()
    for by in (resident, operator, company_user):
        assert call(f"{URL}{item.number}/", by=by, method="get").status_code == 200


def test_tracking_costs_the_same_however_long_the_timeline(
    call, make_request, resident, django_assert_num_queries
):
    item = make_request()
    by = {"headers": {"Authorization": f"Token {tokens.issue(resident, name='t')}"}}
    client = Client()
    client.get(f"{URL}{item.number}/", **by)
    with CaptureQueriesContext(connection) as few:
        client.get(f"{URL}{item.number}/", **by)
    for n in range(10):
        lifecycle.comment(item, by=actor_of(resident), at=NOON + timedelta(hours=n), text=f"{n}")
    with django_assert_num_queries(len(few)):
        client.get(f"{URL}{item.number}/", **by)


# ------------------------------------------------------------------ what the owner says


@pytest.mark.parametrize(
    ("status", "verb", "text", "becomes", "outcome"),
    [
        (Status.DONE, "confirm", "", Status.CLOSED, "fixed"),
        (Status.DONE, "object", "Течёт", Status.REOPENED, ""),
        (Status.NEW, "withdraw", "", Status.CLOSED, "withdrawn"),
        (Status.IN_PROGRESS, "withdraw", "Сам починил", Status.CLOSED, "withdrawn"),
        (Status.NEEDS_INFO, "comment", "Дома после шести", Status.ACCEPTED, ""),
        (Status.ACCEPTED, "comment", "Ещё хуже", Status.ACCEPTED, ""),
        (Status.CLOSED, "object", "Опять", Status.REOPENED, ""),
    ],
)
def test_the_holder_of_the_code_is_heard(status, verb, text, becomes, outcome, call, make_request):
    item = make_request(status=status)
    body = {"code": tracking_code.of(item), "text": text}
    if status == Status.CLOSED:  # lately enough to object
        Request.objects.filter(pk=item.pk).update(closed_at=timezone.now())
    answer = call(f"{URL}{item.number}/{verb}/", body, key="k1")
    assert answer.status_code == 200, answer.content
    assert (answer.json()["status"], answer.json()["outcome"]) == (becomes, outcome)
    rows = rows_of(item)
    again = call(f"{URL}{item.number}/{verb}/", body, key="k1")
    assert again.status_code == 200
    assert rows_of(item) == rows
    other = call(f"{URL}{item.number}/{verb}/", {**body, "text": "Иначе"}, key="k1")
    assert_problem(other, 409, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("status", "verb"),
    [
        (Status.NEW, "confirm"),
        (Status.IN_PROGRESS, "confirm"),
        (Status.CLOSED, "confirm"),
        (Status.DONE, "withdraw"),
        (Status.CLOSED, "withdraw"),
        (Status.NEW, "object"),
    ],
)
def test_a_verb_out_of_place_is_a_conflict(status, verb, call, make_request):
    item = make_request(status=status)
    before = rows_of(item)
    answer = call(
        f"{URL}{item.number}/{verb}/", {"code": tracking_code.of(item), "text": "Да"}, key="k9"
    )
    assert_problem(answer, 409, "forbidden_step")
    assert rows_of(item) == before


def test_objecting_without_a_word_names_the_text(call, make_request):
    item = make_request(status=Status.DONE)
    answer = call(f"{URL}{item.number}/object/", {"code": tracking_code.of(item), "text": " "})
    assert list(assert_problem(answer, 400, "text_needed")) == ["text"]


@pytest.mark.parametrize("verb", ["confirm", "object", "withdraw"])
@pytest.mark.parametrize("with_code", [True, False])
def test_nobody_says_a_residents_word_for_them(
    call, make_request, operator, company_user, verb, with_code
):
    """Issue 4, review: an operator's confirm/ closed a request as if the resident had agreed."""
    item = make_request(status=Status.NEW if verb == "withdraw" else Status.DONE)
    before = rows_of(item)
    body = {"text": "Да", "code": tracking_code.of(item) if with_code else ""}
    for by in (operator, company_user):
        answer = call(f"{URL}{item.number}/{verb}/", body, by=by)
        assert_problem(answer, 403, "residents_word")
    assert rows_of(item) == before


# ------------------------------------------------------------------ staff and executors


def test_the_executor_presents_an_act(call, make_request, make_upload, company_user):
    item = make_request(status=Status.IN_PROGRESS)
    scan = make_upload(by=company_user)
    body = {
        "to": "done",
        "text": "Заменили кран",
        "act": {"signed_on": "2026-03-02", "signer": "Мастер", "upload": str(scan.pk)},
    }
    answer = call(f"{URL}{item.number}/transitions/", body, by=company_user, key="k1")
    assert answer.status_code == 200, answer.content
    assert answer.json()["status"] == "done"
    again = call(f"{URL}{item.number}/transitions/", body, by=company_user, key="k1")
    assert again.status_code == 200
    assert len(rows_of(item)["acts"]) == 1


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 400, "to"),
        ({"to": "nonsense"}, 409, "to"),
        ({"to": "closed"}, 409, "to"),
        ({"to": "done"}, 400, "act.signer"),
        ({"to": "done", "act": {"signer": "Мастер"}}, 400, "act.signed_on"),
        ({"to": "done", "act": {"signed_on": "позавчера", "signer": "М"}}, 400, "act.signed_on"),
        ({"to": "done", "act": {"signed_on": "2999-01-01", "signer": "М"}}, 400, "act.signed_on"),
        ({"to": "needs_info", "text": ""}, 400, "text"),
        ({"to": "needs_info", "text": "я" * 50_000}, 400, "text"),
        ({"to": "redirected", "text": "x", "executor": {"company": 2**70}}, 409, "to"),
    ],
)
def test_a_faulty_step_of_the_executor_names_its_field(
    body, status, field, call, make_request, company_user
):
    item = make_request(status=Status.IN_PROGRESS)
    before = rows_of(item)
    answer = call(f"{URL}{item.number}/transitions/", body, by=company_user)
    assert list(assert_problem(answer, status)) == [field]
    assert rows_of(item) == before


def test_only_staff_and_executors_make_steps(call, make_request, resident, rival, operator):
    item = make_request()
    path, body = f"{URL}{item.number}/transitions/", {"to": "accepted"}
    before = rows_of(item)
    assert_problem(call(path, body), 401, "not_authenticated")
    assert_problem(call(path, body, by=resident), 403, "permission_denied")
    assert_problem(call(path, body, by=rival), 404, "not_found")
    assert rows_of(item) == before
    assert call(path, body, by=operator).json()["status"] == "accepted"


def test_a_stale_step_is_a_conflict(call, make_request, operator):
    item = make_request(status=Status.ACCEPTED)
    path = f"{URL}{item.number}/transitions/"
    answer = call(path, {"to": "in_progress", "version": item.version - 1}, by=operator)
    assert_problem(answer, 409, "stale")
    answer = call(path, {"to": "in_progress", "version": item.version}, by=operator)
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["", "x/", "x/confirm/", "x/transitions/"])
@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_not_allowed(path, method, client, db):
    assert_problem(getattr(client, method)(f"{URL}{path}"), 405, "method_not_allowed")
