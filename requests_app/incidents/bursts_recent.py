"""The last day of one utility, counted as requests come: what a burst stands out from."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from requests_app.incidents import bursts
from requests_app.incidents.bursts import WINDOWS, Counted, Expected, Finding, Scope
from requests_app.incidents.bursts_history import FLATS, History

# How the rest of the city is doing, seen over two spans that end a little before now: a fault over
# the whole city must not excuse itself in its first half hour.
_BUSY_SPANS = (timedelta(hours=6), timedelta(hours=24))
_BUSY_UNTIL = timedelta(minutes=30)
MEMORY = _BUSY_SPANS[-1] + _BUSY_UNTIL
# Below this share of the flats "the rest of the city" says nothing about the weather.
_REST = 0.2
# A burst of a zone that has so much of itself on one street is that street's.
_MOST = 0.6


class Mark(NamedTuple):
    """One request as the test sees it; `caller` tells one flat or phone of a house from another."""

    at: datetime
    request: int
    house: int
    street: int
    zone: str
    caller: str
    flats: int = FLATS

    def key(self, scope: Scope) -> int | str:
        """Return which house, street or zone it belongs to."""
        return (
            self.house
            if scope is Scope.HOUSE
            else self.street
            if scope is Scope.STREET
            else self.zone
        )


@dataclass
class Recent:
    """
    The requests of one utility of the last day that nothing explains yet, oldest first.

    Whoever fills it leaves out what belongs to a known incident or to a proposal already decided.
    """

    history: History
    zone: tzinfo
    marks: list[Mark] = field(default_factory=list)
    # Requests of bursts already told of: they say nothing about how busy the city is.
    told: set[int] = field(default_factory=set)
    _at: dict[tuple[Scope, int | str], list[Mark]] = field(default_factory=dict)

    @classmethod
    def of(cls, history: History, zone: tzinfo, marks: Iterable[Mark]) -> Recent:
        """Return the day with these requests in it."""
        recent = cls(history, zone)
        for mark in sorted(marks):
            recent.add(mark)
        return recent

    def add(self, mark: Mark) -> None:
        """Count one more; one that comes late takes its place in time."""
        insort(self.marks, mark)
        for scope in Scope:
            insort(self._at.setdefault((scope, mark.key(scope)), []), mark)

    def drop(self, requests: set[int]) -> None:
        """Count these no more: an incident explains them."""
        self.marks = [mark for mark in self.marks if mark.request not in requests]
        for key, marks in self._at.items():
            self._at[key] = [mark for mark in marks if mark.request not in requests]

    def forget(self, before: datetime) -> None:
        """Drop what no window and no span reaches any more."""
        cut = bisect_left(self.marks, before, key=_moment)
        for mark in self.marks[:cut]:
            for scope in Scope:
                key = scope, mark.key(scope)
                self._at[key].remove(mark)
                if not self._at[key]:
                    del self._at[key]
        del self.marks[:cut]

    def within(self, scope: Scope, key: int | str, start: datetime, end: datetime) -> list[Mark]:
        """Return the requests of a place after `start` and up to `end`."""
        marks = self._at.get((scope, key), [])
        first = bisect_right(marks, start, key=_moment)
        return marks[first : bisect_right(marks, end, key=_moment)]

    def judge(self, mark: Mark, *, limit: float) -> Finding | None:
        """
        Return the burst that `mark`, already counted, completes; None where chance explains it.

        A street is named before its zone when most of the zone's houses are on it.
        """
        busy, shape = self._busy(mark)
        found: dict[Scope, Finding] = {}
        for (scope, counted), (least_houses, least_callers) in bursts.LEAST.items():
            key = mark.key(scope)
            place = self.history.place(scope, key, mark.flats)
            share = bursts.share_of(seen=place.seen, promised=self.history.promised(place))
            knows = bursts.joined(bursts.PRIOR + place.seen, shape, bursts.UNEXPLAINED)
            of_city = place.flats / self.history.flats * share * busy
            for window in WINDOWS:
                start = mark.at - window
                houses, callers = _counts(self.within(scope, key, start, mark.at))
                if houses < least_houses or callers < least_callers:
                    continue
                seen, echo = houses, 0.0
                if counted is Counted.CALLERS:
                    seen, echo = callers, bursts.echo_within(window, self.history.echo)
                mean = self.history.expected(start, mark.at, self.zone) * of_city
                expected = Expected(mean=mean, shape=knows, echo=echo)
                chance = bursts.chance_of_others(seen - 1, expected)
                if chance <= (found[scope].chance if scope in found else limit):
                    found[scope] = Finding(
                        scope=scope,
                        counted=counted,
                        window=window,
                        seen=seen,
                        expected=mean,
                        chance=chance,
                    )
        return self._named(mark, found)

    def _named(self, mark: Mark, found: dict[Scope, Finding]) -> Finding | None:
        zone, street = found.get(Scope.ZONE), found.get(Scope.STREET)
        if zone is None:
            return street or found.get(Scope.HOUSE)
        start = mark.at - zone.window
        on_street, _ = _counts(self.within(Scope.STREET, mark.street, start, mark.at))
        return street if street and on_street >= zone.seen * _MOST else zone

    def _busy(self, mark: Mark) -> tuple[float, float]:
        """Return how busy the city outside the mark's zone is, and the shape of that knowledge."""
        history = self.history
        here = history.place(Scope.ZONE, mark.zone)
        rest = 1.0 - min(here.flats / history.flats, 1.0)
        is_apart = rest >= _REST
        end = mark.at - _BUSY_UNTIL
        best = (1.0, bursts.UNEXPLAINED)
        for span in _BUSY_SPANS:
            start = end - span
            first = bisect_right(self.marks, start, key=_moment)
            marks = self.marks[first : bisect_right(self.marks, end, key=_moment)]
            houses = {
                one.house
                for one in marks
                if one.request not in self.told and not (is_apart and one.zone == mark.zone)
            }
            promised = history.expected(start, end, self.zone) * (rest if is_apart else 1.0)
            level = bursts.share_of(seen=len(houses), promised=promised)
            if level > best[0]:
                best = (level, bursts.PRIOR + len(houses))
        return best


def _moment(mark: Mark) -> datetime:
    return mark.at


def _counts(marks: list[Mark]) -> tuple[int, int]:
    """Return how many houses called, and how many people of them."""
    return len({mark.house for mark in marks}), len({(mark.house, mark.caller) for mark in marks})
