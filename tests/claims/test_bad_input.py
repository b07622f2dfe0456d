"""Hostile and broken input of the calculation, one name a kind; other kinds lie in test_api."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from claims.management.commands import show_vectors
from tests.claims.test_api import body, interval, post, refused

pytestmark = pytest.mark.django_db


def counted(client, **fields) -> dict[str, Any]:
    answer = post(client, body(**fields))
    assert answer.status_code == 200, answer.content
    return answer.json()


def hours(first: str, last: str, **fields) -> dict[str, Any]:
    return interval(start=f"2026-04-{first}:00+04:00", end=f"2026-04-{last}:00+04:00", **fields)


def test_overlapping_breaks_count_each_hour_once(client):
    one = counted(client, intervals=[hours("10T08:00", "11T14:00")])
    twice = [hours("10T08:00", "11T14:00"), hours("10T08:00", "11T14:00")]
    laid_over = [hours("10T08:00", "11T02:00"), hours("10T20:00", "11T14:00")]
    inside = [hours("10T08:00", "11T14:00"), hours("10T12:00", "10T13:00")]
    for intervals in (twice, laid_over, inside):
        assert counted(client, intervals=intervals)["reduction"] == one["reduction"] == "31.20"


def test_of_overlapping_readings_the_worse_one_counts_and_once(client):
    def air(celsius: str) -> dict[str, Any]:
        return hours("10T06:00", "10T16:00", kind="temperature", celsius=celsius)

    worse = counted(client, utility="heating", intervals=[air("15")])
    both = counted(client, utility="heating", intervals=[air("17"), air("15"), air("15")])
    assert worse["reduction"] == both["reduction"] != "0.00"


def test_two_open_intervals_are_one_that_goes_on(client):
    both = [interval(end=None), interval(start="2026-04-20T08:00:00+04:00", end=None)]
    found = counted(client, intervals=both)
    assert found["preliminary"]
    assert found["reduction"] == counted(client, intervals=[interval(end=None)])["reduction"]


def test_minus_forty_in_the_room_never_gives_more_than_the_charge(client):
    cold = [hours("01T00:00", "30T00:00", kind="temperature", celsius="-40")]
    found = counted(client, utility="heating", intervals=cold)
    assert (found["reduction"], found["to_pay"], found["percent"]) == ("800.00", "0.00", "100.00")
    assert Decimal(found["percent_uncapped"]) > 100


def test_400_volts_are_bad_hours_like_any_other(client):
    def volts(reading: str) -> str:
        bad = [hours("10T00:00", "11T16:00", kind="voltage", volts=reading)]
        return counted(client, utility="electricity", intervals=bad)["reduction"]

    assert volts("400") == volts("190") == "48.00"
    assert volts("230") == "0.00"


@pytest.mark.parametrize("charge", ["-0.01", "-800"])
def test_a_negative_charge_is_refused_by_name(client, charge):
    refused(client, body(charge=charge), "charge")


def test_a_kopeck_is_reduced_by_no_more_than_a_kopeck(client):
    found = counted(client, charge="0.01", intervals=[hours("01T00:00", "30T00:00")])
    assert (found["reduction"], found["to_pay"]) == ("0.01", "0.00")


# ── Over the end and the beginning of the heating season


def season(client, intervals, **days) -> dict[str, Any]:
    return counted(client, utility="heating", charge="3000", supply=days, intervals=intervals)


COLD_MONTH = [
    interval(
        kind="temperature",
        start="2026-03-20T00:00:00+04:00",
        end="2026-05-10T00:00:00+04:00",
        celsius="17",
    )
]


def test_hours_after_the_season_are_not_counted(client):
    over = season(client, COLD_MONTH, heating_until="2026-04-15")
    until = "2026-04-16T00:00:00+04:00"
    by_hand = season(client, [{**COLD_MONTH[0], "end": until}])
    assert over["lines"][0]["hours"] == by_hand["lines"][0]["hours"]
    assert over["reduction"] == by_hand["reduction"]
    assert any("15 дней" in note for note in over["notes"])


def test_hours_before_the_season_are_not_counted(client):
    before = season(client, COLD_MONTH, heating_from="2026-04-29")
    # Two days of nineteen hours by day: night air of 17 °C is permitted.
    assert before["lines"][0]["hours"] == "38"


def test_a_break_over_the_seasons_end_ends_with_it(client):
    off = [interval(start="2026-04-15T00:00:00+04:00", end="2026-04-30T00:00:00+04:00")]
    found = season(client, off, heating_until="2026-04-16")
    # 48 hours, of which 24 a month are permitted.
    assert found["lines"][0]["hours"] == "32"


def test_days_of_the_law_are_those_of_the_season(client):
    bad = [hours("10T00:00", "12T00:00", kind="pressure", mpa="2")]
    whole = season(client, bad)
    part = season(client, bad, heating_until="2026-04-15")
    assert (whole["reduction"], part["reduction"]) == ("200.00", "400.00")


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ({"heating_until": "2026-05-01"}, "supply.heating_until"),
        ({"heating_from": "весной"}, "supply.heating_from"),
        ({"heating_from": "2026-04-20", "heating_until": "2026-04-10"}, "supply.heating_until"),
    ],
)
def test_a_season_that_is_none_is_named(client, days, field):
    refused(client, body(utility="heating", supply=days), field)


def test_water_has_no_heating_season(client):
    refused(client, body(supply={"heating_until": "2026-04-15"}), "supply.heating_until")


# ── The table of worked examples


def test_the_table_in_the_docs_is_what_the_command_makes():
    call_command("show_vectors", "--check", stdout=StringIO())


def test_a_stale_table_is_found(monkeypatch, tmp_path, settings):
    page = tmp_path / "docs" / "recalculation.md"
    page.parent.mkdir()
    page.write_text(f"{show_vectors.BEGIN}\nV01 | старое\n{show_vectors.END}\n", encoding="utf-8")
    settings.BASE_DIR = tmp_path
    with pytest.raises(CommandError, match="stale"):
        call_command("show_vectors", "--check", stdout=StringIO())
    call_command("show_vectors", stdout=StringIO())
    call_command("show_vectors", "--check", stdout=StringIO())
