"""Days and hours of an outage notice, as utilities write them: pure functions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

_MONTHS = {
    "янв": 1, "фев": 2, "мар": 3, "апр": 4, "май": 5, "мая": 5, "мае": 5, "июн": 6, "июл": 7,
    "авг": 8, "сен": 9, "окт": 10, "ноя": 11, "дек": 12,
}  # fmt: skip
_MONTH = (
    r"(?:январ[ья]|феврал[ья]|марта?|апрел[ья]|ма[йя]|июн[ья]|июл[ья]|августа?|сентябр[ья]"
    r"|октябр[ья]|ноябр[ья]|декабр[ья]|янв\.|фев\.|февр\.|мар\.|апр\.|июн\.|июл\.|авг\.|сент?\."
    r"|окт\.|нояб?\.|дек\.)"
)
_T = (
    r"(?:\d{1,2}(?:\s?[:.]\s?\d{2})?\s(?:утра|дня|вечера|ночи)(?!\w)|\d{1,2}\s?[:.\-]\s?\d{2}(?!\d)(?:\s?(?:час(?:ов|а)?|ч)(?!\w)\.?)?"
    r"|\d{1,2}\s?(?:час(?:ов|а)?|ч)(?!\w)\.?(?:\s?\d{1,2}\s?мин(?:ут[аы]?)?(?!\w)\.?)?"
    r"|\d{1,2}(?!\d|[.:]\d))"
)
_DATE = (
    r"(?:\d{1,2}\.\d{2}(?:\.(?:20\d\d|\d\d))?(?!\d)|\d{1,2}\s+"
    + _MONTH
    + r"(?:\s+20\d\d)?)(?:\s?(?:года|г)(?!\w)\.?)?"
)
_TO = r"\s*(?:до|по|-)\s*"
# «с 9:00 10.02 до 17:00 12.02»: one stretch over days.
_STRETCH = re.compile(
    rf"(?<![\w.:])(?:(?:с|со)\s+)?(?:(?P<t1>{_T})\s+(?P<d1>{_DATE})|(?P<d1b>{_DATE})\s*,?\s*(?P<t1b>{_T}))"
    rf"{_TO}(?:(?P<t2>{_T})\s+(?P<d2>{_DATE})|(?P<d2b>{_DATE})\s*,?\s*(?P<t2b>{_T}))",
    re.IGNORECASE,
)
_HOURS = re.compile(
    rf"(?<![\w.])(?:в\s+период\s+)?(?:(?:с|со)\s+(?P<a>{_T}){_TO}(?P<b>{_T})"
    r"|(?P<c>\d{1,2}[:.]\d{2}(?!\d))\s*-\s*(?P<d>\d{1,2}[:.]\d{2}(?!\d)(?!\.\d)))"
    r"(?:\s?(?:час(?:ов|а)?|ч)(?!\w)\.?)?",
    re.IGNORECASE,
)
_LASTS = re.compile(
    rf"(?<![\w.])в\s+(?P<a>{_T})\s+на\s+(?P<hours>\d{{1,2}})\s+час\w*", re.IGNORECASE
)
_SLASHED = re.compile(
    r"(?<![\w.:/])(?P<day>\d{1,2})/(?P<month>\d{2})/(?P<year>20\d\d)(?![\d/])(?:\s?г\.?(?!\w))?"
)
_ALL_DAY = re.compile(r"круглосуточно|в течение (?:всего дня|суток)", re.IGNORECASE)
_FROM = re.compile(
    rf"(?<![\w.])(?:с|со)\s+(?P<a>{_T})\s+до\s+(?:окончания|завершения|конца)\s+\w+"
    r"(?:\s+работ\w*)?",
    re.IGNORECASE,
)
_UNTIL = re.compile(rf"(?<![\w.])(?:ориентировочно\s+)?до\s+(?P<b>{_T})(?![\w])", re.IGNORECASE)
_DAYS_NAMED = re.compile(
    rf"(?<![\w.:/-])(?P<from>(?:с|со)\s+)?(?P<first>\d{{1,2}})(?:\s+(?P<month1>{_MONTH}))?"
    rf"(?:\s+20\d\d(?:\s?(?:года|г)(?!\w)\.?)?)?\s*(?:по|до|-)\s*(?P<last>\d{{1,2}})\s+(?P<month>{_MONTH})"
    r"(?:\s+(?P<year>20\d\d))?(?:\s?(?:года|г)(?!\w)\.?)?",
    re.IGNORECASE,
)
_LIST_NAMED = re.compile(
    rf"(?<![\w.:/-])(?P<days>\d{{1,2}}(?:\s*(?:,|и)\s*\d{{1,2}})*)\s+(?P<month>{_MONTH})(?!\w)"
    r"(?:\s+(?P<year>20\d\d))?(?:\s?(?:года|г)(?!\w)\.?)?",
    re.IGNORECASE,
)
_DAYS_DOTTED = re.compile(
    r"(?<![\w.:])(?:(?:с|со)\s+)?(?P<d1>\d{1,2})\.(?P<m1>\d{2})(?:\.(?P<y1>20\d\d|\d\d))?(?!\d)"
    r"(?:\s?г\.?(?!\w))?\s*(?:по|-)\s*(?P<d2>\d{1,2})\.(?P<m2>\d{2})(?:\.(?P<y2>20\d\d|\d\d))?(?!\d)"
    r"(?:\s?(?:года|г)(?!\w)\.?)?",
    re.IGNORECASE,
)
_ONE_DOTTED = re.compile(
    r"(?<![\w.:/])(?P<day>\d{1,2})\.(?P<month>\d{2})(?:\.(?P<year>20\d\d|\d\d))?(?!\d|\.\d)"
    r"(?:\s?(?:года|г)(?!\w)\.?)?",
    re.IGNORECASE,
)
_ISO = re.compile(r"(?<!\d)(?P<year>20\d\d)-(?P<month>\d{2})-(?P<day>\d{2})(?!\d)")
_RELATIVE = re.compile(r"(?<!\w)(сегодня|завтра|послезавтра)(?!\w)", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")
# A notice is of days to come; one about a day so long ago would be of next year.
_STALE = timedelta(days=60)
_MOST_DAYS = 62
_NOON = 12


class Impossible(Exception):
    """A day or hour that no calendar has; `text` is how the notice writes it."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


@dataclass(frozen=True)
class Span:
    """One thing said about time, and where: days, hours of a day, or a stretch over days."""

    start: int
    end: int
    days: tuple[date, ...] = ()
    hours: tuple[time | None, time | None] | None = None
    stretch: tuple[datetime, datetime] | None = None
    wrong: str = ""


def read(text: str, *, on: date) -> list[Span]:
    """
    Return what `text` says of days and hours, in order; `on` is the day it was received.

    An impossible one has `wrong`: how it was written. Moments are naive: the city's own.
    """
    taken = [False] * len(text)
    found: list[Span] = []
    for pattern, make in _READERS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(taken[start:end]) or _STREET_BEFORE.search(text[:start][-20:]):
                continue  # «ул. 12 Сентября» is no day
            try:
                span = make(match, on)
            except Impossible as bad:
                span = Span(start, end, wrong=bad.text)
            if span is None:
                continue
            taken[start:end] = [True] * (end - start)
            found.append(span)
    return sorted(found, key=lambda span: span.start)


def windows(
    days: tuple[date, ...], hours: tuple[time | None, time | None] | None
) -> list[tuple[datetime, datetime]]:
    """Return the stretches: each day its hours; an end before the beginning is the next day's."""
    begins, ends = hours or (time(0), None)
    found = []
    for day in days:
        start = datetime.combine(day, begins or time(0))
        end = (
            datetime.combine(day, ends) if ends is not None else datetime.combine(day, time(23, 59))
        )
        if end <= start:
            end += timedelta(days=1)
        found.append((start, end))
    return found


def _stretch(match: re.Match[str], on: date) -> Span:
    first = datetime.combine(
        _date(match["d1"] or match["d1b"], on), _clock(match["t1"] or match["t1b"])
    )
    last = datetime.combine(
        _date(match["d2"] or match["d2b"], on), _clock(match["t2"] or match["t2b"])
    )
    if _NUMBER.findall(match["t2"] or match["t2b"])[0] == "24":
        last += timedelta(days=1)
    if last <= first:
        raise Impossible(match[0])
    return Span(*match.span(), stretch=(first, last))


def _hours(match: re.Match[str], on: date) -> Span | None:
    first, last = match["a"] or match["c"], match["b"] or match["d"]
    marked = any(_is_clock(text) for text in (first, last)) or re.search(
        r"\d\s?(?:ч(?!\w)|час)|утра|дня|вечера|ночи", match[0]
    )
    if _could_be_date(first) and _could_be_date(last) and (match["c"] or " по " in match[0]):
        return None
    if not marked and not (match["a"] and " до " in match[0]):
        return None
    return Span(*match.span(), hours=(_clock(first), _clock(last)))


def _lasts(match: re.Match[str], on: date) -> Span:
    begins = _clock(match["a"])
    ends = datetime.combine(on, begins) + timedelta(hours=int(match["hours"]))
    return Span(*match.span(), hours=(begins, ends.time()))


def _from(match: re.Match[str], on: date) -> Span:
    return Span(*match.span(), hours=(_clock(match["a"]), None))


def _until(match: re.Match[str], on: date) -> Span | None:
    if not _is_clock(match["b"]) and "ч" not in match["b"]:
        return None
    return Span(*match.span(), hours=(None, _clock(match["b"])))


def _all_day(match: re.Match[str], on: date) -> Span:
    return Span(*match.span(), hours=(time(0), time(0)))


def _days_named(match: re.Match[str], on: date) -> Span:
    last = _named(match["last"], match["month"], match["year"], on, match[0])
    is_apart = " - " in match[0] and re.search(r"[А-Я][а-яё]+\s+$", match.string[: match.start()])
    if not match["from"] and not match["month1"] and (is_apart or _is_among_houses(match)):
        # «дом 12 - 18 марта»: the first number is a house.
        return Span(match.start("last"), match.end(), days=(last,))
    first = _named(match["first"], match["month1"] or match["month"], str(last.year), on, match[0])
    if first > last:
        first = first.replace(year=first.year - 1)
    return Span(*match.span(), days=_between(first, last, match[0]))


def _list_named(match: re.Match[str], on: date) -> Span:
    numbers = list(_NUMBER.finditer(match["days"]))
    kept = numbers[-1:]
    if not _is_among_houses(match):
        for number in reversed(numbers[:-1]):
            if int(number[0]) >= int(kept[0][0]):
                break
            kept.insert(0, number)
    start = match.start("days") + kept[0].start()
    days = tuple(
        _named(number[0], match["month"], match["year"], on, match.string[start : match.end()])
        for number in kept
    )
    return Span(start, match.end(), days=days)


def _days_dotted(match: re.Match[str], on: date) -> Span:
    last = _numbered(match["d2"], match["m2"], match["y2"], on, match[0])
    first = _numbered(match["d1"], match["m1"], match["y1"] or str(last.year), on, match[0])
    if first > last and not match["y1"]:
        first = first.replace(year=first.year - 1)
    return Span(*match.span(), days=_between(first, last, match[0]))


def _one_dotted(match: re.Match[str], on: date) -> Span:
    return Span(
        *match.span(),
        days=(_numbered(match["day"], match["month"], match["year"], on, match[0]),),
    )


def _relative(match: re.Match[str], on: date) -> Span:
    ahead = {"сегодня": 0, "завтра": 1, "послезавтра": 2}[match[1].lower()]
    return Span(*match.span(), days=(on + timedelta(days=ahead),))


_READERS = (
    (_STRETCH, _stretch),
    (_ALL_DAY, _all_day),
    (_FROM, _from),
    (_LASTS, _lasts),
    (_SLASHED, _one_dotted),
    (_ISO, _one_dotted),
    (_DAYS_NAMED, _days_named),
    (_LIST_NAMED, _list_named),
    (_HOURS, _hours),
    (_DAYS_DOTTED, _days_dotted),
    (_ONE_DOTTED, _one_dotted),
    (_UNTIL, _until),
    (_RELATIVE, _relative),
)


# A street or a house shortly before: the numbers that follow may be houses.
_HOUSES_BEFORE = re.compile(
    r"(?:(?<!\w)(?:ул|улиц\w*|пер|переул\w*|пр|просп\w*|пл|площад\w*|б-р|бульвар\w*|наб\w*|ш|шоссе"
    r"|мкр|пр-д|проезд\w*|д|дом\w*)(?!\w)|№)[^\n\x01]{0,80}$",
    re.IGNORECASE,
)
_STREET_BEFORE = re.compile(
    r"(?<!\w)(?:ул|улиц\w*|пер|переул\w*|пр|просп\w*|пл|площад\w*|пр-д|проезд\w*)\.?\s*$",
    re.IGNORECASE,
)


def _is_among_houses(match: re.Match[str]) -> bool:
    before = match.string[: match.start()][-120:]
    return before.rstrip().endswith(",") or _HOUSES_BEFORE.search(before) is not None


def _is_clock(text: str) -> bool:
    return re.search(r"\d\s?[:.\-]\s?\d\d", text) is not None


def _could_be_date(text: str) -> bool:
    parts = re.fullmatch(r"(\d{1,2})\.(\d{2})", text.strip())
    return parts is not None and 1 <= int(parts[2]) <= 12 and 1 <= int(parts[1]) <= 31


def _clock(text: str) -> time:
    numbers = [int(number) for number in _NUMBER.findall(text)]
    hour, minute = numbers[0], numbers[1] if len(numbers) > 1 else 0
    if re.search("дня|вечера", text) and hour < _NOON:
        hour += _NOON
    if hour == 24 and minute == 0:
        return time(0)
    if hour > 23 or minute > 59:
        raise Impossible(text.strip())
    return time(hour, minute)


def _date(text: str, on: date) -> date:
    if match := _ONE_DOTTED.match(text):
        return _numbered(match["day"], match["month"], match["year"], on, text)
    match = _LIST_NAMED.match(text)
    if match is None:
        raise Impossible(text)
    return _named(match["days"], match["month"], match["year"], on, text)


def _named(day: str, month: str, year: str | None, on: date, said: str) -> date:
    return _numbered(day, str(_MONTHS[month.lower()[:3]]), year, on, said)


def _numbered(day: str, month: str, year: str | None, on: date, said: str) -> date:
    number = int(year) if year else on.year
    if year and len(year) == 2:
        number += 2000
    try:
        found = date(number, int(month), int(day))
        if not year and found < on - _STALE:
            found = found.replace(year=number + 1)
    except ValueError:
        # The twenty-ninth of February of a year that has none is impossible as well.
        raise Impossible(said.strip()) from None
    return found


def _between(first: date, last: date, said: str) -> tuple[date, ...]:
    if not first <= last <= first + timedelta(days=_MOST_DAYS):
        raise Impossible(said.strip())
    return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))
