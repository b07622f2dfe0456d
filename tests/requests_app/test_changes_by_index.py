"""What changed since a moment: other systems ask it all day, so it is walked by an index."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actors import actor_of
from requests_app import lifecycle
from requests_app.exchange import running, sending
from requests_app.models import Category, ExchangeKind, OutsideLetter, Request
from requests_app.outside import reading
from requests_app.statuses import Status
from tests.city_fixtures import ORDINARY
from tests.requests_app.test_exchange_api import LETTERS, bearer

pytestmark = pytest.mark.django_db
CABINET = "/api/v1/cabinet/requests/"
HOUR = timedelta(hours=1)


@pytest.fixture
def letters(categories, building, operator):
    """Take three letters in."""
    at = timezone.now() - HOUR
    records = [
        {
            "number": str(number),
            "received_at": (at - HOUR).isoformat(),
            "address": building.address,
            "matter": Category.objects.get(slug=ORDINARY).name,
            "text": "Батарея холодная",
        }
        for number in (1, 2, 3)
    ]
    rows = [reading.sent(record, at=at) for record in records]
    sending.store(ExchangeKind.LETTERS, rows, by=actor_of(operator), at=at, source="pos")
    running.run(at=lambda: at, parts=9)
    assert OutsideLetter.objects.filter(request__isnull=False).count() == 3
    return at


def plan(listing: str) -> str:
    """Return how a list is planned where scanning and sorting all rows would cost too much."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN {listing}")
        return "\n".join(line for (line,) in cursor.fetchall())


def listing_of(client, address: str, since) -> str:
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address, {"updated_since": since.isoformat()})
    assert answer.status_code == 200, answer.content
    (listing,) = [
        query["sql"]
        for query in asked
        if "changed_at" in query["sql"] and "LIMIT" in query["sql"] and "ORDER BY" in query["sql"]
    ]
    return listing


def test_changes_of_an_executors_requests_are_walked_by_index(company_user, make_request):
    make_request(at=timezone.now() - HOUR)
    client = bearer(company_user, "cabinet:read")
    how = plan(listing_of(client, CABINET, timezone.now() - 2 * HOUR))
    assert "request_by_executor_change" in how
    assert "Sort" not in how


def test_answers_for_an_outside_portal_are_walked_by_index(letters, operator):
    client = bearer(operator, "outside:write")
    how = plan(listing_of(client, LETTERS, letters - HOUR))
    assert "outside_by_change" in how
    # The last words of each letter's request are its own small question.
    outer = how.split("SubPlan")[0]
    assert "Sort" not in outer


def test_letter_moves_whenever_its_request_does_and_never_back(letters, operator):
    first, second, third = OutsideLetter.objects.order_by("pk")
    at = timezone.now()
    by = actor_of(operator)
    lifecycle.move(first.request, Status.ACCEPTED, by=by, at=at)
    Request.objects.filter(pk=second.request_id).update(changed_at=letters - 9 * HOUR)
    moved = dict(OutsideLetter.objects.values_list("pk", "changed_at"))
    assert moved == {first.pk: at, second.pk: letters, third.pk: letters}
    answer = bearer(operator, "outside:write").get(LETTERS, {"updated_since": at.isoformat()})
    assert [row["outside_number"] for row in answer.json()["results"]] == ["1"]


def test_letters_of_before_catch_up_with_their_requests(letters):
    """Migration 0033."""
    first, *others = OutsideLetter.objects.order_by("pk")
    later = timezone.now()
    Request.objects.filter(pk=first.request_id).update(changed_at=later)
    OutsideLetter.objects.update(changed_at=letters)
    migration = import_module("requests_app.migrations.0033_outside_letters_moved_before")
    with connection.schema_editor() as editor:
        migration.catch_up(None, editor)
    moved = dict(OutsideLetter.objects.values_list("pk", "changed_at"))
    assert moved == {first.pk: later, **{one.pk: letters for one in others}}
