"""
What was done well in a drill: plain functions over what happened, no queries, no clock.

Durations are minutes of the storm. A call is marked on each count that its script makes sense of;
each mark belongs to the operator who earned it, or to the crew when nobody did anything.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median


class Count(StrEnum):
    """What a call can be marked on."""

    IN_TIME = "in_time"
    ORDER = "order"
    MATTER = "matter"
    JOINED = "joined"
    INCIDENT = "incident"
    PRANK = "prank"
    EXECUTOR = "executor"


@dataclass(frozen=True, kw_only=True)
class Played:
    """
    One call as it was played and handled.

    `taken_at` is the first thing an operator did with it, `reacted_at` the first that the caller
    learns of or that helps them. `incident` is what it hangs on in the end, `joined_to` the key of
    the call it was closed as a duplicate of.
    """

    key: str
    number: str
    title: str
    filed_at: float
    is_emergency: bool
    limit: float | None
    clause: str
    right_matter: str
    matter: str
    fault: str = ""
    same_as: str = ""
    is_prank: bool = False
    is_renamed: bool = False
    taken_at: float | None = None
    taken_by: int | None = None
    reacted_at: float | None = None
    reacted_by: int | None = None
    incident: int | None = None
    joined_to: str = ""
    closed_for_cause: bool = False
    redirected_by: int | None = None

    @property
    def by(self) -> int | None:
        """The operator whose call it is: who reacted, else who took it; None for nobody."""
        return self.reacted_by if self.reacted_by is not None else self.taken_by

    @property
    def waited(self) -> float | None:
        """How long the caller waited for the first reaction; None when there was none."""
        return None if self.reacted_at is None else self.reacted_at - self.filed_at


@dataclass(frozen=True)
class Mark:
    """A call's mark on one count."""

    count: Count
    is_good: bool


@dataclass(frozen=True)
class Judged:
    """A call with its marks."""

    call: Played
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Sheet:
    """One operator's result, or the crew's for calls that nobody touched (`by` is None)."""

    by: int | None
    calls: int
    waited: float | None
    good: dict[Count, int]
    marked: dict[Count, int]

    @property
    def share(self) -> float | None:
        """The share of good marks, 0…1; None without any."""
        total = sum(self.marked.values())
        return sum(self.good.values()) / total if total else None


@dataclass(frozen=True)
class Report:
    """A whole drill: every call, and a sheet for each operator, best known first."""

    calls: tuple[Judged, ...]
    sheets: tuple[Sheet, ...]
    crew: Sheet


def judge(calls: Sequence[Played], *, crew: Iterable[int], minute: float) -> Report:
    """
    Mark every call as things stand at `minute` of the storm.

    A call whose limit has not run out and that nobody touched has no mark yet. Everybody of `crew`
    gets a sheet, also who did nothing.
    """
    mains = _incident_of_each_fault(calls)
    by_key = {call.key: call for call in calls}
    judged = tuple(
        Judged(call, tuple(_marks(call, calls, by_key, mains, minute=minute))) for call in calls
    )
    of_each: dict[int | None, list[Judged]] = defaultdict(list)
    for one in judged:
        of_each[one.call.by].append(one)
    people = list(dict.fromkeys([*crew, *sorted(by for by in of_each if by is not None)]))
    sheets = [_sheet(by, of_each[by]) for by in people]
    if of_each[None]:
        sheets.append(_sheet(None, of_each[None]))
    return Report(judged, tuple(sheets), _sheet(None, judged))


def _marks(
    call: Played,
    calls: Sequence[Played],
    by_key: dict[str, Played],
    mains: dict[str, int],
    *,
    minute: float,
) -> list[Mark]:
    if call.by is None and not (call.limit is not None and minute - call.filed_at > call.limit):
        return []
    marks: list[Mark] = []

    def mark(count: Count, *, is_good: bool) -> None:
        marks.append(Mark(count, is_good))

    in_time = _in_time(call, minute)
    if in_time is not None:
        mark(Count.IN_TIME, is_good=in_time)
    if call.by is None:
        return marks
    if not call.is_emergency and call.taken_at is not None:
        mark(Count.ORDER, is_good=not _passed_over(call.taken_at, calls))
    if call.is_prank:
        mark(Count.PRANK, is_good=call.closed_for_cause)
    if call.is_renamed:
        mark(Count.MATTER, is_good=call.matter == call.right_matter or bool(call.joined_to))
    if call.same_as:
        original = by_key.get(call.same_as)
        mark(Count.JOINED, is_good=_is_joined(call, original, by_key))
    if call.fault:
        main = mains.get(call.fault)
        hangs = call.incident is not None and call.incident == main
        mark(Count.INCIDENT, is_good=hangs or bool(call.same_as and call.joined_to))
    if call.redirected_by is not None and not call.is_renamed:
        # Intake names who answers from the registry: the script has no call for anybody else.
        mark(Count.EXECUTOR, is_good=False)
    return marks


def _in_time(call: Played, minute: float) -> bool | None:
    if call.limit is None:
        return None
    if call.waited is not None:
        return call.waited <= call.limit
    return False if minute - call.filed_at > call.limit else None


def _passed_over(at: float, calls: Sequence[Played]) -> bool:
    """Tell whether an emergency that nobody had taken waited at `at`."""
    return any(
        other.is_emergency
        and other.filed_at < at
        and (other.taken_at is None or other.taken_at > at)
        for other in calls
    )


def _is_joined(call: Played, original: Played | None, by_key: dict[str, Played]) -> bool:
    """Tell whether two calls of one person are one piece of work, whichever was kept."""
    if original is None:
        return False
    first, second = _root(call, by_key), _root(original, by_key)
    if first == second:
        return True
    return call.incident is not None and call.incident == original.incident


def _root(call: Played, by_key: dict[str, Played]) -> str:
    seen: set[str] = set()
    while call.joined_to in by_key and call.key not in seen:
        seen.add(call.key)
        call = by_key[call.joined_to]
    return call.key


def _incident_of_each_fault(calls: Sequence[Played]) -> dict[str, int]:
    """Return the incident that most calls of each mass fault hang on."""
    votes: dict[str, Counter[int]] = defaultdict(Counter)
    for call in calls:
        if call.fault and call.incident is not None:
            votes[call.fault][call.incident] += 1
    return {
        fault: max(found.items(), key=lambda pair: (pair[1], -pair[0]))[0]
        for fault, found in votes.items()
    }


def _sheet(by: int | None, calls: Sequence[Judged]) -> Sheet:
    marks = [mark for one in calls for mark in one.marks]
    waits = [one.call.waited for one in calls if one.call.waited is not None]
    return Sheet(
        by=by,
        calls=len(calls),
        waited=median(waits) if waits else None,
        good=dict(Counter(mark.count for mark in marks if mark.is_good)),
        marked=dict(Counter(mark.count for mark in marks)),
    )
