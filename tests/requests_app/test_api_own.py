"""A resident's own requests for programs, following, and the files of a request."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import uploads
from accounts.actors import actor_of
from notifications.models import Follow
from requests_app import lifecycle, tracking_code
from requests_app.models import Attachment
from requests_app.statuses import Status
from tests.city_fixtures import NOON
from tests.requests_app.callers import Program, assert_problem

pytestmark = pytest.mark.django_db
MINE = "requests/mine/"
HOUR = timedelta(hours=1)


@pytest.fixture
def me(resident):
    return Program(resident)


def found(program, **asked):
    answer = program.get(MINE, **asked)
    assert answer.status_code == 200, answer.content
    return [row["number"] for row in answer.json()["results"]]


def test_own_list_is_the_persons_alone_newest_first(me, neighbour, make_request, operator):
    first = make_request()
    second = make_request(status=Status.DONE, at=NOON + HOUR)
    make_request(resident=None)
    make_request(resident=neighbour)
    body = me.get(MINE).json()
    assert [row["number"] for row in body["results"]] == [second.number, first.number]
    row = body["results"][1]
    assert row["words"]
    assert (row["status"], row["version"], row["flat"]) == ("new", 1, "12")
    assert "description" not in row
    # Whoever works here may live here too: not everybody's requests.
    assert found(Program(operator)) == []
    assert_problem(Program().get(MINE), 401, "not_authenticated")


def test_own_filters(me, make_request):
    late = make_request()
    fresh = make_request(at=timezone.now(), category="cw_leak")
    over = make_request(status=Status.CLOSED, at=NOON + HOUR)
    assert set(found(me, status="open")) == {late.number, fresh.number}
    assert found(me, status="closed") == [over.number]
    assert set(found(me, status="closed,new")) == {late.number, fresh.number, over.number}
    assert found(me, overdue="true") == [late.number]
    assert found(me, category="cw_leak") == [fresh.number]
    assert found(me, building=10**9) == []
    for name, value in {"status": "gone", "building": "x", "cursor": "x", "who": "me"}.items():
        assert_problem(me.get(MINE, **{name: value}), 400, field=name)


def test_own_list_costs_the_same_for_many(me, make_request):
    make_request()
    me.get(MINE)
    with CaptureQueriesContext(connection) as few:
        me.get(MINE)
    for n in range(6):
        make_request(at=NOON + n * HOUR)
    with CaptureQueriesContext(connection) as many:
        me.get(MINE)
    assert len(few) == len(many)


# ------------------------------------------------------------------ following


def test_the_same_trouble_is_followed_counted_and_left(neighbour, make_request):
    item = make_request(public=True)
    other = Program(neighbour)
    path = f"requests/{item.pk}/follow/"
    assert other.get(path).json()["following"] is False
    for _ in range(2):
        answer = other.send(path, method="put")
        assert answer.status_code == 200, answer.content
        assert (answer.json()["following"], answer.json()["followers"]) == (True, 1)
    assert item.number not in answer.content.decode()
    assert Follow.objects.get().email == neighbour.email
    for _ in range(2):
        answer = other.send(path, method="delete")
        assert (answer.json()["following"], answer.json()["followers"]) == (False, 0)


def test_only_what_everybody_sees_is_followed(neighbour, make_request):
    private = make_request()
    for pk in (private.pk, 10**9, 2**70):
        answer = Program(neighbour).send(f"requests/{pk}/follow/", method="put")
        assert_problem(answer, 404, "not_found")
    assert_problem(Program().send(f"requests/{private.pk}/follow/", method="put"), 401)
    assert not Follow.objects.exists()


# ------------------------------------------------------------------ files


@pytest.fixture
def with_photo(make_request, resident, a_scan):
    item = make_request()
    file = SimpleUploadedFile("x.png", a_scan, content_type="image/png")
    kept = uploads.accept(file, by=actor_of(resident), address="", at=timezone.now())
    lifecycle.comment(item, by=actor_of(resident), at=NOON, text="Вот", uploads=(kept.pk,))
    return item


def test_who_may_see_a_photo_gets_its_links_and_nobody_else_the_photo(
    with_photo, me, neighbour, rival, company_user
):
    item, code = with_photo, tracking_code.of(with_photo)
    for tracked in (me.get(f"requests/{item.number}/"), _by_code(item, code)):
        (file,) = tracked.json()["files"]
        assert file["url"].startswith(f"/api/v1/requests/{item.number}/files/")
    got = me.client.get(file["url"], headers={"Accept": "image/avif,image/*"})
    assert got.status_code == 200
    assert got["X-Content-Type-Options"] == "nosniff"
    assert "attachment" in got["Content-Disposition"] or "inline" in got["Content-Disposition"]
    assert Client().get(file["small_url"], {"code": code}).status_code == 200
    assert Program(company_user).client.get(file["url"]).status_code == 200
    for stranger in (Program(), Program(neighbour), Program(rival)):
        assert_problem(stranger.client.get(file["url"]), 404)
    assert_problem(Client().get(file["url"], {"code": "AAAA-AAAA-AAAA-AAAA"}), 404)


def _by_code(item, code):
    return Program().get(f"requests/{item.number}/", code=code)


def test_a_file_of_another_request_does_not_open_by_this_one(with_photo, me, make_request):
    other = make_request()
    upload = Attachment.objects.get().upload_id
    assert_problem(me.get(f"requests/{other.number}/files/{upload}/"), 404)


def test_tracking_tells_the_promise_the_act_and_the_version(me, make_request):
    item = make_request(status=Status.DONE)
    answer = me.get(f"requests/{item.number}/")
    body = answer.json()
    assert body["norm"] == {"clause": item.norm_clause, "text": item.norm_text}
    assert body["version"] == item.version
    assert body["act"] == {"signed_on": "2026-03-02", "signer": "Мастер Фёдоров"}
    assert body["may"] == ["confirm", "object"]
    assert body["stop_message"] == item.category.stop_message
    assert answer["ETag"].startswith(f'"{item.version}.')
