"""
Outage notices as utilities write them, read into days, hours and houses: pure functions.

«10.02 с 9:00 до 17:00, ул. Гончарова 5, 7–15 (нечёт.), пер. Молочный весь». Streets are recognised
by their type («ул.», «переулке») and by the names the register knows; what follows a street, up to
the next one, are its houses. What cannot be read is told with its place and never guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from disclosure.utilities import Utility
from requests_app.incidents import notices_time
from requests_app.incidents.notices_places import Reader
from requests_app.incidents.notices_streets import Names
from requests_app.incidents.notices_time import Span
from requests_app.incidents.notices_values import Place

LONGEST = 20_000


@dataclass(frozen=True)
class Problem:
    """Something not understood, with its place: `code` says what, `text` how it is written."""

    code: str
    text: str
    start: int
    line: int


@dataclass
class Notice:
    """What a notice says."""

    text: str
    utility: str
    is_fault: bool
    places: list[Place]
    problems: list[Problem]

    @property
    def windows(self) -> list[tuple[datetime, datetime]]:
        """All its stretches of time, in order, each once."""
        return sorted({window for place in self.places for window in place.windows})


_UTILITIES = (
    (Utility.HOT_WATER, r"горяч\w+ вод|гвс|горячего водоснабж"),
    (Utility.HEATING, r"отоплен|теплоснабж|теплов\w+ энерги|подач\w+ тепла"),
    (Utility.COLD_WATER, r"холодн\w+ вод|хвс|водоснабж|подач\w+ вод|отключени\w+ вод|воды"),
    (Utility.ELECTRICITY, r"электро|\bсвет|энергоснабж|обесточ"),
    (Utility.GAS, r"\bгаз"),
    (Utility.SEWERAGE, r"водоотвед|канализац"),
)
_FAULT = re.compile(r"аварий|авари[яи]|порыв|повреждени", re.IGNORECASE)
_PLANNED = re.compile(r"планов|ремонтн|профилакт|испытани|график", re.IGNORECASE)


def read(text: str, *, names: Names, on: date) -> Notice:
    """
    Return what the notice says; `names` are the streets of the register, `on` the day of receipt.

    Moments are naive: the city's own.
    """
    text = _plain(text[:LONGEST])
    spans = notices_time.read(text, on=on)
    masked = list(text)
    for span in spans:
        masked[span.start : span.end] = "\x01" * (span.end - span.start)
    reader = Reader("".join(masked), text, names)
    places = reader.read()
    _give_time(places, [span for span in spans if not span.wrong])
    problems = [
        Problem("impossible", span.wrong, span.start, _line(text, span.start))
        for span in spans
        if span.wrong
    ]
    problems += [
        Problem(code, said, start, _line(text, start)) for code, said, start in reader.troubles
    ]
    if not places:
        problems.append(Problem("no_places", "", 0, 1))
    elif any(not place.windows for place in places) and not any(s.wrong for s in spans):
        problems.append(Problem("no_time", "", 0, 1))
    lowered = text.lower()
    utility = next((str(u) for u, words in _UTILITIES if re.search(words, lowered)), "")
    is_fault = bool(_FAULT.search(text)) and not _PLANNED.search(text)
    return Notice(text, utility, is_fault, places, sorted(problems, key=lambda one: one.start))


def _plain(text: str) -> str:
    text = re.sub(r"[‐-―−]", "-", text.replace("\r\n", "\n"))
    text = re.sub(r"[\xa0\t\u2009\u202f]", " ", text.replace("…", "..."))
    return "".join(sign for sign in text if sign == "\n" or sign.isprintable())


def _line(text: str, start: int) -> int:
    return text.count("\n", 0, start) + 1


def _give_time(places: list[Place], spans: list[Span]) -> None:
    """
    Give each place its days and hours.

    What is said before the first place holds from there on; where places come first, what follows
    them is theirs. One thing said once is said of all.
    """
    first = min((place.start for place in places), default=0)
    stretches = [span for span in spans if span.stretch]
    days = _joined([span for span in spans if span.days])
    hours = _merged([span for span in spans if span.hours])
    for place in places:
        one = _of(place, stretches, first)
        day, hour = _of(place, days, first), _of(place, hours, first)
        if one is not None and one.stretch:
            place.windows = (one.stretch,)
        elif day is not None:
            said = hour.hours if hour else None
            place.windows = tuple(notices_time.windows(day.days, said))


def _of(place: Place, spans: list[Span], first: int) -> Span | None:
    if not spans:
        return None
    if spans[0].start < first:
        before = [span for span in spans if span.start < place.start]
        return before[-1] if before else spans[0]
    after = [span for span in spans if span.start >= place.start]
    return after[0] if after else spans[-1]


def _joined(spans: list[Span]) -> list[Span]:
    """Join days that follow each other in the text at once: «10.02, 11.02 и 12.02»."""
    found: list[Span] = []
    for span in spans:
        if found and span.start - found[-1].end <= 4:
            last = found.pop()
            span = Span(last.start, span.end, days=last.days + span.days)
        found.append(span)
    return found


def _merged(spans: list[Span]) -> list[Span]:
    """Make one of «с 9 часов» and a later «до 17:00» that lacks its beginning."""
    found: list[Span] = []
    for span in spans:
        assert span.hours
        if found and span.hours[0] is None:
            last = found[-1]
            assert last.hours
            if last.hours[1] is None:
                found[-1] = Span(last.start, last.end, hours=(last.hours[0], span.hours[1]))
            continue
        found.append(span)
    return found
