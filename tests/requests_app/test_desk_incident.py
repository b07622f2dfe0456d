"""An incident in one press, from a call or from a request."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from accounts.actors import actor_of
from requests_app.desk import incident_here
from requests_app.models import Incident, Request
from tests.requests_app.desk_cast import as_user, at

pytestmark = pytest.mark.django_db


def test_from_a_request_it_takes_the_house_the_matter_and_those_about_it(operator, make_request):
    item, same = make_request(at=timezone.now()), make_request(at=timezone.now())
    other = make_request(category="lf_stop", at=timezone.now())
    as_user(operator).post(at("open_incident", item.pk))
    incident = Incident.objects.get()
    assert (incident.category, incident.created_by) == (item.category, operator)
    assert [house.pk for house in incident.buildings.all()] == [item.building_id]
    assert set(Request.objects.filter(incident=incident)) == {item, same}
    assert Request.objects.get(pk=other.pk).incident is None


def test_a_second_press_joins_the_open_one(operator, make_request):
    item = make_request(at=timezone.now())
    for _turn in range(2):
        incident_here.open_for(item, by=actor_of(operator), at=timezone.now())
    assert Incident.objects.count() == 1
    assert item.events.filter(kind="incident").count() == 1


def test_a_closed_request_opens_none(operator, make_request):
    as_user(operator).post(at("open_incident", make_request(status="closed").pk))
    assert not Incident.objects.exists()


def test_from_a_call_the_form_comes_back_with_the_incident_chosen(operator, building, categories):
    call = {"look": "incident", "building": building.pk, "category": "ht_none", "flat": "17"}
    part = as_user(operator).post(at("add"), call, headers={"HX-Request": "true"})
    incident = Incident.objects.get()
    assert f'value="{incident.pk}" checked' in part.content.decode()
    page = as_user(operator).post(at("add"), call)
    assert f'value="{incident.pk}" checked' in page.content.decode()
    assert page.context["form"]["flat"].value() == "17"
    assert Incident.objects.count() == 1
    assert not Request.objects.exists()


@pytest.mark.parametrize(
    "values", [{}, {"building": "0", "category": "ht_none"}, {"category": "x"}]
)
def test_a_call_without_house_or_matter_opens_none(operator, categories, values):
    page = as_user(operator).post(at("add"), {"look": "incident", **values})
    assert page.status_code == 200
    assert not Incident.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_operators_pressing_at_once_open_one(operator, building, categories):
    start = Barrier(2, timeout=30)

    def press(_place: int) -> int:
        try:
            start.wait()
            by = actor_of(operator)
            return incident_here.open_at(building.pk, "ht_none", by=by, at=timezone.now()).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(press, range(2)))) == 1
    assert Incident.objects.count() == 1
