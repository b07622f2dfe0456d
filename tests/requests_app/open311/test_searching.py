"""Reading requests: filters, pages, and a thousand rows for the price of one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from requests_app.models import Request
from requests_app.open311 import states, windows
from requests_app.statuses import Outcome, Status, public_words
from tests.city_fixtures import EMERGENCY, ORDINARY
from tests.requests_app.open311.asking import BASE, get

pytestmark = pytest.mark.django_db
FIELDS = [
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description",
    "agency_responsible", "service_notice", "requested_datetime", "updated_datetime",
    "expected_datetime", "address", "address_id", "zipcode", "lat", "long", "media_url",
]  # fmt: skip


@pytest.fixture
def make(make_request):
    """Return a maker of public requests of the last days."""

    def make(*, days: int = 5, **fields):
        at = timezone.now() - timedelta(days=days)
        return make_request(**{"public": True, "at": at, **fields})

    return make


def copies(item: Request, count: int) -> None:
    """Multiply a request in one statement; each a second older."""
    columns = [
        field.column
        for field in Request._meta.concrete_fields
        if field.column not in {"id", "number", "uid", "registered_at", "search"}
    ]
    named = ", ".join(columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO requests_app_request (number, uid, registered_at, {named})"
            f" SELECT '25-' || lpad(step::text, 6, '0'), gen_random_uuid(),"
            f" registered_at - step * interval '1 second', {named}"
            " FROM requests_app_request, generate_series(1, %s) AS step WHERE id = %s",
            [count, item.pk],
        )


def numbers(query=None, **more):
    return [one["service_request_id"] for one in get("requests", query, **more)]


def test_every_field_is_there_and_none_is_a_persons(make, building, company):
    item = make(status="accepted")
    (shown,) = get("requests")
    assert list(shown) == FIELDS
    assert shown["status"] == "open"
    assert shown["status_notes"] == str(public_words("accepted"))
    assert shown["service_code"] == ORDINARY
    assert shown["agency_responsible"] == str(company)
    assert shown["requested_datetime"] == windows.shown(item.registered_at)
    assert shown["expected_datetime"] == windows.shown(item.due_at)
    assert (shown["address"], shown["address_id"]) == (building.address, str(building.pk))
    assert (shown["lat"], shown["long"]) == (54.3, 48.4)
    assert get(f"requests/{item.number}") == [shown]
    assert get(f"tokens/{item.number}") == [
        {"service_request_id": item.number, "token": item.number}
    ]


def test_a_house_that_would_name_its_dwellers_is_not_shown(make, make_building, company):
    small = make_building(company=company, flats=2, street="ул. Тихая", house="3")
    make(building=small.pk)
    (shown,) = get("requests")
    assert shown["address"] == "Светлоречье, ул. Тихая"
    assert [shown[name] for name in ("address_id", "lat", "long")] == [None] * 3


def test_both_maps_of_states_are_total():
    assert set(states.STATES) == set(Status)
    assert set(states.STATES.values()) == {"open", "closed"}
    assert {states.news_of(status) for status in Status} <= {
        "open", "action_scheduled", "in_progress", "investigating", "internal_referral", "closed",
    }  # fmt: skip
    told = {outcome: states.news_of(Status.CLOSED, outcome) for outcome in Outcome}
    assert [outcome for outcome, word in told.items() if word == "fixed"] == [Outcome.FIXED]


@pytest.mark.parametrize("status", list(Status))
def test_each_state_is_shown_and_found_by_its_word(status, make):
    item = make(status=status)
    word = states.STATES[status]
    other = {"open": "closed", "closed": "open"}[word]
    assert get(f"requests/{item.number}")[0]["status"] == word
    assert item.number in numbers({"status": word})
    assert item.number not in numbers({"status": other})
    assert item.number in numbers({"status": " open,closed"})


def test_a_closed_one_changed_when_it_was_closed(make, operator):
    item = make(status="closed")
    Request.objects.filter(pk=item.pk).update(changed_at=timezone.now())
    shown = get(f"requests/{item.number}")[0]
    assert shown["updated_datetime"] == windows.shown(item.closed_at)
    second = shown["updated_datetime"]
    assert numbers({"updated_after": second, "updated_before": second}) == [item.number]
    assert numbers({"updated_after": windows.shown(item.closed_at + timedelta(seconds=1))}) == []


def test_filters(make):
    old, new = make(days=80), make(days=2, category=EMERGENCY)
    older = make(days=95)
    assert numbers() == [new.number, old.number]
    assert numbers({"service_code": EMERGENCY}) == [new.number]
    assert numbers({"service_code": f"{ORDINARY}, {EMERGENCY}"}) == [new.number, old.number]
    second = windows.shown(old.registered_at)
    assert numbers({"start_date": second, "end_date": second}) == [old.number]
    assert numbers({"end_date": windows.shown(older.registered_at)}) == [older.number]
    assert numbers({"updated_after": windows.shown(timezone.now() - timedelta(days=3))}) == [
        new.number
    ]
    listed = {"service_request_id": f"{older.number},{new.number},26-999999", "status": "closed"}
    assert numbers(listed) == [new.number, older.number]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"start_date": "soon"}, 400),
        ({"start_date": "2026-01-01", "end_date": "2025-01-01"}, 400),
        ({"start_date": "2025-01-01", "end_date": "2026-01-01"}, 400),
        ({"status": "fixed"}, 400),
        ({"page": "-1"}, 400),
        ({"page": "two"}, 400),
        ({"page": "٣"}, 400),
        ({"page_size": "0"}, 400),
        ({"service_code": "nothing"}, 404),
        ({"service_code": "%00"}, 404),
        ({"service_request_id": ",".join(str(one) for one in range(5000))}, 400),
    ],
)
def test_a_wrong_question_is_refused_with_its_parameter(query, status, categories):
    errors = get("requests", query, status=status)
    assert errors[0]["code"] == status
    assert errors[0]["description"].split(":")[0] in query


@pytest.mark.parametrize("page", ["2", "99999999", "9" * 4000])
def test_a_page_past_the_end_is_empty(page, make):
    make()
    assert get("requests", {"page": page}) == []


def test_a_thousand_rows_are_one_page_and_the_rest_another(make):
    item = make()
    copies(item, 1000)
    for page in ({}, {"page": "0"}, {"page": "1"}, {"page_size": "5000"}):
        with CaptureQueriesContext(connection) as queries:
            assert len(get("requests", page)) == 1000
        assert len(queries) == 1
    (last,) = get("requests", {"page": "2"})
    assert last["service_request_id"] == "25-001000"
    seen = [n for page in range(1, 5) for n in numbers({"page": page, "page_size": 300})]
    assert len(seen) == len(set(seen)) == 1001
    assert numbers({"page": 5, "page_size": 300}) == []
    with CaptureQueriesContext(connection) as queries:
        found = get("requests", {"extensions": "true"})
    assert len(queries) == 2
    assert set(found[0]) == {*FIELDS, "extended_attributes", "notes"}


def test_notes_tell_states_and_no_words(make, operator):
    item = make(status="needs_info")
    (shown,) = get(f"requests/{item.number}", {"extensions": "true"})
    assert [note["description"] for note in shown["notes"]][-1] == str(public_words("needs_info"))
    assert shown["extended_attributes"]["status_code"] == "needs_info"
    assert set(shown["notes"][0]) == {"datetime", "description", "type"}


def test_what_is_hidden_is_as_if_it_were_not_there(make):
    hidden = make(public=False, status="accepted")
    assert numbers() == numbers({"service_request_id": hidden.number}) == []
    assert get("servicerequestupdates") == []
    unknown = get("requests/26-999999", status=404)
    for path in (f"requests/{hidden.number}", f"tokens/{hidden.number}"):
        assert get(path, status=404) == unknown
    # Nor by counting: every number answers alike.
    year = hidden.number[:2]
    for place in range(5):
        get(f"requests/{year}-{place:06d}", status=404)


@pytest.mark.parametrize("number", ["%00", "..%2f", "26-000001%0d%0aSet-Cookie:x", "x" * 4000])
def test_a_made_up_number_is_only_not_found(number):
    answer = Client().get(f"{BASE}requests/{number}.json")
    assert answer.status_code == 404
    assert "Set-Cookie" not in answer.headers
