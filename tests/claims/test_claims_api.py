"""Claims for programs: the list of whoever answers, one claim, its steps once on what was seen."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from claims.models import Claim, ClaimEvent
from tests.requests_app.callers import Program, assert_problem

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate().isoformat()
PART = {"to": "partly", "credited_in": TODAY, "text": "x"}


@pytest.fixture
def answering(company_user):
    return Program(company_user)


def one(claim, room="cabinet"):
    return f"{room}/claims/{claim.number}/"


def test_lists_show_claims_to_who_answers_and_to_staff(filed, company_user, operator, rival):
    for user, room in ((company_user, "cabinet"), (operator, "desk")):
        program = Program(user)
        (row,) = program.get(f"{room}/claims/").json()["results"]
        assert (row["number"], row["claim_status"]) == (filed.number, "sent")
        assert row["amount_rub"] == f"{filed.amount_rub:.2f}"
        assert program.get(f"{room}/claims/", status="paid").json()["results"] == []
        assert program.get(f"{room}/claims/", service=filed.service).json()["results"]
        assert program.get(f"{room}/claims/", inn="1").json()["results"] == []
        for name in ("status", "service", "incident", "cursor", "who"):
            assert_problem(program.get(f"{room}/claims/", **{name: "x"}), 400, field=name)
        with CaptureQueriesContext(connection) as seen:
            program.get(f"{room}/claims/")
        about = [query for query in seen if 'FROM "claims_claim"' in query["sql"]]
        assert len(about) == 1
    assert Program(rival).get("cabinet/claims/").json()["results"] == []


def test_who_may(filed, company_user, operator, resident, rival):
    body, events = {"to": "granted"}, ClaimEvent.objects.count()
    assert_problem(Program().send(one(filed), body), 401)
    for user, room in ((resident, "cabinet"), (operator, "cabinet"), (company_user, "desk")):
        assert_problem(Program(user).send(one(filed, room), body), 403, "permission_denied")
        assert_problem(Program(user).get(one(filed, room)), 403, "permission_denied")
    foreign = Program(rival).send(one(filed), body)
    unknown = Program(rival).send("cabinet/claims/26-999999/1/", body)
    assert_problem(foreign, 404, "not_found")
    assert foreign.content == unknown.content
    for odd in ("26-000001%00/1", "x" * 300 + "/1", f"26-000001/{2**80}"):
        assert_problem(Program(rival).get(f"cabinet/claims/{odd}/"), 404, "not_found")
    assert ClaimEvent.objects.count() == events


def test_a_claim_is_answered_once_on_the_version_seen(answering, filed):
    card = answering.get(one(filed))
    assert {step["to"] for step in card.json()["steps"]} == {"granted", "partly", "refused"}
    seen = card.json()["version"]
    body = {"to": "partly", "credited_in": TODAY, "amount_rub": "0.01", "text": "Акт"}
    assert_problem(answering.send(one(filed), body, seen=seen + 1), 412, "precondition_failed")
    answer = answering.send(one(filed), body, key="c1", seen=seen)
    assert (answer.status_code, answer.json()["granted_rub"]) == (200, "0.01"), answer.content
    again = answering.send(one(filed), body, key="c1", seen=seen)
    assert again.json() == answer.json()
    assert_problem(
        answering.send(one(filed), {**body, "amount_rub": "0.02"}, key="c1"), 409,
        "idempotency_key_reused",
    )  # fmt: skip
    assert_problem(answering.send(one(filed), {"to": "sent"}), 409, "forbidden_step")
    assert ClaimEvent.objects.filter(claim=filed, step__in=["grant_part", "partly"]).count() <= 1
    assert Claim.objects.get(pk=filed.pk).status == "partly"


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 400, "to"),
        ({"to": "nonsense"}, 409, "to"),
        ({"to": "refused"}, 400, "text"),
        ({"to": "refused", "text": "\x00"}, 400, "text"),
        (PART, 400, "amount_rub"),
        (
            {"to": "partly", "credited_in": TODAY, "text": "x", "amount_rub": "-1"},
            400,
            "amount_rub",
        ),
        (
            {"to": "partly", "credited_in": TODAY, "text": "x", "amount_rub": "1e99"},
            400,
            "amount_rub",
        ),
        (
            {"to": "partly", "credited_in": TODAY, "text": "x", "amount_rub": "NaN"},
            400,
            "amount_rub",
        ),
        ({"to": "granted", "credited_in": "9999-01-01"}, 400, "credited_in"),
    ],
)
def test_a_faulty_answer_names_its_field_and_writes_nothing(answering, filed, body, status, field):
    events = ClaimEvent.objects.count()
    assert_problem(answering.send(one(filed), body), status, field=field)
    assert ClaimEvent.objects.count() == events
    assert Claim.objects.get(pk=filed.pk).version == filed.version
