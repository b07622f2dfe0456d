"""Which rooms of the workplace open to whom, incidents, and what nobody may edit."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib import admin
from django.utils import timezone

from accounts import roles
from notifications.models import Message
from requests_app.incidents import jobs
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


@pytest.fixture
def going_on(chief, outage, make_building, make_request):
    """Return an incident over two houses, and a request that hangs on it."""
    began = timezone.localtime() - timedelta(hours=5)
    houses = [make_building(street="ул. Речная", house=str(n)) for n in (1, 2)]
    started = {"started_at_0": f"{began:%d.%m.%Y}", "started_at_1": f"{began:%H:%M:%S}"}
    expected = {"expected_end_at_0": "", "expected_end_at_1": ""}
    answer = as_user(chief).post(
        f"{INCIDENTS}add/", {**outage, **started, **expected, "more_houses": "Речная"}
    )
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    incident = Incident.objects.get()
    item = make_request(
        category="cw_leak", building=houses[0].pk, status="in_progress", at=timezone.now()
    )
    Request.objects.filter(pk=item.pk).update(incident=incident)
    return incident, item, houses


def test_an_incident_entered_here_is_told_and_attaches_what_waits(going_on):
    incident, _item, _houses = going_on
    assert list(incident.updates.values_list("kind", flat=True)) == ["opened"]
    assert sorted(incident.jobs.values_list("kind", flat=True)) == ["attach", "tell"]


def test_its_end_here_does_its_requests_and_asks_each_resident(chief, operator, going_on):
    incident, item, _houses = going_on
    browser, page = as_user(chief), f"{INCIDENTS}{incident.pk}/next/"
    assert "1 открытая заявка" in browser.get(page).content.decode()
    sent = {
        "do": "end", "key": "once", "signer": "Мастер Петров", "text": "Вода подана",
        "signed_on": f"{timezone.localdate():%Y-%m-%d}",
    }  # fmt: skip
    for field, wrong in (("signer", ""), ("signed_on", "2999-01-01")):
        refused = browser.post(page, {**sent, field: wrong})
        assert refused.status_code == 422
        assert refused.context["sent"].errors[field]
    incident.refresh_from_db()
    assert incident.ended_at is None
    for _twice in range(2):
        assert browser.post(page, sent)["Location"] == page
    assert list(incident.updates.values_list("kind", flat=True)) == ["opened", "over"]
    jobs.run(at=timezone.now())
    item.refresh_from_db()
    assert item.status == "done"
    assert Message.objects.filter(event="request.incident_over").count() == 1
    shown = browser.get(page).content.decode()
    assert "Вода подана" in shown
    assert "signer" not in shown
    assert item.number in as_user(operator).get(page.replace("next", "change")).content.decode()


def test_news_here_reach_people_once_and_calling_off_leaves_the_requests(chief, going_on):
    incident, item, _houses = going_on
    browser, page = as_user(chief), f"{INCIDENTS}{incident.pk}/next/"
    news = {"do": "news", "key": "n", "text": "Меняем трубу", "expected_end_at": ""}
    for _twice in range(2):
        browser.post(page, news)
    assert browser.post(page, {**news, "text": "Другое"}).status_code == 422
    assert browser.post(page, {**news, "key": "m", "text": ""}).status_code == 422
    assert incident.updates.filter(kind="news").count() == 1
    browser.post(page, {"do": "cancel", "key": "c", "reason": "Ложный вызов"})
    incident.refresh_from_db()
    assert (incident.ending, incident.ending_reason) == ("cancelled", "Ложный вызов")
    jobs.run(at=timezone.now())
    item.refresh_from_db()
    assert item.status == "in_progress"


def test_who_may_not_change_incidents_ends_none(operator, going_on):
    incident, _item, _houses = going_on
    browser, page = as_user(operator), f"{INCIDENTS}{incident.pk}/next/"
    assert browser.get(page).status_code == 403
    assert browser.post(page, {"do": "cancel", "key": "c", "reason": "Так"}).status_code == 403
    incident.refresh_from_db()
    assert incident.ended_at is None


def test_a_house_is_taken_off_and_what_people_were_told_stands(chief, outage, going_on):
    incident, _item, houses = going_on
    link = incident.incidentbuilding_set.get(building=houses[1])
    address, browser = f"{INCIDENTS}{incident.pk}/change/", as_user(chief)
    began = timezone.localtime(incident.started_at)
    kept = {
        **outage, "text": "Тайком", "started_at_0": f"{began:%d.%m.%Y}",
        "started_at_1": f"{began:%H:%M:%S}",
    }  # fmt: skip
    assert browser.post(address, {**kept, "fewer_houses": [link.pk]}).status_code == 302
    assert list(incident.buildings.all()) == [houses[0]]
    assert incident.updates.filter(kind="houses").count() == 1
    incident.refresh_from_db()
    assert incident.text == "Бригада на месте"
    last = incident.incidentbuilding_set.get()
    browser.post(address, {**kept, "fewer_houses": [last.pk]})
    assert list(incident.buildings.all()) == [houses[0]]
    Incident.objects.filter(pk=incident.pk).update(ended_at=timezone.now())
    wrong = browser.post(address, {**kept, "more_houses": "Речная"})
    assert wrong.context["adminform"].form.errors["more_houses"]


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
