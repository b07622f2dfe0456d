"""The calendar of working days: the country's holidays, and the decree that staff enter."""

from __future__ import annotations

from datetime import date

import pytest

from requests_app import calendar, special_days
from requests_app.models import CalendarDay


@pytest.fixture(autouse=True)
def fresh():
    special_days.forget()
    yield
    special_days.forget()


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 1, 8), False),
        (date(2026, 2, 23), False),
        (date(2026, 3, 9), False),
        (date(2026, 5, 11), False),
        (date(2026, 6, 12), False),
        (date(2026, 11, 4), False),
        (date(2026, 11, 3), True),
        (date(2026, 11, 25), True),
        (date(2026, 11, 28), False),
    ],
)
def test_the_country_rests_on_its_holidays(day, works):
    assert calendar.of_years([2026]).is_working(day) is works


def test_an_override_wins_over_weekend_and_holiday():
    year = calendar.of_years(
        [2026], [(date(2026, 11, 4), "workday"), (date(2026, 11, 28), "workday")]
    )
    assert year.is_working(date(2026, 11, 4))
    assert year.is_working(date(2026, 11, 28))
    year = calendar.of_years([2026], [(date(2026, 11, 25), "holiday")])
    assert not year.is_working(date(2026, 11, 25))


def test_rows_of_admin_are_the_last_word(db):
    day = date(2026, 11, 25)
    assert special_days.calendar_of(2026).is_working(day)
    CalendarDay.objects.create(date=day, kind=CalendarDay.Kind.HOLIDAY, note="Указ")
    special_days.forget()
    assert not special_days.calendar_of(2026).is_working(day)


def test_the_calendar_is_read_once_and_reaches_over_new_year(db, django_assert_num_queries):
    with django_assert_num_queries(1):
        for _ in range(3):
            found = special_days.calendar_of(2026)
    assert not found.is_working(date(2028, 1, 5))
    assert not found.is_working(date(2025, 1, 6))
