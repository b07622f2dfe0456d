"""Proposed incidents at the desk: accepted or dismissed once, by those who may."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actors import System, actor_of
from requests_app import intake
from requests_app.incidents import bursts_watch, proposals
from requests_app.lifecycle import Refused
from requests_app.models import (
    EventKind,
    Incident,
    IncidentProposal,
    ProposalState,
    Request,
    RequestEvent,
)
from tests.requests_app.desk_cast import LIST as WORK_LIST
from tests.requests_app.desk_cast import as_user

pytestmark = pytest.mark.django_db

LIST = "/admin/requests_app/incidentproposal/"


def page(item: IncidentProposal) -> str:
    return f"{LIST}{item.pk}/change/"


def test_the_front_page_and_the_work_list_tell_of_a_proposal(burst, operator):
    browser = as_user(operator)
    assert "ждёт решения" not in browser.get(WORK_LIST).content.decode()
    burst()
    assert "1 предложенная авария ждёт решения" in browser.get(WORK_LIST).content.decode()
    assert LIST in browser.get("/admin/").content.decode()


def test_the_page_shows_what_was_seen_and_what_was_expected(burst, operator):
    item = burst()
    said = as_user(operator).get(page(item)).content.decode()
    assert "ул. Вокзальная" in said
    assert "Холодная вода" in said
    for one in Request.objects.filter(heard__proposal=item):
        assert one.number in said
        assert one.building.address in said
    assert "Обычно за это время" in said


def test_one_press_opens_the_incident_over_the_houses_and_hangs_their_requests(burst, operator):
    item = burst()
    answer = as_user(operator).post(f"{LIST}{item.pk}/accept/", {"houses": "called"})
    incident = Incident.objects.get()
    assert answer.url == f"/admin/requests_app/incident/{incident.pk}/change/"
    item.refresh_from_db()
    assert (item.state, item.incident_id) == (ProposalState.ACCEPTED, incident.pk)
    assert item.decided_by_id == operator.pk
    asked = Request.objects.filter(heard__proposal=item)
    assert {one.incident_id for one in asked} == {incident.pk}
    assert set(incident.buildings.all()) == {one.building for one in asked}
    assert incident.utility == "cold_water"
    assert incident.started_at == item.first_at
    assert RequestEvent.objects.filter(kind=EventKind.INCIDENT).count() == asked.count()


def test_the_incident_may_take_the_whole_street(burst, operator, street):
    item = burst()
    as_user(operator).post(f"{LIST}{item.pk}/accept/", {"houses": "street"})
    assert set(Incident.objects.get().buildings.all()) == set(street)


def test_a_second_press_opens_nothing(burst, operator, chief):
    item = burst()
    proposals.accept(item.pk, by=actor_of(operator), at=timezone.now())
    with pytest.raises(Refused):
        proposals.accept(item.pk, by=actor_of(chief), at=timezone.now())
    answer = as_user(chief).post(f"{LIST}{item.pk}/accept/", follow=True)
    assert "По этому предложению уже решили" in answer.content.decode()
    assert Incident.objects.count() == 1


def test_dismissing_needs_a_reason(burst, operator):
    item = burst()
    answer = as_user(operator).post(f"{LIST}{item.pk}/dismiss/", {"reason": "  "})
    assert answer.status_code == 422
    assert "Напишите, почему это не авария" in answer.content.decode()
    item.refresh_from_db()
    assert item.state == ProposalState.OPEN


def test_a_dismissed_proposal_keeps_its_reason_and_raises_no_other(burst, operator):
    item = burst()
    browser = as_user(operator)
    browser.post(f"{LIST}{item.pk}/dismiss/", {"reason": "Промывка сети по графику"})
    again = burst(places=range(3, 8), ago=1)
    assert again == item
    assert IncidentProposal.objects.count() == 1
    assert "Промывка сети по графику" in browser.get(f"{LIST}?tab=decided").content.decode()
    assert not Incident.objects.exists()


def test_what_comes_after_is_hung_on_the_incident_by_one_press(burst, operator, street):
    item = burst()
    incident, _ = proposals.accept(
        item.pk, by=actor_of(operator), at=timezone.now(), houses=proposals.WHOLE_STREET
    )
    late = intake.file(
        _another(item, street[7]), by=System(), at=timezone.now()
    ).request  # fmt: skip
    bursts_watch.listen(at=timezone.now())
    # Its house has an open incident: it is not counted, and offered nowhere but at filing.
    late.refresh_from_db()
    assert late.heard.is_counted is False
    assert IncidentProposal.objects.count() == 1
    assert incident.requests.count() == item.heard.count()


def _another(item: IncidentProposal, building) -> intake.NewRequest:
    return intake.NewRequest(
        category="cw_none",
        building=building.pk,
        flat="40",
        description="Нет холодной воды с утра",
        contact=intake.Contact(name="", email="late@example.org", phone=""),
        consent=True,
    )


def test_requests_heard_between_two_looks_are_hung_on_the_incident_later(burst, operator, street):
    item = burst()
    late = intake.file(_another(item, street[0]), by=System(), at=timezone.now()).request
    bursts_watch.listen(at=timezone.now())
    Request.objects.filter(pk=late.pk).update(incident=None)
    incident, _ = proposals.accept(item.pk, by=actor_of(operator), at=timezone.now())
    Request.objects.filter(pk=late.pk).update(incident=None)
    browser = as_user(operator)
    assert "Привязать к аварии ещё 1 заявку" in browser.get(page(item)).content.decode()
    browser.post(f"{LIST}{item.pk}/attach/")
    late.refresh_from_db()
    assert late.incident_id == incident.pk


def test_only_the_desk_decides(burst, resident, company_user, clerk, editor):
    item = burst()
    for user in (resident, company_user, clerk, editor):
        browser = as_user(user)
        for verb in ("accept", "dismiss", "attach"):
            assert browser.post(f"{LIST}{item.pk}/{verb}/", {"reason": "x"}).status_code in (
                302,
                403,
            )
        assert browser.get(page(item)).status_code in (302, 403)
    assert Client().get(page(item)).status_code == 302
    item.refresh_from_db()
    assert item.state == ProposalState.OPEN
    assert not Incident.objects.exists()


def test_a_proposal_that_went_into_another_is_not_found(burst, operator):
    item = burst()
    IncidentProposal.objects.update(state=ProposalState.MERGED)
    assert as_user(operator).get(page(item)).status_code == 404
    assert as_user(operator).post(f"{LIST}{item.pk}/accept/").status_code == 404


def test_the_list_costs_the_same_for_one_proposal_and_for_twenty(burst, operator):
    item = burst()
    browser = as_user(operator)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            browser.get(LIST)
        return len(captured)

    queries()
    one = queries()
    for place in range(19):
        item.pk, item.scope = None, ("house", "street", "zone")[place % 3]
        item.save()
    assert queries() <= one + 1  # the names of zones


def test_the_page_costs_the_same_for_few_requests_and_many(burst, operator, street):
    item = burst()
    browser = as_user(operator)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            browser.get(page(item))
        return len(captured)

    queries()
    few = queries()
    burst(places=range(8), ago=8)
    assert item.heard.count() > 8
    assert queries() == few
