"""Proposed incidents for programs: the evidence, and one decision whoever takes it first."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actors import actor_of
from requests_app.incidents import proposals
from requests_app.models import Incident, IncidentProposal, ProposalState, Request
from tests.city_fixtures import everything
from tests.requests_app.callers import Program, assert_problem

pytestmark = pytest.mark.django_db
LIST = "desk/proposals/"
VERBS = {"accept": {}, "dismiss": {"reason": "x"}, "attach": {}}


@pytest.fixture
def desk(operator):
    return Program(operator)


def one(item, verb=""):
    return f"{LIST}{item.pk}/{verb}"


def test_a_proposal_is_listed_with_its_evidence_and_tells_no_caller(burst, desk, street):
    item = burst()
    answer = desk.get(LIST)
    (row,) = answer.json()["results"]
    assert (row["id"], row["state"], row["utility"], row["scope"]) == (
        item.pk, "open", "cold_water", "street",
    )  # fmt: skip
    assert (row["requests"], row["incident"], row["seen"]) == (5, None, item.seen)
    whole = desk.get(one(item))
    body = whole.json()
    asked = Request.objects.filter(heard__proposal=item).order_by("-registered_at", "-id")
    assert [line["number"] for line in body["evidence"]] == [request.number for request in asked]
    assert [house["id"] for house in body["houses"]] == [house.pk for house in street[:5]]
    assert body["title"] == proposals.title_of(item, proposals.evidence_of(item))
    assert (body["may_take_street"], body["later"]) == (True, 0)
    for private in (asked[0].description, "Анна", "+7900"):
        assert private not in answer.content.decode() + whole.content.decode()
    assert desk.get(LIST, view="decided").json()["results"] == []
    assert_problem(desk.get(LIST, view="theirs"), 400, field="view")


def test_it_is_accepted_once_a_key_over_the_houses_that_called(burst, desk, operator, chief):
    item = burst()
    first = desk.send(one(item, "accept/"), {}, key="a1")
    assert first.status_code == 200, first.content
    incident = Incident.objects.get()
    body = first.json()
    assert (body["state"], body["incident"], body["decided_by"]) == (
        "accepted", incident.pk, operator.pk,
    )  # fmt: skip
    assert {line["incident"] for line in body["evidence"]} == {incident.pk}
    assert incident.buildings.count() == 5
    assert desk.send(one(item, "accept/"), {}, key="a1").json() == body
    assert_problem(desk.send(one(item, "accept/"), {"houses": "street"}, key="a1"), 409)
    counted = everything()
    assert_problem(Program(chief).send(one(item, "accept/"), {}), 409, "decided")
    assert_problem(Program(chief).send(one(item, "dismiss/"), {"reason": "x"}), 409, "decided")
    assert everything() == counted
    assert [row["id"] for row in desk.get(LIST, view="decided").json()["results"]] == [item.pk]
    assert desk.get(LIST).json()["results"] == []


def test_it_may_take_the_whole_street_but_a_zone_has_none(burst, desk, street):
    item = burst()
    IncidentProposal.objects.update(scope="zone")
    assert desk.get(one(item)).json()["may_take_street"] is False
    counted = everything()
    answer = desk.send(one(item, "accept/"), {"houses": "street"})
    assert_problem(answer, 400, "no_street", "houses")
    assert everything() == counted
    IncidentProposal.objects.update(scope="street")
    assert desk.send(one(item, "accept/"), {"houses": "street"}).status_code == 200
    assert set(Incident.objects.get().buildings.all()) == set(street)


def test_it_is_dismissed_once_a_key_with_its_reason(burst, desk):
    item = burst()
    said = {"reason": " Промывка сети "}
    first = desk.send(one(item, "dismiss/"), said, key="d1")
    assert (first.status_code, first.json()["state"]) == (200, "dismissed"), first.content
    assert first.json()["reason"] == "Промывка сети"
    assert desk.send(one(item, "dismiss/"), said, key="d1").json() == first.json()
    assert_problem(desk.send(one(item, "dismiss/"), {"reason": "Иное"}, key="d1"), 409)
    assert_problem(desk.send(one(item, "attach/")), 409, "over")
    assert not Incident.objects.exists()


@pytest.mark.parametrize(
    ("verb", "said", "field"),
    [
        ("accept", {"houses": "all"}, "houses"),
        ("accept", {"houses": None}, "houses"),
        ("dismiss", {}, "reason"),
        ("dismiss", {"reason": "  "}, "reason"),
        ("dismiss", {"reason": "\x00"}, "reason"),
        ("dismiss", {"reason": "x" * 301}, "reason"),
    ],
)
def test_a_faulty_decision_names_its_field_and_decides_nothing(burst, desk, verb, said, field):
    item = burst()
    assert_problem(desk.send(one(item, f"{verb}/"), said), 400, field=field)
    item.refresh_from_db()
    assert (item.state, item.decided_at) == (ProposalState.OPEN, None)


def test_what_came_afterwards_hangs_on_the_incident_once(burst, desk, operator):
    item = burst()
    proposals.accept(item.pk, by=actor_of(operator), at=timezone.now())
    late = Request.objects.filter(heard__proposal=item).first()
    Request.objects.filter(pk=late.pk).update(incident=None)
    assert desk.get(one(item)).json()["later"] == 1
    answer = desk.send(one(item, "attach/"), key="h1")
    assert (answer.status_code, answer.json()["later"]) == (200, 0), answer.content
    late.refresh_from_db()
    assert late.incident == Incident.objects.get()


@pytest.mark.parametrize("verb", VERBS)
def test_who_may(burst, verb, resident, company_user, clerk, desk):
    item = burst()
    for user, code in ((None, 401), (resident, 403), (company_user, 403), (clerk, 403)):
        assert_problem(Program(user).send(one(item, f"{verb}/"), VERBS[verb]), code)
        assert_problem(Program(user).get(one(item)), code)
        assert_problem(Program(user).get(LIST), code)
    item.refresh_from_db()
    assert item.state == ProposalState.OPEN
    # One that went into a wider one is none.
    IncidentProposal.objects.update(state=ProposalState.MERGED)
    for pk in (item.pk, 10**9, 2**80):
        assert_problem(desk.send(f"{LIST}{pk}/{verb}/", VERBS[verb]), 404, "not_found")
        assert_problem(desk.get(f"{LIST}{pk}/"), 404, "not_found")


def test_the_list_pages_by_a_sealed_cursor_and_costs_the_same_for_many(burst, desk, monkeypatch):
    item = burst()

    def raised(few):
        for n in range(few):
            item.pk, item.scope = None, ("house", "street", "zone")[n % 3]
            item.save()
        with CaptureQueriesContext(connection) as captured:
            desk.get(LIST)
        return len(captured)

    raised(0)
    assert raised(3) == raised(9)
    monkeypatch.setattr("accounts.rest.pages.SIZE", 8)
    first = desk.get(LIST).json()
    second = desk.get(LIST, cursor=first["next"]).json()
    assert len({row["id"] for row in (*first["results"], *second["results"])}) == 13
    assert_problem(desk.get(LIST, view="decided", cursor=first["next"]), 400, "bad_cursor")


def test_a_proposal_costs_the_same_for_few_requests_and_many(burst, desk):
    item = burst()

    def queries():
        with CaptureQueriesContext(connection) as captured:
            desk.get(one(item))
        return len(captured)

    queries()
    few = queries()
    burst(places=range(8), ago=8)
    assert item.heard.count() > 8
    assert queries() == few
