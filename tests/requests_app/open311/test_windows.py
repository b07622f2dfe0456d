"""Dates in every offset, and how long a stretch may be asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.utils.timezone import get_default_timezone
from hypothesis import given
from hypothesis import strategies as st

from requests_app.open311 import windows
from requests_app.open311.errors import Wrong
from tests.city_fixtures import NOON

NAMES = ("start_date", "end_date")
OFFSETS = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(
    datetime.fromisoformat("1970-01-02"), datetime.fromisoformat("2200-01-01"), timezones=OFFSETS
)


@given(MOMENTS)
def test_one_moment_is_read_alike_in_every_offset_and_writing(moment):
    moment = moment.replace(microsecond=0)
    written = moment.isoformat()
    utc = moment.astimezone(UTC).isoformat()
    spellings = [
        written,
        written.replace("+", " "),
        written.replace("T", " ") if "+" not in written else written,
        written[:-3] + written[-2:],
        utc.replace("+00:00", "Z"),
        utc.replace("+00:00", ".5Z"),
    ]
    for text in spellings:
        assert windows.moment(text).replace(microsecond=0) == moment, text


@given(MOMENTS)
def test_what_is_shown_is_read_back_to_the_second(moment):
    text = windows.shown(moment)
    assert text is not None
    assert len(text) == len("2026-11-24T06:02:19+03:00")
    assert windows.moment(text) == moment.replace(microsecond=0)


@given(st.text(max_size=60))
def test_any_text_is_a_moment_or_refused(text):
    try:
        read = windows.moment(text)
    except ValueError:
        return
    assert read.tzinfo is UTC


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_two_texts_are_a_window_or_refused_with_the_field(start, end):
    try:
        window = windows.of(NAMES, (start, end), at=NOON)
    except Wrong as wrong:
        refused = wrong
    else:
        assert timedelta(0) < window.end - window.start <= windows.SPAN + timedelta(seconds=1)
        return
    assert refused.status == 400
    assert refused.descriptions[0].startswith(NAMES)


@pytest.mark.parametrize(
    "text",
    ["soon", "2026-13-01", "2026-02-30", "2026-01-01T25:00", "9" * 50, "0001-01-01T00:00:00+10:00",
     "9999-12-31T23:59:59-05:00", "٢٠٢٦-01-01", "2026-01-01T00:00:00+99:00", "1/2/2026", "null"],
)  # fmt: skip
def test_what_is_no_date_is_refused(text):
    with pytest.raises(Wrong) as refused:
        windows.of(NAMES, (text, ""), at=NOON)
    assert refused.value.status == 400


def test_without_dates_it_is_the_latest_ninety_days():
    window = windows.of(NAMES, ("", ""), at=NOON)
    assert window.start == NOON - timedelta(days=90)
    assert window.end == NOON + timedelta(seconds=1)


def test_with_one_end_it_reaches_ninety_days():
    window = windows.of(NAMES, ("2026-01-01T00:00:00Z", ""), at=NOON)
    assert (window.end - window.start).days == 90
    window = windows.of(NAMES, ("", "2026-01-01T00:00:00Z"), at=NOON)
    assert window.start == datetime(2025, 10, 3, tzinfo=UTC)


def test_ninety_days_are_allowed_and_a_second_more_is_not():
    windows.of(NAMES, ("2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z"), at=NOON)
    for texts in (
        ("2026-01-01T00:00:00Z", "2026-04-01T00:00:01Z"),
        ("2026-01-02T00:00:00Z", "2026-01-01T23:59:59Z"),
    ):
        with pytest.raises(Wrong):
            windows.of(NAMES, texts, at=NOON)


def test_a_day_alone_is_the_citys_and_as_an_end_it_is_whole():
    window = windows.of(NAMES, ("2026-03-01", "2026-03-01"), at=NOON)
    local = window.start.astimezone(get_default_timezone())
    assert (local.hour, local.minute) == (0, 0)
    assert window.end - window.start == timedelta(days=1)
