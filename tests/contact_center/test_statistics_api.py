"""The public figures for programs: the tables of the dashboard, folded for everybody alike."""

from __future__ import annotations

import json

import pytest
from django.utils import timezone

from contact_center.dashboard import sections
from contact_center.models import RecordCode, YearFigure
from tests.contact_center.test_dashboard import MARCH, counted, head  # noqa: F401

pytestmark = pytest.mark.django_db
URL = "/api/v1/statistics/"


def test_the_tables_are_those_of_the_public_page(client, counted, head):  # noqa: F811
    client.force_login(head)
    body = client.get(URL, {"month": "2026-03"}).json()
    board = sections.build(MARCH, today=timezone.localdate(), is_public=True)
    assert [one["code"] for one in body["sections"]] == [one.code for one in board.sections]
    told = {one["code"]: one for one in body["sections"]}
    assert "houses" not in told
    for section in board.sections:
        assert told[section.code]["rows"] == json.loads(json.dumps([*map(list, section.rows)]))
        assert len(told[section.code]["columns"]) == len(section.columns)
    districts = {row[0]: row[1] for row in told["district"]["rows"]}
    assert "Заречный" not in districts  # two requests: folded
    assert body["months"] == ["2026-03"]


@pytest.mark.parametrize("month", ["2026-02", "march", "2026-3", "9999-99"])
def test_a_month_that_is_not_counted_is_refused(client, counted, month):  # noqa: F811
    answer = client.get(URL, {"month": month})
    assert [error["field"] for error in answer.json()["errors"]] == ["month"]


def test_before_anything_is_counted_there_are_no_tables(client):
    body = client.get(URL).json()
    assert (body["months"], body["counted_at"]) == ([], None)


def test_the_record_tells_no_number_of_few_people(client):
    at = timezone.now()
    for year, code, value in (
        (2025, RecordCode.TAUGHT, 3), (2025, RecordCode.REQUESTS, 3), (2024, RecordCode.TAUGHT, 7),
    ):  # fmt: skip
        YearFigure.objects.create(year=year, code=code, value=value, counted_at=at)
    rows = client.get(f"{URL}record/").json()["results"]
    assert {(row["year"], row["code"]): row["value"] for row in rows} == {
        (2025, "taught"): None, (2025, "requests"): "3.00", (2024, "taught"): "7.00",
    }  # fmt: skip
    assert len(client.get(f"{URL}record/", {"year": 2024}).json()["results"]) == 1
    assert client.get(f"{URL}record/", {"year": 99_999}).json()["results"] == []
