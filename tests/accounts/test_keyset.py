"""Pages by key hold every row once, both ways, whatever changes and whatever comes as a cursor."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest
from django.db.models import F

from accounts import keyset
from accounts.keyset import BadCursor
from requests_app.models import Request

pytestmark = pytest.mark.django_db
ORDERS = (["due_at", "id"], ["-registered_at", "-id"], ["status", "due_at", "id"], ["-id"])


@pytest.fixture
def eleven(make_request):
    """Return requests of which many are due at the same moment."""
    items = [make_request() for _ in range(11)]
    for n, item in enumerate(items):
        Request.objects.filter(pk=item.pk).update(due_at=item.due_at + timedelta(hours=n % 3))
    return Request.objects.all()


@pytest.mark.parametrize("order", ORDERS, ids=str)
@pytest.mark.parametrize("size", [1, 3, 5, 11, 50])
def test_pages_hold_every_row_once_and_lead_back(order, size, eleven):
    expected = list(eleven.order_by(*order).values_list("pk", flat=True))
    seen, cursor, pages = [], "", []
    while True:
        page = keyset.page(eleven, order, size=size, cursor=cursor)
        pages.append([row.pk for row in page])
        seen += pages[-1]
        cursor = page.next
        if not cursor:
            break
    assert seen == expected
    back = []
    cursor = page.previous
    while cursor:
        page = keyset.page(eleven, order, size=size, cursor=cursor)
        back.insert(0, [row.pk for row in page])
        cursor = page.previous
    assert [pk for rows in back for pk in rows] == [pk for rows in pages[:-1] for pk in rows]


def test_a_row_that_comes_or_goes_moves_no_other(eleven, make_request):
    order = ["-registered_at", "-id"]
    first = keyset.page(eleven, order, size=4)
    make_request()
    second = keyset.page(eleven, order, size=4, cursor=first.next)
    assert not {row.pk for row in first} & {row.pk for row in second}
    expected = list(eleven.order_by(*order).values_list("pk", flat=True))[1:9]
    assert [row.pk for row in [*first, *second]] == expected


def test_a_deep_page_costs_one_query_and_no_count(eleven, django_assert_num_queries):
    order = ["due_at", "id"]
    first = keyset.page(eleven, order, size=4)
    with django_assert_num_queries(1) as seen:
        keyset.page(eleven, order, size=4, cursor=first.next)
    sql = seen.captured_queries[0]["sql"]
    assert "COUNT(" not in sql
    assert "OFFSET" not in sql
    assert ") > (" in sql


def test_no_rows_no_neighbours(db):
    page = keyset.page(Request.objects.all(), ["due_at", "id"], size=5)
    assert (page.rows, page.next, page.previous, len(page)) == ([], "", "", 0)


def made(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "%%%",
        "я" * 10,
        "A" * 5000,
        "\x00",
        made(0),
        made(0, "2026-03-02T12:00:00+00:00"),
        made(0, "2026-03-02T12:00:00", 1),
        made(0, "2026-13-40T12:00:00+00:00", 1),
        made(0, "2026-03-02T12:00:00+00:00", "1"),
        made(0, "2026-03-02T12:00:00+00:00", 2**80),
        made(0, "2026-03-02T12:00:00+00:00", None),
        made(0, "2026-03-02T12:00:00+00:00", True),
        made(7, "2026-03-02T12:00:00+00:00", 1),
        made([], "2026-03-02T12:00:00+00:00", 1),
        made(0, {"a": 1}, 1),
        made(0, 5, 1),
        made(0, "2026-03-02T12:00:00+00:00", 1, 1),
        base64.urlsafe_b64encode(b"null").decode(),
        base64.urlsafe_b64encode(b"5").decode(),
        base64.urlsafe_b64encode(b"{}").decode(),
        base64.urlsafe_b64encode(b"[" * 20000).decode(),
    ],
)
def test_a_broken_cursor_is_refused(cursor, db):
    with pytest.raises(BadCursor):
        keyset.page(Request.objects.all(), ["due_at", "id"], size=4, cursor=cursor)


def test_a_status_in_a_cursor_cannot_carry_a_zero_byte(db):
    with pytest.raises(BadCursor):
        keyset.page(
            Request.objects.all(),
            ["status", "due_at", "id"],
            size=4,
            cursor=made(0, "new\x00", "2026-03-02T12:00:00+00:00", 1),
        )


def test_a_key_that_runs_both_ways_is_a_mistake_of_ours(db):
    with pytest.raises(ValueError, match="same way"):
        keyset.page(Request.objects.all(), ["due_at", "-id"], size=4)


def test_a_key_may_be_what_the_query_computes(eleven):
    rows = eleven.annotate(third=F("id") % 3)
    order = ["-third", "-id"]
    expected = list(rows.order_by(*order).values_list("pk", flat=True))
    seen, cursor = [], ""
    while True:
        page = keyset.page(rows, order, size=4, cursor=cursor)
        seen += [row.pk for row in page]
        if not (cursor := page.next):
            break
    assert seen == expected
    with pytest.raises(BadCursor):
        keyset.page(eleven, ["-absent", "-id"], size=4, cursor=page.previous)
