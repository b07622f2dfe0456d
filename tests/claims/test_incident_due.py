"""What an incident's hours are worth, month by month: a rule over values."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.incidents import due
from claims.recalculation import figures
from claims.recalculation.values import Service

ZONE = ZoneInfo("Europe/Ulyanovsk")


def months(service, start, end, *, planned=False):
    return due.months_of(
        service, start=start, end=end, planned=planned, figures_on=figures.on, zone=ZONE
    )


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def test_thirty_one_hours_without_hot_water():
    (found,) = months(Service.HOT_WATER, moment("2026-03-02T16:00"), moment("2026-03-03T23:00"))
    assert (found.month, found.hours) == (date(2026, 3, 1), Decimal(31))
    # 31 h less 4 permitted at one time: 27 × 0.15 %.
    assert found.metered_percent == Decimal("4.05")
    # Without a meter the volume of 31 of 744 hours comes off too (п. 99).
    assert found.norm_percent == Decimal("8.22")
    assert found.per_thousand == (Decimal("40.50"), Decimal("82.20"))


def test_each_month_is_reduced_by_its_own_hours():
    first, second = months(
        Service.ELECTRICITY, moment("2026-02-27T00:00"), moment("2026-03-02T06:00")
    )
    assert (first.month, first.hours) == (date(2026, 2, 1), Decimal(48))
    assert (second.month, second.hours) == (date(2026, 3, 1), Decimal(30))
    # The day that is permitted at one time is spent in the first month.
    assert first.metered_percent == Decimal("3.60")
    assert second.metered_percent == Decimal("4.50")


def test_an_end_at_midnight_of_the_first_takes_nothing_from_that_month():
    found = months(Service.GAS, moment("2026-03-30T00:00"), moment("2026-04-01T00:00"))
    assert [one.month.month for one in found] == [3]


def test_what_the_law_permits_is_worth_nothing():
    (found,) = months(Service.HOT_WATER, moment("2026-03-02T08:00"), moment("2026-03-02T12:00"))
    assert not found.metered_percent
    assert found.hours == 4


def test_a_part_of_an_hour_is_told_only_where_there_is_no_whole_one():
    assert due.hours_of(31 * 3600 + 1800) == Decimal(31)
    assert due.hours_of(1800) == Decimal("0.50")
    assert due.hours_of(-5) == 0


@pytest.mark.parametrize("service", list(Service))
@settings(max_examples=15)
@given(hours=st.integers(1, 900))
def test_never_above_the_bill_and_never_less_for_more_hours(service, hours):
    start = moment("2026-01-03T05:00")
    shorter = months(service, start, start + timedelta(hours=hours))
    longer = months(service, start, start + timedelta(hours=hours + 1))
    for one in longer:
        assert 0 <= one.metered_percent <= one.norm_percent <= 100
    assert sum(one.norm_percent for one in longer) >= sum(one.norm_percent for one in shorter)
