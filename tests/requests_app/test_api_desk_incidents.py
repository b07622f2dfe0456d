"""Incidents at the desk for programs: each operation once, on the version that was seen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from requests_app.incidents import jobs
from requests_app.models import Incident, IncidentBuilding, IncidentJob, IncidentUpdate, Request
from requests_app.statuses import Status
from tests.requests_app.callers import Program, assert_problem

pytestmark = pytest.mark.django_db
LIST = "desk/incidents/"
HOUR = timedelta(hours=1)
COLD = "cw_none"


@pytest.fixture
def desk(chief):
    return Program(chief)


@pytest.fixture
def body(building, categories):
    return {
        "kind": "fault",
        "category": COLD,
        "utility": "cold_water",
        "title": "Порыв на Садовой",
        "started_at": (timezone.now() - HOUR).isoformat(),
        "houses": "Садовая 1",
    }


@pytest.fixture
def incident(desk, body):
    answer = desk.send(LIST, body)
    assert answer.status_code == 201, answer.content
    return answer.json()


def written():
    models = (Incident, IncidentBuilding, IncidentUpdate, IncidentJob)
    return [model.objects.count() for model in models]


def test_an_incident_is_opened_once_and_gathers_its_requests(desk, body, make_request):
    item = make_request(category=COLD, at=timezone.now() - 2 * HOUR)
    seen = desk.send(f"{LIST}preview/", {"category": COLD, "houses": "Садовая 1\nЛесная 99"}).json()
    assert (seen["houses"], seen["requests"], seen["unknown"]) == (1, 1, ["Лесная 99"])
    assert not Incident.objects.exists()
    first = desk.send(LIST, body, key="o1")
    again = desk.send(LIST, body, key="o1")
    assert (first.status_code, again.json()) == (201, first.json()), first.content
    assert_problem(desk.send(LIST, {**body, "title": "x"}, key="o1"), 409)
    jobs.run(at=timezone.now())
    assert Request.objects.get(pk=item.pk).incident_id == first.json()["id"]
    standing = desk.get(f"{LIST}{first.json()['id']}/").json()
    assert (standing["houses"], standing["waiting"]) == (1, 1)
    assert {job["progress"] for job in standing["jobs"]} == {"finished"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"category": "nonsense"}, "category"),
        ({"category": "\x00"}, "category"),
        ({"kind": "joke"}, "kind"),
        ({"utility": "beer"}, "utility"),
        ({"title": "\x00"}, "title"),
        ({"houses": "Нигде 5"}, "houses"),
        ({"houses": ""}, "houses"),
        ({"buildings": [10**9]}, "buildings"),
        ({"buildings": ["x"]}, "buildings.0"),
        ({"started_at": "9999-12-31T23:59:59-12:00"}, "started_at"),
        ({"expected_end_at": "2001-01-01T00:00:00Z"}, "expected_end_at"),
    ],
)
def test_a_faulty_incident_names_its_field_and_writes_nothing(desk, body, changes, field):
    before = written()
    assert_problem(desk.send(LIST, {**body, **changes}), 400, field=field)
    assert written() == before


def test_who_may(body, incident, operator, resident, company_user):
    before = written()
    one = f"{LIST}{incident['id']}/"
    # Operators see incidents; opening and ending them is the chiefs'.
    assert Program(operator).get(one).status_code == 200
    for path, said in (
        (LIST, body),
        (f"{one}news/", {"text": "x"}),
        (f"{one}end/", {"signed_on": "2026-01-01", "signer": "x"}),
        (f"{one}cancel/", {"reason": "x"}),
        (f"{one}houses/", {"add": {"houses": "Садовая 1"}}),
    ):
        assert_problem(Program().send(path, said), 401)
        for user in (operator, resident, company_user):
            assert_problem(Program(user).send(path, said), 403, "permission_denied")
    assert written() == before


@pytest.mark.parametrize("pk", [10**9, 2**80])
@pytest.mark.parametrize(
    ("verb", "said"),
    [("news", {"text": "x"}), ("cancel", {"reason": "x"}), ("merge", {"into": 1, "reason": "x"})],
)
def test_an_unknown_incident_is_not_found(desk, incident, pk, verb, said):
    assert_problem(desk.send(f"{LIST}{pk}/{verb}/", said), 404, "not_found")
    assert_problem(desk.get(f"{LIST}{pk}/"), 404, "not_found")


def test_news_come_once_on_the_version_seen_and_put_the_end_off(desk, incident):
    path = f"{LIST}{incident['id']}/news/"
    said = {"text": "Нашли порыв", "expected_end_at": (timezone.now() + HOUR).isoformat()}
    first = desk.send(path, said, key="n1", seen=incident["version"])
    assert first.status_code == 200, first.content
    assert first.json()["expected_end_at"]
    assert desk.send(path, said, key="n1", seen=incident["version"]).json() == first.json()
    before = written()
    assert_problem(desk.send(path, said, seen=incident["version"]), 412, "precondition_failed")
    assert_problem(desk.send(path, {}), 400, field="text")
    assert written() == before


def test_houses_come_and_go_but_one_stays(desk, incident, make_building, company):
    there = make_building(company=company, house="77")
    path = f"{LIST}{incident['id']}/houses/"
    answer = desk.send(path, {"add": {"buildings": [there.pk]}})
    assert (answer.status_code, answer.json()["houses"]) == (200, 2), answer.content
    assert desk.send(path, {"drop": {"houses": "Садовая 77"}}).json()["houses"] == 1
    assert_problem(desk.send(path, {"drop": {"houses": "Садовая 1"}}), 400, "houses_needed")
    assert_problem(desk.send(path, {}), 400, field="add")
    assert_problem(desk.send(path, {"add": {"houses": "Нигде 1"}}), 400, field="add.houses")


def test_an_incident_ends_with_its_act_and_no_more_follows(desk, body, make_request):
    item = make_request(category=COLD, at=timezone.now() - HOUR)
    one = desk.send(LIST, body).json()
    path = f"{LIST}{one['id']}/"
    jobs.run(at=timezone.now())
    act = {"signed_on": timezone.localdate().isoformat(), "signer": "Диспетчер"}
    assert_problem(desk.send(f"{path}end/", {**act, "signer": " "}), 400, field="signer")
    ended = desk.send(f"{path}end/", act, key="e1")
    assert (ended.status_code, ended.json()["ending"]) == (200, "over"), ended.content
    jobs.run(at=timezone.now())
    assert Request.objects.get(pk=item.pk).status == Status.DONE
    assert_problem(desk.send(f"{path}news/", {"text": "x"}), 409, "over")
    assert_problem(desk.send(f"{path}cancel/", {"reason": "x"}), 409, "over")


def test_one_goes_into_another_and_the_chain_is_refused(desk, body, incident):
    other = desk.send(LIST, {**body, "title": "Второй"}).json()
    path = f"{LIST}{incident['id']}/merge/"
    assert_problem(desk.send(path, {"into": incident["id"], "reason": "x"}), 409, "same")
    assert_problem(desk.send(path, {"into": 10**9, "reason": "x"}), 400, field="into")
    merged = desk.send(path, {"into": other["id"], "reason": "Один порыв"}, key="m1")
    assert (merged.status_code, merged.json()["ending"]) == (200, "merged"), merged.content
    back = {"into": incident["id"], "reason": "x"}
    assert_problem(desk.send(f"{LIST}{other['id']}/merge/", back), 409, "chain")
    called_off = desk.send(f"{LIST}{other['id']}/cancel/", {"reason": "Ошибка"}).json()
    assert called_off["ending"] == "cancelled"


def test_background_work_is_paused_and_goes_on(desk, incident):
    job = incident["jobs"][0]["id"]
    path = f"{LIST}{incident['id']}/jobs/{job}/"
    assert_problem(desk.send(path, {"deed": "pause"}), 400, field="reason")
    paused = desk.send(path, {"deed": "pause", "reason": "Не тот текст"}, key="p1").json()
    assert paused["jobs"][0]["progress"] == "paused"
    assert paused["jobs"][0]["decided"][0]["reason"] == "Не тот текст"
    assert_problem(desk.send(path, {"deed": "pause", "reason": "x"}), 409, "forbidden_step")
    assert desk.send(path, {"deed": "go_on"}).json()["jobs"][0]["progress"] == "running"
    assert_problem(desk.send(f"{LIST}{incident['id']}/jobs/{10**9}/", {"deed": "go_on"}), 404)


def test_an_incident_is_corrected_once_on_the_version_seen_and_its_news_say_so(desk, incident):
    path = f"{LIST}{incident['id']}/"
    said = {"title": "Порыв на Лесной", "cause": "Износ трубы", "category": "cw_none"}
    first = desk.send(path, said, method="patch", key="c1", seen=incident["version"])
    assert first.status_code == 200, first.content
    body = first.json()
    assert (body["title"], body["cause"], body["category"]) == (*list(said.values())[:2], COLD)
    assert body["version"] > incident["version"]
    again = desk.send(path, said, method="patch", key="c1", seen=incident["version"])
    assert again.json() == body
    assert_problem(desk.send(path, {"title": "x"}, method="patch", key="c1"), 409)
    news = desk.get(f"incidents/{incident['id']}/").json()["news"]
    assert [line["kind"] for line in news] == ["corrected", "opened"]
    assert news[0]["text"] == (
        "Что случилось: Порыв на Лесной (было: Порыв на Садовой)\nПричина: Износ трубы (было: —)"
    )
    before = written()
    stale = desk.send(path, {"title": "x"}, method="patch", seen=incident["version"])
    assert_problem(stale, 412, "precondition_failed")
    # What it says already is no correction.
    same = desk.send(path, said, method="patch", seen=body["version"])
    assert (same.status_code, same.json()) == (200, body)
    assert written() == before


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "title"),
        ({"title": " "}, "title"),
        ({"title": "\x00"}, "title"),
        ({"kind": "joke"}, "kind"),
        ({"utility": "beer"}, "utility"),
        ({"category": "nonsense"}, "category"),
        ({"started_at": "9999-12-31T23:59:59-12:00"}, "started_at"),
        ({"started_at": None}, "started_at"),
        ({"title": "Порыв", "expected_end_at": "2030-01-01T00:00:00Z"}, "expected_end_at"),
        ({"text": "Ремонт"}, "text"),
    ],
)
def test_a_faulty_correction_names_its_field_and_writes_nothing(desk, incident, said, field):
    before = written()
    path = f"{LIST}{incident['id']}/"
    assert_problem(desk.send(path, said, method="patch"), 400, field=field)
    assert written() == before
    assert Incident.objects.get().title == incident["title"]


def test_chiefs_alone_correct_an_incident_and_one_that_is_there(
    desk, incident, operator, resident, company_user
):
    before = written()
    path = f"{LIST}{incident['id']}/"
    assert_problem(Program().send(path, {"title": "x"}, method="patch"), 401)
    for user in (operator, resident, company_user):
        answer = Program(user).send(path, {"title": "x"}, method="patch")
        assert_problem(answer, 403, "permission_denied")
    for pk in (10**9, 2**80):
        answer = desk.send(f"{LIST}{pk}/", {"title": "x"}, method="patch")
        assert_problem(answer, 404, "not_found")
    assert written() == before
