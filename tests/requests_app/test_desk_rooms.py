"""Which rooms of the workplace open to whom, incidents, and what nobody may edit."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.utils import timezone

from accounts import roles
from requests_app.models import Act, Attachment, Incident, RefusedSave, Request, RequestEvent
from tests.requests_app.desk_cast import as_user

pytestmark = pytest.mark.django_db
INCIDENTS = "/admin/requests_app/incident/"


def rooms_of(user) -> set[str]:
    page = as_user(user).get("/admin/")
    assert page.status_code == 200
    return {
        f"{app['app_label']}.{model['object_name'].lower()}"
        for app in page.context["app_list"]
        for model in app["models"]
    }


@pytest.mark.parametrize(
    ("who", "group"),
    [
        ("operator", roles.OPERATORS),
        ("chief", roles.CHIEF_OPERATORS),
        ("editor", roles.EDITORS),
    ],
)
def test_each_group_sees_what_its_table_names_and_nothing_else(request, who, group):
    allowed = {
        name.replace("view_", "").replace("change_", "").replace("add_", "")
        for name in roles.PERMISSIONS[group]
    }
    seen = rooms_of(request.getfixturevalue(who))
    # The demo shows every letter to every member of staff.
    assert seen - {"notifications.sentletter"} <= allowed
    assert ("requests_app.request" in seen) == (who != "editor")


def test_front_page_begins_with_the_queues(operator, editor, make_request):
    make_request()
    page = as_user(operator).get("/admin/")
    counts = {
        queue["href"].partition("tab=")[2]: queue["count"] for queue in page.context["queues"]
    }
    assert counts["new"] == "1"
    assert counts["done"] == "0"
    assert as_user(editor).get("/admin/").context["queues"] == []


@pytest.mark.parametrize("model", [Request, RequestEvent, Act, Attachment, Incident, RefusedSave])
def test_nobody_deletes_and_evidence_is_not_edited(rf, admin_user, model):
    asked = rf.get("/")
    asked.user = admin_user
    shown = admin.site._registry.get(model)
    if shown is None:  # read on the request's page only
        assert model in {RequestEvent, Act, Attachment}
        return
    assert not shown.has_delete_permission(asked)
    if model is RefusedSave:
        assert not shown.has_change_permission(asked)
        assert not shown.has_add_permission(asked)


@pytest.fixture
def outage(categories):
    return {
        "kind": "fault",
        "title": "Нет воды на Садовой",
        "category": categories["cw_leak"].pk,
        "utility": "cold_water",
        "text": "Бригада на месте",
        "started_at_0": "02.03.2026",
        "started_at_1": "10:00:00",
        "expected_end_at_0": "02.03.2026",
        "expected_end_at_1": "18:00:00",
        "ended_at_0": "",
        "ended_at_1": "",
    }


def test_incident_takes_houses_and_whole_streets(chief, outage, make_building):
    street = [make_building(street="ул. Садовая", house=str(n)) for n in (1, 2, 3)]
    one = make_building(street="ул. Гончарова", house="5")
    make_building(street="ул. Гончарова", house="7")
    answer = as_user(chief).post(
        f"{INCIDENTS}add/", {**outage, "more_houses": "Садовая\nгончарова 5\n\nСадовая"}
    )
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    incident = Incident.objects.get()
    assert set(incident.buildings.all()) == {*street, one}
    assert incident.created_by == chief


def test_line_that_fits_no_house_is_named(chief, outage, make_building):
    make_building(street="ул. Садовая", house="1")
    page = as_user(chief).post(f"{INCIDENTS}add/", {**outage, "more_houses": "Садовая\nНигдейная"})
    assert "Нигдейная" in str(page.context["adminform"].form.errors["more_houses"])
    nothing = as_user(chief).post(f"{INCIDENTS}add/", {**outage, "more_houses": ""})
    assert nothing.context["adminform"].form.errors["more_houses"]
    assert not Incident.objects.exists()


def test_incident_ends_and_loses_a_house(chief, operator, outage, make_building, make_request):
    houses = [make_building(street="ул. Речная", house=str(n)) for n in (1, 2)]
    as_user(chief).post(f"{INCIDENTS}add/", {**outage, "more_houses": "Речная"})
    incident = Incident.objects.get()
    item = make_request(building=houses[0].pk)
    Request.objects.filter(pk=item.pk).update(incident=incident)
    link = incident.incidentbuilding_set.get(building=houses[1])
    address = f"{INCIDENTS}{incident.pk}/change/"
    wrong = as_user(chief).post(
        address, {**outage, "ended_at_0": "01.03.2026", "ended_at_1": "10:00:00"}
    )
    assert wrong.context["adminform"].form.errors["ended_at"]
    as_user(chief).post(
        address,
        {**outage, "ended_at_0": "02.03.2026", "ended_at_1": "12:00:00", "fewer_houses": [link.pk]},
    )
    incident.refresh_from_db()
    assert incident.ended_at is not None
    assert list(incident.buildings.all()) == [houses[0]]
    page = as_user(operator).get(address)
    assert page.status_code == 200
    assert item.number in page.content.decode()


def test_operator_reads_incidents_and_does_not_enter_them(operator, outage):
    Incident.objects.create(
        kind="fault", category_id=outage["category"], title="Авария", started_at=timezone.now()
    )
    browser = as_user(operator)
    assert browser.get(INCIDENTS).status_code == 200
    assert browser.get(f"{INCIDENTS}add/").status_code == 403
    assert browser.post(f"{INCIDENTS}add/", outage).status_code == 403


def test_list_of_incidents_costs_the_same_however_many(
    chief, categories, django_assert_max_num_queries
):
    for n in range(30):
        Incident.objects.create(
            kind="fault", category=categories["cw_leak"], title=f"{n}", started_at=timezone.now()
        )
    browser = as_user(chief)
    with django_assert_max_num_queries(10):
        browser.get(INCIDENTS)
