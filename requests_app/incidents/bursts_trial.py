"""Plays an invented city through the test of bursts: what was found, when, and what falsely."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from statistics import median

from requests_app.incidents import bursts, bursts_grouping
from requests_app.incidents.bursts import Scope
from requests_app.incidents.bursts_city import City, Fault, Sent
from requests_app.incidents.bursts_grouping import Known, State
from requests_app.incidents.bursts_history import History, Place, echoes_in, fit, hour_of_week
from requests_app.incidents.bursts_recent import MEMORY, Recent

_REFIT_EVERY = timedelta(days=30)
# The watch looks so often: half of it passes on average before a request is looked at.
LOOKS_EVERY = timedelta(seconds=20)
MONTH = timedelta(days=30.4)
# So many requests of a fault in another's proposal show it to operators.
_SHOWN_BY = 3


@dataclass
class Raised:
    """A proposal of the trial: its requests as they stood when it was raised, and what was true."""

    at: datetime
    utility: str
    scope: Scope
    fault: Fault | None


@dataclass
class Trial:
    """What a run of the city showed."""

    months: float
    requests: int = 0
    raised: list[Raised] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    # Faults whose requests went into a proposal about another of the same place, and when.
    inside: dict[int, datetime] = field(default_factory=dict)

    @property
    def false_alarms(self) -> list[Raised]:
        """Proposals less than a third of whose requests one fault had brought."""
        return [one for one in self.raised if one.fault is None]

    @property
    def false_a_month(self) -> float:
        """How many false alarms a month brought."""
        return len(self.false_alarms) / self.months

    @property
    def repeated(self) -> int:
        """How many faults were proposed more than once, counted by each time too many."""
        told = Counter(id(one.fault) for one in self.raised if one.fault is not None)
        return sum(count - 1 for count in told.values())

    def of(self, scope: Scope, *, least_calls: int = 0) -> list[Fault]:
        """Return the faults of a size that brought at least so many requests."""
        return [f for f in self.faults if f.scope is scope and len(f.calls) >= least_calls]

    def found(self, faults: list[Fault]) -> dict[int, datetime]:
        """Return when each of `faults` was first proposed, by its id."""
        wanted = {id(fault) for fault in faults}
        first: dict[int, datetime] = {}
        for one in self.raised:
            if one.fault is not None and id(one.fault) in wanted:
                first.setdefault(id(one.fault), one.at)
        for fault, at in self.inside.items():
            if fault in wanted:
                first[fault] = min(first.get(fault, at), at)
        return first

    def delays(self, faults: list[Fault], *, since_call: int = 0) -> list[timedelta]:
        """Return how long after its beginning, or n-th request, each found fault was told of."""
        found = self.found(faults)
        return sorted(
            found[id(fault)]
            - (fault.calls[since_call - 1].at if since_call else fault.began_at)
            + LOOKS_EVERY / 2
            for fault in faults
            if id(fault) in found and len(fault.calls) >= since_call
        )


def median_of(delays: list[timedelta]) -> timedelta:
    """Return the middle one; zero of none."""
    return timedelta(seconds=median(d.total_seconds() for d in delays)) if delays else timedelta()


def run(city: City, *, learn: timedelta) -> Trial:
    """
    Play the city's years; the first `learn` only fills the history.

    Operators are taken to decide at once: a proposal about a fault is accepted, another dismissed.
    """
    sent = city.sends()
    starts = city.since + learn
    trial = Trial(months=(city.until - starts) / MONTH)
    by_utility: dict[str, list[Sent]] = {}
    for one in sent:
        by_utility.setdefault(one.utility, []).append(one)
    for utility, requests in by_utility.items():
        _play(city, utility, requests, trial, starts=starts, all_sent=len(sent))
    trial.faults = [fault for fault in city.faults if fault.began_at >= starts]
    trial.raised.sort(key=lambda one: one.at)
    return trial


def _play(
    city: City, utility: str, sent: list[Sent], trial: Trial, *, starts: datetime, all_sent: int
) -> None:
    limit = bursts.limit(all_sent / ((city.until - city.since) / MONTH))
    known: list[Known] = []
    told: set[int] = set()
    fault_of = {one.mark.request: one.fault for one in sent}
    joined: Counter[int] = Counter()
    recent: Recent | None = None
    refit_at = starts
    for place, one in enumerate(sent):
        mark = one.mark
        if mark.at < starts:
            continue
        if recent is None or mark.at >= refit_at:
            history = learnt(city, sent[:place], told, until=mark.at)
            marks = recent.marks if recent else []
            recent = Recent.of(history, city.time_zone, marks)
            recent.told = told
            refit_at = mark.at + _REFIT_EVERY
        trial.requests += 1
        recent.add(mark)
        recent.forget(mark.at - MEMORY)
        finding = recent.judge(mark, limit=limit)
        # A night is enough: what is older covers nothing.
        known = [k for k in known if mark.at - k.last_at <= bursts_grouping.OVER_AFTER]
        decision = bursts_grouping.decide(mark, finding, known)
        if decision.known is not None:
            decision.known.last_at = mark.at
            told.add(mark.request)
            if one.fault is not None:
                joined[id(one.fault)] += 1
                if joined[id(one.fault)] == _SHOWN_BY:
                    trial.inside[id(one.fault)] = mark.at
        elif decision.raise_new and finding is not None:
            evidence = recent.within(
                finding.scope, mark.key(finding.scope), mark.at - finding.window, mark.at
            )
            told.update(m.request for m in evidence)
            causes = Counter(id(f) for m in evidence if (f := fault_of[m.request]) is not None)
            fault = None
            if causes:
                cause, count = causes.most_common(1)[0]
                if count * 3 >= len(evidence):
                    fault = next(f for f in fault_of.values() if id(f) == cause)
            trial.raised.append(Raised(mark.at, utility, finding.scope, fault))
            known.append(
                Known(
                    id=len(trial.raised),
                    scope=finding.scope,
                    house=mark.house,
                    street=mark.street,
                    zone=mark.zone,
                    state=State.OPEN,
                    last_at=mark.at,
                )
            )
        if decision.widen and decision.known is not None and finding is not None:
            decision.known.scope = finding.scope
            for taken in decision.absorbed:
                taken.state = State.MERGED


def learnt(city: City, sent: list[Sent], told: set[int], *, until: datetime) -> History:
    """Return the history as the nightly count would: without what proposals held."""
    by_hour: Counter[int] = Counter()
    by_month: Counter[int] = Counter()
    year_ago = until - timedelta(days=365)
    year = 0
    seen: Counter[tuple[str, int | str]] = Counter()
    heard: list[tuple[int, datetime, str]] = []
    for one in sent:
        mark = one.mark
        if mark.request in told:
            continue
        local = mark.at.astimezone(city.time_zone)
        by_hour[hour_of_week(local)] += 1
        by_month[local.month] += 1
        heard.append((mark.house, mark.at, mark.caller))
        if mark.at >= year_ago:
            year += 1
            for scope in Scope:
                seen[scope, mark.key(scope)] += 1
    history = fit(
        by_hour,
        by_month,
        since=city.since.date(),
        until=until.date(),
        year=year,
        flats=city.flats,
        echoes=echoes_in(sorted(heard)),
    )
    flats: Counter[tuple[str, int | str]] = Counter()
    for house in city.houses:
        flats[Scope.HOUSE, house.id] += house.flats
        flats[Scope.STREET, house.street] += house.flats
        flats[Scope.ZONE, house.zone] += house.flats
    places = {key: Place(count, seen[key]) for key, count in flats.items()}
    return replace(history, places=places)
