"""News for fronts: complete within a window, each once, and nobody's words in them."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from requests_app.models import EventKind, RequestEvent
from requests_app.open311 import updates, windows
from tests.requests_app.open311.asking import BASE, body_of, get

pytestmark = pytest.mark.django_db


def around(item) -> dict[str, str]:
    day = timedelta(days=1)
    return {
        "start_date": windows.shown(item.registered_at - day),
        "end_date": windows.shown(item.changed_at + day),
    }


def test_each_change_of_state_is_told_once_and_in_order(make_request):
    item = make_request(status="closed", public=True)
    found = get("servicerequestupdates", around(item))
    lines = RequestEvent.objects.filter(request=item, kind=EventKind.STATUS).order_by("at", "id")
    assert [one["update_id"] for one in found] == [str(line.pk) for line in lines]
    assert [one["status"] for one in found] == [
        "action_scheduled", "in_progress", "in_progress", "fixed",
    ]  # fmt: skip
    assert {one["service_request_id"] for one in found} == {item.number}
    assert set(found[0]) == {
        "update_id", "service_request_id", "status", "updated_datetime", "description",
        "media_url", "external_status_code",
    }  # fmt: skip
    for one in found:
        alone = {"start_date": one["updated_datetime"], "end_date": one["updated_datetime"]}
        assert one in get("servicerequestupdates", alone)


def test_neighbouring_windows_miss_nothing(make_request):
    item = make_request(status="closed", public=True)
    lines = list(RequestEvent.objects.filter(request=item, kind=EventKind.STATUS).order_by("at"))
    split = windows.shown(lines[1].at)
    whole = around(item)
    before = get("servicerequestupdates", {**whole, "end_date": split})
    after = get("servicerequestupdates", {**whole, "start_date": split})
    ids = [one["update_id"] for one in before + after]
    assert set(ids) == {str(line.pk) for line in lines}


def test_without_dates_it_is_the_last_two_hours(make_request):
    now = timezone.now()
    fresh = make_request(status="accepted", public=True, at=now - timedelta(hours=2))
    make_request(status="accepted", public=True, at=now - timedelta(hours=6))
    found = get("servicerequestupdates")
    assert [one["service_request_id"] for one in found] == [fresh.number]


@pytest.mark.parametrize(
    "dates",
    [
        {"start_date": "2026-03-01"},
        {"end_date": "2026-03-01"},
        {"start_date": "2026-01-01", "end_date": "2026-03-01"},
        {"start_date": "x", "end_date": "y"},
    ],
)
def test_one_date_or_too_long_a_window_is_refused(dates):
    errors = get("servicerequestupdates", dates, status=400)
    assert errors[0]["description"].startswith(("start_date:", "end_date:"))


def test_a_long_answer_is_read_in_chunks(make_request, monkeypatch):
    monkeypatch.setattr(updates, "_CHUNK", 3)
    items = [make_request(status="closed", public=True) for _ in range(2)]
    # Two lines of one moment lie on both sides of a chunk's edge.
    with CaptureQueriesContext(connection) as queries:
        answer = Client().get(f"{BASE}servicerequestupdates.json", around(items[0]))
        found = json.loads(body_of(answer))
    assert len({one["update_id"] for one in found}) == len(found) == 8
    assert len(queries) == 3


def test_words_of_people_and_executors_stay_on_the_request(make_request, operator):
    item = make_request(status="reopened", public=True)
    texts = (
        RequestEvent.objects.filter(request=item).exclude(text="").values_list("text", flat=True)
    )
    assert texts
    told = str(get("servicerequestupdates", around(item)))
    assert not [text for text in texts if text in told]
