"""POST /api/v1/recalculation/: shapes, hostile bodies, readings of the law, figures of the city."""

from __future__ import annotations

import json
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from claims.api import recalculation as api
from claims.models import FigureRow

URL = "/api/v1/recalculation/"
pytestmark = pytest.mark.django_db


def body(**fields):
    return {
        "utility": "cold_water",
        "month": "2026-04",
        "charge": "800.00",
        "intervals": [
            {
                "kind": "interruption",
                "start": "2026-04-10T08:00:00+04:00",
                "end": "2026-04-11T14:00:00+04:00",
            }
        ],
        **fields,
    }


def interval(**fields):
    return {
        "kind": "interruption",
        "start": "2026-04-10T08:00:00+04:00",
        "end": "2026-04-11T14:00:00+04:00",
        **fields,
    }


def post(client, content, **headers):
    raw = content if isinstance(content, str | bytes) else json.dumps(content)
    return client.post(URL, raw, content_type="application/json", headers=headers)


def refused(client, content, field):
    answer = post(client, content)
    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert field in {error["field"] for error in answer.json()["errors"]}, answer.json()
    return answer.json()


def test_answer_is_the_documented_one(client):
    answer = post(client, body(metered=True))
    assert answer.status_code == 200
    found = answer.json()
    assert found["reduction"] == "31.20"
    assert found["percent"] == "3.90"
    assert found["to_pay"] == "768.80"
    line = found["lines"][0]
    assert line | {"explanation": ""} == {
        "kind": "interruption",
        "hours": "26",
        "percent": "3.90",
        "amount": "31.20",
        "clause": "ПП РФ № 354, прил. 1, п. 1",
        "explanation": "",
    }
    assert "30" in line["explanation"]
    assert {gap["code"] for gap in found["missing"]} == {"act"}


def test_the_whole_body_of_the_description_is_taken(client):
    answer = post(
        client,
        {
            "utility": "heating",
            "month": "2026-01",
            "charge": "2150.40",
            "metered": False,
            "room": {"corner": False},
            "region": {"coldest_five_days_c": -28},
            "supply": {"independent_feeds": 1, "dead_end_main": False},
            "hot_water": {"volume_m3": "6", "tariff": "200.00", "cold_tariff": "40.00"},
            "intervals": [
                {
                    "kind": "interruption",
                    "start": "2026-01-10T08:00:00+04:00",
                    "end": "2026-01-11T14:00:00+04:00",
                    "planned": False,
                    "room_celsius": "13",
                },
                {
                    "kind": "temperature",
                    "start": "2026-01-12T05:00:00+04:00",
                    "end": "2026-01-12T15:00:00+04:00",
                    "celsius": "15.5",
                },
                {
                    "kind": "no_access",
                    "start": "2026-01-12T06:00:00+04:00",
                    "end": "2026-01-12T09:00:00+04:00",
                },
            ],
        },
    )
    found = answer.json()
    # 30 h − 16 h = 14 h; 7 h × 2 whole degrees; the volume of 30 h.
    assert found["percent"] == "4.20"
    expected = Decimal("2150.40") * (Decimal("0.0420") + Decimal(30) / 744)
    assert found["reduction"] == str(expected.quantize(Decimal("0.01")))
    assert sum(Decimal(line["amount"]) for line in found["lines"]) == Decimal(found["reduction"])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"utility": "steam"}, "utility"),
        ({"utility": None}, "utility"),
        ({"month": "2026-13"}, "month"),
        ({"month": "9999-12"}, "month"),
        ({"month": "0001-01"}, "month"),
        ({"month": 202601}, "month"),
        ({"charge": "-1"}, "charge"),
        ({"charge": "NaN"}, "charge"),
        ({"charge": "Infinity"}, "charge"),
        ({"charge": "1e999"}, "charge"),
        ({"charge": "9" * 5000}, "charge"),
        ({"charge": True}, "charge"),
        ({"charge": []}, "charge"),
        ({"metered": "maybe"}, "metered"),
        ({"room": []}, "room"),
        ({"room": {"corners": True}}, "room.corners"),
        ({"room": {"radiators": "gold"}}, "room.radiators"),
        ({"region": {"coldest_five_days_c": "cold"}}, "region.coldest_five_days_c"),
        ({"supply": {"independent_feeds": 0}}, "supply.independent_feeds"),
        ({"supply": {"static_mpa": "-1"}}, "supply.static_mpa"),
        ({"hot_water": {"volume_m3": "6"}}, "hot_water.tariff"),
        ({"colour": "red"}, "colour"),
        ({"💧": 1}, "💧"),
        ({"intervals": {}}, "intervals"),
        ({"intervals": [1]}, "intervals.0"),
        ({"intervals": [interval(kind="noise")]}, "intervals.0.kind"),
        ({"intervals": [interval(kind="temperature", celsius="18")]}, "intervals.0.kind"),
        ({"intervals": [interval(kind="pressure")]}, "intervals.0.mpa"),
        ({"intervals": [interval(volts="200")]}, "intervals.0.volts"),
        ({"intervals": [interval(start="yesterday")]}, "intervals.0.start"),
        ({"intervals": [interval(start="2026-04-10")]}, "intervals.0.start"),
        ({"intervals": [interval(start=1775800000)]}, "intervals.0.start"),
        ({"intervals": [interval(start="1026-04-10T08:00:00Z")]}, "intervals.0.start"),
        ({"intervals": [interval(end="2026-04-10T08:00:00+04:00")]}, "intervals.0.end"),
        ({"intervals": [interval(), interval(price="1")]}, "intervals.1.price"),
        ({"intervals": [interval(planned="no")]}, "intervals.0.planned"),
    ],
)
def test_a_mistake_is_named_by_its_field(client, wrong, field):
    refused(client, body(**wrong), field)


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "[" * 100_000, b"\xff\xfe", '"x"'])
def test_what_is_no_object_is_refused(client, content):
    answer = post(client, content)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_a_month_of_many_mistakes_names_only_some(client):
    rows = [interval(kind="noise") for _ in range(5_000)]
    problem = refused(client, body(intervals=rows), "intervals.0.kind")
    assert len(problem["errors"]) <= 60


def test_zero_charge_gives_zero(client):
    found = post(client, body(charge="0")).json()
    assert (found["reduction"], found["percent"]) == ("0.00", "3.90")


def test_readings_no_instrument_shows_are_still_only_readings(client):
    cold = interval(kind="temperature", celsius="-40")
    found = post(client, body(utility="heating", intervals=[cold])).json()
    assert found["reduction"] == "800.00"
    volts = interval(kind="voltage", volts="400")
    found = post(client, body(utility="electricity", intervals=[volts])).json()
    assert found["percent"] == "4.50"


def test_an_open_interval_is_counted_to_the_end_of_the_month_and_said_to_be_preliminary(client):
    found = post(client, body(metered=True, intervals=[interval(end=None)])).json()
    assert found["preliminary"] is True
    assert found["lines"][0]["hours"] == str(24 * 21 - 8 - 4)
    assert "end" in {gap["code"] for gap in found["missing"]}


def test_a_break_over_the_first_spends_its_allowance_in_the_first_month(client):
    rows = [interval(start="2026-03-31T20:00:00+04:00", end="2026-04-01T10:00:00+04:00")]
    march = post(client, body(month="2026-03", metered=True, intervals=rows)).json()
    april = post(client, body(month="2026-04", metered=True, intervals=rows)).json()
    assert march["lines"][0]["hours"] == "0"
    assert april["lines"][0]["hours"] == "10"
    assert april["notes"]


def test_over_the_new_year_each_month_has_its_own(client):
    rows = [interval(start="2025-12-31T00:00:00+04:00", end="2026-01-02T00:00:00+04:00")]
    december = post(client, body(month="2025-12", metered=True, intervals=rows)).json()
    january = post(client, body(month="2026-01", metered=True, intervals=rows)).json()
    assert december["lines"][0]["hours"] == "20"
    assert january["lines"][0]["hours"] == "24"


def test_an_interval_outside_the_month_is_said_to_be_so(client):
    found = post(client, body(month="2026-05")).json()
    assert found["lines"] == []
    assert found["reduction"] == "0.00"
    assert len(found["notes"]) == 1


def test_hours_of_no_access_are_taken_off(client):
    rows = [
        interval(),
        interval(
            kind="no_access", start="2026-04-10T10:00:00+04:00", end="2026-04-10T13:00:00+04:00"
        ),
    ]
    found = post(client, body(metered=True, intervals=rows)).json()
    assert found["lines"][0]["hours"] == "23"


def test_a_moment_without_offset_is_the_citys(client):
    rows = [interval(start="2026-04-10T08:00:00", end="2026-04-11T10:00:00Z")]
    found = post(client, body(metered=True, intervals=rows)).json()
    assert found["lines"][0]["hours"] == "26"


def test_the_answer_says_which_readings_were_used_and_what_the_others_give(client):
    rows = [
        interval(
            kind="temperature",
            start=f"2026-04-{day:02}T05:00:00+04:00",
            end=f"2026-04-{day:02}T15:00:00+04:00",
            celsius="54",
        )
        for day in range(1, 11)
    ]
    found = post(client, body(utility="hot_water", charge="1200", intervals=rows)).json()
    assert found["reduction"] == "120.00"
    readings = {row["switch"]: row for row in found["readings"]}
    assert readings["hw_base"] == {
        "switch": "hw_base",
        "used": "permitted",
        "other": "norm",
        "reduction": "240.00",
    }
    assert set(readings) >= {"partial_hour", "hw_step", "hw_40_also_pct", "day_rule_101"}


def test_the_city_changes_a_figure_from_a_day_on(client):
    FigureRow.objects.create(
        code="rate.interruption",
        value="0.30",
        since=date(2026, 4, 1),
        clause="ПП РФ № 354, новая редакция",
        source="проверка",
    )
    before = post(client, body(month="2026-03", intervals=[])).status_code
    assert before == 200
    assert post(client, body(metered=True)).json()["percent"] == "7.80"
    earlier = [
        interval(start="2026-03-10T08:00:00+04:00", end="2026-03-11T14:00:00+04:00"),
    ]
    found = post(client, body(month="2026-03", metered=True, intervals=earlier)).json()
    assert found["percent"] == "3.90"


def test_one_query_whatever_the_log(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert post(client, body(intervals=[interval() for _ in range(300)])).status_code == 200


def log(points):
    start = datetime(2026, 4, 1, tzinfo=UTC)
    step = timedelta(seconds=25)
    return [
        {
            "kind": "temperature",
            "start": (start + n * step).isoformat(),
            "end": (start + (n + 1) * step).isoformat(),
            "celsius": str(12 + n % 60 / 10),
        }
        for n in range(points)
    ]


def test_a_log_of_100_000_points_is_counted(client):
    began = time.monotonic()
    answer = post(client, body(utility="heating", intervals=log(100_000)))
    assert answer.status_code == 200
    assert answer.json()["reduction"] == "800.00"
    assert time.monotonic() - began < 30


def test_one_point_more_is_refused(client):
    rows = [interval()] * 100_001
    refused(client, body(intervals=rows), "intervals")


def test_a_body_too_large_is_refused(client, monkeypatch):
    monkeypatch.setattr(api.ExactJson, "most", 1000)
    answer = post(client, body(month="2" * 2000))
    assert answer.status_code == 413


def test_long_logs_are_limited_per_address(client, monkeypatch):
    monkeypatch.setattr(api, "LONG_LOGS_AN_HOUR", 1)
    monkeypatch.setattr(api, "LONG_LOG", 2)
    rows = [interval()] * 3
    assert post(client, body(intervals=rows)).status_code == 200
    answer = post(client, body(intervals=rows))
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert post(client, body()).status_code == 200


def test_get_is_not_served(client):
    assert client.get(URL).status_code == 405
