"""Acts in the cabinet for programs, and links for repairmen: presented once, told once."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts import uploads
from accounts.actors import actor_of
from requests_app.models import Act, Request
from requests_app.statuses import Status
from tests.city_fixtures import rows_of
from tests.requests_app.callers import Program, assert_problem

pytestmark = pytest.mark.django_db
LIST = "cabinet/requests/"
HOUR = timedelta(hours=1)


@pytest.fixture
def firm(company_user):
    return Program(company_user)


@pytest.fixture
def item(make_request):
    return make_request(status=Status.IN_PROGRESS, at=timezone.now() - 20 * HOUR)


def one(item, verb=""):
    return f"{LIST}{item.number}/{verb}"


def a_paper(user, a_scan):
    file = SimpleUploadedFile("act.png", a_scan, content_type="image/png")
    return uploads.accept(file, by=actor_of(user), address="", at=timezone.now())


def test_a_paper_act_is_presented_listed_and_downloaded(firm, item, company_user, a_scan, rival):
    paper, photo = (a_paper(company_user, a_scan) for _ in range(2))
    body = {
        "signed_on": timezone.localdate().isoformat(),
        "signer": "Мастер Фёдоров",
        "upload": str(paper.pk),
        "after": [str(photo.pk)],
        "text": "Кран заменён",
    }
    answer = firm.send(one(item, "acts/"), body, key="a1", seen=item.version)
    assert (answer.status_code, answer.json()["status"]) == (200, "done"), answer.content
    again = firm.send(one(item, "acts/"), body, key="a1", seen=item.version)
    assert again.status_code == 200
    assert Act.objects.count() == 1
    (act,) = firm.get(one(item, "acts/")).json()["results"]
    assert act["signer"] == "Мастер Фёдоров"
    shows = {file["shows"]: file for file in act["files"]}
    assert set(shows) == {"act", "after"}
    got = firm.client.get(shows["act"]["url"])
    assert got.status_code == 200
    assert got["X-Content-Type-Options"] == "nosniff"
    assert b"".join(got.streaming_content)
    assert firm.client.get(shows["after"]["small_url"]).status_code == 200
    for stranger in (Program(), Program(rival)):
        assert stranger.client.get(shows["act"]["url"]).status_code == 404


def test_a_filled_in_act_is_printed_once(firm, item):
    now = timezone.now().replace(microsecond=0)
    body = {
        "signed_on": timezone.localdate().isoformat(),
        "signer": "Мастер Фёдоров",
        "works": "Заменён кран",
        "began_at": (now - HOUR).isoformat(),
        "ended_at": now.isoformat(),
    }
    wrong = firm.send(one(item, "acts/"), {**body, "began_at": (now + HOUR).isoformat()})
    assert_problem(wrong, 400, field="ended_at")
    answer = firm.send(one(item, "acts/"), body, key="a2")
    assert answer.status_code == 200, answer.content
    act = Act.objects.select_related("upload").get()
    assert act.upload.media_type == "application/pdf"
    assert firm.send(one(item, "acts/"), body, key="a2").status_code == 200
    assert_problem(
        firm.send(one(item, "acts/"), {**body, "works": "Иное"}, key="a2"), 409,
        "idempotency_key_reused",
    )  # fmt: skip
    assert_problem(firm.send(one(item, "acts/"), body, key="a3"), 409, "forbidden_step")
    assert Act.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, "works"),
        ({"upload": str(uuid4()), "works": "x"}, "works"),
        ({"upload": str(uuid4())}, "act.upload"),
        ({"upload": "x"}, "upload"),
        ({"upload": str(uuid4()), "signed_on": "вчера"}, "signed_on"),
        ({"upload": str(uuid4()), "after": [str(uuid4())] * 9}, "after"),
    ],
)
def test_a_faulty_act_names_its_field(firm, item, changes, field):
    before = rows_of(item)
    body = {"signed_on": timezone.localdate().isoformat(), "signer": "Мастер", **changes}
    answer = firm.send(one(item, "acts/"), body)
    assert answer.status_code == 400, answer.content
    assert answer.json()["errors"][0]["field"] == field
    assert rows_of(item) == before


def test_the_scan_of_a_stranger_is_not_found(firm, item, rival, a_scan):
    theirs = a_paper(rival, a_scan)
    body = {
        "signed_on": timezone.localdate().isoformat(),
        "signer": "Мастер",
        "upload": str(theirs.pk),
    }
    assert_problem(firm.send(one(item, "acts/"), body), 400, "unknown_upload")
    assert Request.objects.get(pk=item.pk).status == Status.IN_PROGRESS


# ------------------------------------------------------------------ links for repairmen


def test_a_link_is_told_once_opens_the_request_and_is_closed(firm, item, rival):
    given = firm.send(one(item, "links/"), {"for_whom": "Слесарь Попов", "hours": 8})
    assert given.status_code == 201, given.content
    address = given.json()["url"]
    path = address[address.index("/repair/") :]
    assert Client().get(path).status_code == 200
    (listed,) = firm.get(one(item, "links/")).json()["results"]
    assert set(listed) == {"id", "for_whom", "expires_at"}
    gone = one(item, f"links/{listed['id']}/")
    assert_problem(Program(rival).send(gone, method="delete"), 404)
    assert firm.send(gone, method="delete").status_code == 204
    assert_problem(firm.send(gone, method="delete"), 404)
    assert_problem(firm.send(one(item, f"links/{2**70}/"), method="delete"), 404)
    assert firm.get(one(item, "links/")).json()["results"] == []
    assert_problem(firm.send(one(item, "links/"), {"hours": 9_999}), 400, field="hours")
