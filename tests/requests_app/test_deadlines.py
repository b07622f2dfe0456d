"""The clock: the law's own examples, properties that hold for every moment, and the words."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from requests_app import calendar, deadlines
from requests_app.calendar import WorkCalendar
from requests_app.deadlines import Limit, NormLimits, Unit

ZONE = ZoneInfo("Europe/Ulyanovsk")
RUSSIA = calendar.of_years(range(2024, 2029))
CHUTE = (time(8), time(23))


def local(text: str, zone: ZoneInfo = ZONE) -> datetime:
    return datetime.strptime(text, "%d.%m.%Y %H:%M").replace(tzinfo=zone)


def due(
    amount: int, unit: Unit, registered: str, *, window: tuple[time, time] | None = None, **more
) -> str:
    moment = deadlines.due(
        Limit(amount, unit),
        registered_at=local(registered),
        calendar=RUSSIA,
        zone=ZONE,
        window=window,
        **more,
    )
    assert moment.tzinfo is UTC
    return moment.astimezone(ZONE).strftime("%d.%m.%Y %H:%M")


# ------------------------------------------------------------------ the law's examples


@pytest.mark.parametrize(
    ("registered", "expected"),
    [
        ("02.03.2026 22:30", "03.03.2026 09:30"),
        ("02.03.2026 23:30", "03.03.2026 10:00"),
        ("02.03.2026 09:00", "02.03.2026 11:00"),
        ("02.03.2026 03:00", "02.03.2026 10:00"),
        ("02.03.2026 08:00", "02.03.2026 10:00"),
        ("02.03.2026 21:00", "02.03.2026 23:00"),
        ("02.03.2026 23:00", "03.03.2026 10:00"),
        # It runs on Sundays and holidays too.
        ("08.03.2026 22:59", "09.03.2026 09:59"),
    ],
)
def test_a_chute_is_cleared_in_two_hours_of_the_day(registered, expected):
    assert due(2, Unit.HOURS, registered, window=CHUTE) == expected


def test_a_limit_longer_than_the_window_runs_through_days():
    assert due(40, Unit.HOURS, "02.03.2026 22:00", window=CHUTE) == "05.03.2026 17:00"


@pytest.mark.parametrize(
    ("amount", "received", "expected"),
    [
        (10, "30.04.2026 12:00", "18.05.2026"),
        (3, "30.04.2026 12:00", "06.05.2026"),
        (1, "30.04.2026 00:00", "04.05.2026"),
        (1, "30.04.2026 23:59", "04.05.2026"),
        (3, "31.12.2025 10:00", "14.01.2026"),
        (5, "06.03.2026 18:00", "16.03.2026"),
        # Received on a day off: the first working day is still day 1.
        (1, "09.05.2026 12:00", "12.05.2026"),
    ],
)
def test_working_days_follow_the_calendar(amount, received, expected):
    assert due(amount, Unit.WORKING_DAYS, received) == f"{expected} 23:59"


@pytest.mark.parametrize(
    ("days", "registered", "expected"),
    [
        (30, "02.03.2026 09:00", "01.04.2026"),
        (7, "02.03.2026 09:00", "06.03.2026"),
        (3, "02.03.2026 09:00", "05.03.2026"),
    ],
)
def test_calendar_days_end_on_the_working_day_before(days, registered, expected):
    assert due(days, Unit.CALENDAR_DAYS, registered) == f"{expected} 23:59"


def test_without_the_practice_of_the_day_before_calendar_days_end_on_a_day_off():
    ends = due(7, Unit.CALENDAR_DAYS, "02.03.2026 09:00", on_working_day=False)
    assert ends == "09.03.2026 23:59"


def test_an_answer_due_among_days_off_is_never_due_before_it_was_asked():
    assert due(1, Unit.CALENDAR_DAYS, "02.01.2026 09:00") == "02.01.2026 23:59"


@pytest.mark.parametrize(
    ("amount", "unit", "expected"),
    [
        (30, Unit.MINUTES, "08.05.2026 23:15"),
        (2, Unit.HOURS, "09.05.2026 00:45"),
        (1, Unit.DAYS, "09.05.2026 22:45"),
        (3, Unit.DAYS, "11.05.2026 22:45"),
    ],
)
def test_faults_know_no_weekend(amount, unit, expected):
    assert due(amount, unit, "08.05.2026 22:45") == expected


def test_a_day_of_24_hours_keeps_its_hours_where_clocks_are_moved():
    berlin = ZoneInfo("Europe/Berlin")
    registered = local("28.03.2026 12:00", berlin)
    found = deadlines.due(
        Limit(1, Unit.DAYS), registered_at=registered, calendar=RUSSIA, zone=berlin
    )
    assert found - registered.astimezone(UTC) == timedelta(hours=24)


def test_hours_within_a_window_keep_their_length_where_clocks_are_moved():
    berlin = ZoneInfo("Europe/Berlin")
    registered = local("29.03.2026 01:00", berlin)
    found = deadlines.due(
        Limit(4, Unit.HOURS),
        registered_at=registered,
        calendar=RUSSIA,
        zone=berlin,
        window=(time(0), time(23)),
    )
    assert found - registered.astimezone(UTC) == timedelta(hours=4)


def promise(limits: NormLimits, **more) -> deadlines.Promise:
    return deadlines.promise(
        limits, registered_at=local("02.03.2026 12:00"), calendar=RUSSIA, zone=ZONE, **more
    )


def test_what_is_due_first_of_all_is_the_repair():
    fix, answer = Limit(1, Unit.DAYS), Limit(10, Unit.WORKING_DAYS)
    inspect, react = Limit(2, Unit.HOURS), Limit(30, Unit.MINUTES)
    found = promise(NormLimits(react=react, inspect=inspect, fix=fix, answer=answer))
    assert found.due_at == found.fix_by == local("03.03.2026 12:00")
    assert found.react_by == local("02.03.2026 12:30")
    assert found.inspect_by == local("02.03.2026 14:00")
    assert promise(NormLimits(react=react, inspect=inspect, answer=answer)).due_at == local(
        "17.03.2026 23:59"
    )
    assert promise(NormLimits(react=react, inspect=inspect)).due_at == local("02.03.2026 14:00")


def test_a_silent_norm_leaves_the_general_thirty_days():
    found = promise(NormLimits())
    assert found.due_at == local("01.04.2026 23:59")
    assert (found.react_by, found.inspect_by, found.fix_by, found.answer_by) == (None,) * 4


# ------------------------------------------------------------------ what always holds

moments = st.datetimes(
    min_value=datetime(2025, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    max_value=datetime(2027, 6, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
limits = st.builds(Limit, st.integers(1, 120), st.sampled_from(Unit))
windows = st.sampled_from([None, CHUTE, (time(9), time(9, 30))])
zones = st.sampled_from(
    [ZONE, ZoneInfo("Asia/Kamchatka"), ZoneInfo("Europe/Kaliningrad"), ZoneInfo("Europe/Berlin")]
)
quick = settings(max_examples=150, deadline=None)


def run(limit, moment, *, zone=ZONE, window=None, calendar=RUSSIA) -> datetime:
    return deadlines.due(limit, registered_at=moment, calendar=calendar, zone=zone, window=window)


@quick
@given(limits, moments, windows, zones)
def test_nothing_is_due_before_it_is_asked(limit, moment, window, zone):
    # A day's limit ends with its last minute; who asks in that very minute is asked then.
    assert run(limit, moment, zone=zone, window=window) >= moment.replace(second=0, microsecond=0)


@quick
@given(limits, moments, windows)
def test_more_time_never_ends_sooner(limit, moment, window):
    longer = Limit(limit.amount + 1, limit.unit)
    assert run(longer, moment, window=window) >= run(limit, moment, window=window)


@quick
@given(limits, moments, moments, windows)
def test_who_asks_later_is_never_served_sooner(limit, one, other, window):
    early, late = sorted((one, other))
    assert run(limit, early, window=window) <= run(limit, late, window=window)


@quick
@given(limits, moments, windows, zones)
def test_a_moment_is_the_same_however_it_is_written(limit, moment, window, zone):
    assert run(limit, moment.astimezone(zone), window=window) == run(limit, moment, window=window)


@quick
@given(st.integers(1, 3000), moments, zones)
def test_without_a_window_a_length_is_a_length(minutes, moment, zone):
    assert run(Limit(minutes, Unit.MINUTES), moment, zone=zone) - moment == timedelta(
        minutes=minutes
    )


@quick
@given(st.integers(1, 3000), moments)
def test_within_the_window_exactly_the_length_is_worked(minutes, moment):
    end = run(Limit(minutes, Unit.MINUTES), moment, window=CHUTE)
    worked, day = timedelta(), moment.astimezone(ZONE).date()
    while day <= end.astimezone(ZONE).date():
        opens, closes = (datetime.combine(day, clock, ZONE) for clock in CHUTE)
        worked += max(min(end, closes) - max(moment, opens), timedelta())
        day += timedelta(days=1)
    assert worked == timedelta(minutes=minutes)
    assert CHUTE[0] < end.astimezone(ZONE).time() <= CHUTE[1]


days = st.dates(date(2025, 1, 1), date(2026, 12, 31))


@quick
@given(days, st.integers(1, 40), st.frozensets(days, max_size=20), st.frozensets(days, max_size=20))
def test_working_days_skip_exactly_what_the_calendar_says(start, count, off, worked):
    year = WorkCalendar(off, worked)
    end = year.add_working_days(start, count)
    between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert sum(year.is_working(day) for day in between) == count
    assert year.is_working(end)
    for day in between:
        plainly_off = day.weekday() >= 5 or day in off
        assert year.is_working(day) == (day in worked or not plainly_off)


# ------------------------------------------------------------------ words

NOW = local("25.11.2026 15:00")


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("25.11.2026 18:00", "до 18:00 сегодня"),
        ("25.11.2026 09:05", "до 09:05 сегодня"),
        ("26.11.2026 18:00", "до 18:00 завтра"),
        ("24.11.2026 18:00", "до 18:00 вчера"),
        ("27.11.2026 18:00", "до 18:00 в пятницу, 27 ноября"),
        ("01.12.2026 18:00", "до 18:00 во вторник, 1 декабря"),
        ("02.12.2026 18:00", "до 18:00 2 декабря"),
        ("01.11.2026 18:00", "до 18:00 1 ноября"),
        ("12.01.2027 23:59", "до 23:59 12 января 2027"),
    ],
)
def test_the_due_time_is_said_as_people_say_it(moment, expected):
    with translation.override("ru"):
        assert deadlines.in_words(local(moment), now=NOW, zone=ZONE) == expected


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (timedelta(hours=3, minutes=20), "осталось 3 ч 20 мин"),
        (timedelta(hours=1), "остался 1 ч"),
        (timedelta(minutes=7, seconds=59), "осталось 7 мин"),
        (timedelta(seconds=30), "осталось 0 мин"),
        (timedelta(days=1, hours=4), "остался 1 день 4 ч"),
        (timedelta(days=2), "осталось 2 дня"),
        (timedelta(days=5, hours=1), "осталось 5 дней 1 ч"),
        (timedelta(days=21), "остался 21 день"),
        (timedelta(days=11), "осталось 11 дней"),
        (timedelta(days=-2, hours=-3), "просрочено на 2 дня 3 ч"),
        (timedelta(days=-1), "просрочено на 1 день"),
        (timedelta(minutes=-5), "просрочено на 5 мин"),
        (timedelta(days=-12), "просрочено на 12 дней"),
    ],
)
def test_what_is_left_agrees_with_its_number(left, expected):
    with translation.override("ru"):
        assert deadlines.left_in_words(NOW + left, now=NOW) == expected
