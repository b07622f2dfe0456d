"""Calendar files: read back by the library, and held against the letter of RFC 5545."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from accounts.calendars import Event, Method, calendar_file

SAMARA, KALININGRAD = ZoneInfo("Europe/Samara"), ZoneInfo("Europe/Kaliningrad")
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


def event(**other: object) -> Event:
    """Return a hearing of an hour."""
    values: dict[str, object] = {
        "uid": "hearing-1@example.org",
        "starts_at": NOON,
        "ends_at": NOON + timedelta(hours=1),
        "zone": SAMARA,
        "summary": "Заседание",
        "changed_at": NOON - timedelta(days=3),
    }
    return Event(**{**values, **other})  # type: ignore[arg-type]


def test_the_moment_is_told_in_the_events_own_zone_which_is_defined() -> None:
    made = calendar_file([event()], name="Суд")
    read = Calendar.from_ical(made)
    (item,) = read.events
    assert item.start == NOON
    assert item.end == NOON + timedelta(hours=1)
    assert b"DTSTART;TZID=Europe/Samara:20261201T160000\r\n" in made
    assert [zone.tz_name for zone in read.timezones] == ["Europe/Samara"]


def test_events_of_two_zones_define_each_zone_once() -> None:
    rows = [event(), event(uid="b", zone=KALININGRAD), event(uid="c", zone=SAMARA)]
    made = calendar_file(rows, name="Суд")
    assert made.count(b"BEGIN:VTIMEZONE") == 2
    assert b"DTSTART;TZID=Europe/Kaliningrad:20261201T140000\r\n" in made


def test_an_empty_calendar_is_still_a_calendar() -> None:
    read = Calendar.from_ical(calendar_file([], name="Суд"))
    assert not read.events
    assert read["version"] == "2.0"


@pytest.mark.parametrize(
    "typed",
    [
        "Суд; зал 3, «А»\nвторая строка\\конец",
        "Court 🏛️ 👩‍⚖️",
        "и" * 5_000,
        "a\rb\r\nc",
        "№ 2-15/2026",
    ],
)
def test_any_text_survives_escaping_and_folding(typed: str) -> None:
    made = calendar_file([event(summary=typed, description=typed, place=typed)], name="Суд")
    assert all(len(line) <= 75 for line in made.split(b"\r\n"))
    (item,) = Calendar.from_ical(made).events
    plain = typed.replace("\r\n", "\n").replace("\r", "\n")
    assert item["summary"] == plain
    assert item["location"] == plain


def test_typed_text_can_add_no_line_of_its_own() -> None:
    made = calendar_file([event(summary="x\r\nATTENDEE:mailto:a@b.c\x00\x07")], name="Суд")
    assert b"\r\nATTENDEE" not in made
    assert b"\x00" not in made
    assert b"\x07" not in made


def test_a_change_has_the_same_uid_and_a_greater_sequence() -> None:
    first, second = (
        Calendar.from_ical(calendar_file([event(sequence=number)], name="Суд")).events[0]
        for number in (0, 1)
    )
    assert first["uid"] == second["uid"]
    assert (first["sequence"], second["sequence"]) == (0, 1)


def test_a_cancelled_event_rings_no_more() -> None:
    ringing = event(remind_before=timedelta(days=1))
    made = calendar_file([ringing], name="Суд")
    assert b"TRIGGER:-P1D\r\n" in made
    assert b"STATUS:CONFIRMED" in made
    gone = calendar_file([ringing], name="Суд", method=Method.CANCEL)
    assert b"METHOD:CANCEL\r\n" in gone
    assert b"STATUS:CANCELLED" in gone
    assert b"VALARM" not in gone
    one = calendar_file([event(is_cancelled=True)], name="Суд")
    assert b"METHOD:PUBLISH\r\n" in one
    assert b"STATUS:CANCELLED" in one
