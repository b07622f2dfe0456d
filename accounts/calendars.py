"""Events as calendar files (RFC 5545) that phones and mail programs take in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING
from unicodedata import category
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from icalendar import Event as Component
    from icalendar import Timezone

MEDIA_TYPE = "text/calendar; charset=utf-8"


class Method(StrEnum):
    """What the reader's calendar does with the file: adds and replaces, or takes away."""

    PUBLISH = "PUBLISH"
    CANCEL = "CANCEL"


@dataclass(frozen=True, kw_only=True)
class Event:
    """
    Something with a place and a time.

    `uid` never changes and is unique in the world ("hearing-12@portal.example"); `sequence` grows
    with each change, or calendars keep the older one. `starts_at` and `ends_at` are aware and are
    told in `zone`; `remind_before` is when the reader's device rings.
    """

    uid: str
    starts_at: datetime
    ends_at: datetime
    zone: ZoneInfo
    summary: str
    changed_at: datetime
    description: str = ""
    place: str = ""
    url: str = ""
    sequence: int = 0
    is_cancelled: bool = False
    remind_before: timedelta | None = None


def calendar_file(
    events: Iterable[Event], *, name: str, language: str = "RU", method: Method = Method.PUBLISH
) -> bytes:
    """
    Return the events as one iCalendar file, each zone among them defined once.

    Lines end with CRLF and are folded at 75 octets, whatever was typed; control characters, which
    the standard forbids, are left out. METHOD:CANCEL makes every event a cancelled one.
    """
    # A library that most processes never need.
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", f"-//contact-center//{name}//{language}")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", str(method))
    calendar.add("x-wr-calname", _plain(name))
    rows = list(events)
    for key in sorted({event.zone.key for event in rows}):
        spans = [event for event in rows if event.zone.key == key]
        day = timedelta(days=1)
        first = (min(event.starts_at for event in spans) - day).year
        last = (max(event.ends_at for event in spans) + day).year
        calendar.add_component(_zone(key, first, last))
    for event in rows:
        calendar.add_component(_component(event, method))
    return bytes(calendar.to_ical())


@lru_cache(maxsize=64)
def _zone(key: str, first_year: int, last_year: int) -> Timezone:
    # By whole years, so that it is found again: a zone that never changes its clock is searched to
    # the year 9999, which takes a tenth of a second.
    from icalendar import Timezone

    return Timezone.from_tzid(
        key, first_date=date(first_year, 1, 1), last_date=date(last_year + 1, 1, 1)
    )


def _component(event: Event, method: Method) -> Component:
    from icalendar import Alarm
    from icalendar import Event as Component

    item = Component()
    item.add("uid", event.uid)
    item.add("sequence", event.sequence)
    item.add("dtstamp", event.changed_at)
    item.add("last-modified", event.changed_at)
    item.add("dtstart", event.starts_at.astimezone(event.zone))
    item.add("dtend", event.ends_at.astimezone(event.zone))
    item.add("summary", _plain(event.summary))
    for key, value in (("description", event.description), ("location", event.place)):
        if value:
            item.add(key, _plain(value))
    if event.url:
        item.add("url", event.url)
    cancelled = event.is_cancelled or method == Method.CANCEL
    item.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if event.remind_before is not None and not cancelled:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("trigger", -event.remind_before)
        alarm.add("description", _plain(event.summary))
        item.add_component(alarm)
    return item


def _plain(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in lines if sign == "\n" or category(sign) not in {"Cc", "Cs"})
