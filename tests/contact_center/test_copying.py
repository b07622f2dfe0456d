"""Copying rows in: cells as COPY reads them, and tables filled without their indexes."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime

import pytest
from django.db import connection, transaction

from contact_center.demo_city import copying
from requests_app.models import Request
from requests_app.statuses import Status


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("лифт", "лифт"),
        ("две\nстроки\tи \\", "две\\nстроки\\tи \\\\"),
        (Status.NEW, "new"),
        (None, "\\N"),
        (True, "t"),
        (7, "7"),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, 3, 4, tzinfo=UTC), "2026-01-02T03:04:00+00:00"),
        ({"due": "к\nвечеру"}, '{"due": "к\\\\nвечеру"}'),
        ({}, "{}"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_cell_is_what_copy_reads(value, written):
    assert copying.cell(value) == written


@pytest.mark.django_db
def test_indexes_left_out_while_a_large_city_is_copied_stand_again():
    def standing() -> set[str]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT indexdef FROM pg_indexes WHERE tablename = 'requests_app_request'"
            )
            # Postgres spells a condition's constants anew each time it reads them.
            return {definition.split(" WHERE ")[0] for (definition,) in cursor.fetchall()}

    before = standing()
    with transaction.atomic(), copying.without_indexes([Request]):
        left = standing()
    # Those of the key and of the number hold constraints, and stay.
    assert all("UNIQUE" in definition for definition in left)
    assert len(before) > len(left) + 10
    assert standing() == before
