"""From which moment to which: W3C dates in any offset, and how long a stretch may be asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from requests_app.open311.errors import bad

# The standard's own: ninety days, or a thousand rows.
SPAN = timedelta(days=90)
_SECOND = timedelta(seconds=1)
_LONGEST = 40
# A plus that the client did not encode arrives as a blank.
_LOST_PLUS = re.compile(r"(T\d\d[\d:.]*) (\d\d:?\d\d)$")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Window:
    """A stretch of time: from `start`, and before `end`."""

    start: datetime
    end: datetime


def moment(text: str, *, is_end: bool = False) -> datetime:
    """
    Return what `text` says, aware; raise ValueError.

    Without an offset it is the city's time; a day alone is its first second, as an end its last.
    """
    text = text.strip()
    if len(text) > _LONGEST or not text.isascii():
        raise ValueError("not a date")
    if is_end and _DATE.fullmatch(text):
        text = f"{text}T{time(23, 59, 59).isoformat()}"
    read = datetime.fromisoformat(_LOST_PLUS.sub(r"\1+\2", text))
    if timezone.is_naive(read):
        read = timezone.make_aware(read)
    try:
        return read.astimezone(UTC)
    except OverflowError:
        raise ValueError("beyond the calendar") from None


def of(
    names: tuple[str, str], texts: tuple[str, str], *, at: datetime, span: timedelta = SPAN
) -> Window:
    """
    Return the stretch between two parameters, of which either may be "".

    Both ends belong to it, to the second. Without either it is the latest `span`; with one it
    reaches `span` from there. Raise Wrong for what is no date, an end before its start, more than
    `span`.
    """
    first, last = (
        _read(name, text, is_end=is_end)
        for name, text, is_end in zip(names, texts, (False, True), strict=True)
    )
    try:
        if last is None:
            last = at if first is None else first + span
        if first is None:
            first = last - span
        end = last + _SECOND
    except OverflowError:
        raise bad(names[0], _no_date()) from None
    if last < first:
        raise bad(names[1], _("The end lies before the start."))
    if last - first > span:
        raise bad(
            names[0],
            _("At most %(days)d days may be asked for at once.") % {"days": span.days},
        )
    return Window(first, end)


def _read(name: str, text: str, *, is_end: bool) -> datetime | None:
    if not text:
        return None
    try:
        read = moment(text, is_end=is_end)
    except ValueError:
        raise bad(name, _no_date()) from None
    # What is shown has no fractions; what is asked for neither.
    return read.replace(microsecond=0)


def _no_date() -> str:
    return _("Write the moment as 2026-11-24T06:02:19+03:00.")


def shown(moment: datetime | None) -> str | None:
    """Return the moment as answers write it: the city's time with its offset, to the second."""
    if moment is None:
        return None
    return moment.astimezone(timezone.get_default_timezone()).isoformat(timespec="seconds")
