"""
What a list of tariffs changes among those known: a plan that a person reads before it is made.

Plain values. An open row ends the day before the next one of its kind begins, so a list of nothing
but beginnings is whole, and the same list changes nothing the second time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

Key = tuple[str, str, str, int | None, str]
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Told:
    """A tariff or norm; `pk` is of the known ones, `line` of those in a file."""

    key: Key  # kind, utility, settlement, supplier, group
    value: Decimal
    unit: str
    since: date
    until: date | None
    act: str
    source: str
    pk: int | None = None
    line: int = 0

    @property
    def facts(self) -> tuple[Decimal, str, date, date | None, str, str]:
        """Return what may differ between a file and what is known."""
        return self.value, self.unit, self.since, self.until, self.act, self.source


class Doing(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    CLOSED = "closed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Change:
    """A row as it was (None: there was none) and as it will be."""

    doing: Doing
    before: Told | None
    after: Told


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row of the file that is not taken, and why; `with_line` or `with_pk` is in its way."""

    told: Told
    reason: str
    other: Told


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a file would do; rejected rows are left out of the rest."""

    changes: tuple[Change, ...] = ()
    rejected: tuple[Rejected, ...] = field(default=())

    def of(self, doing: Doing) -> list[Change]:
        """Return the changes of one kind."""
        return [change for change in self.changes if change.doing == doing]


TWICE, OVERLAPS = "twice", "overlaps"


def plan(known: Iterable[Told], told: Sequence[Told]) -> Plan:
    """Return what `told` changes among `known`; no two rows of a key ever share a day."""
    old: dict[Key, dict[date, Told]] = defaultdict(dict)
    for row in known:
        old[row.key][row.since] = row
    new: dict[Key, dict[date, Told]] = defaultdict(dict)
    rejected: list[Rejected] = []
    for row in told:
        first = new[row.key].setdefault(row.since, row)
        if first is not row and first.facts != row.facts:
            rejected.append(Rejected(row, TWICE, first))
    changes: list[Change] = []
    for key, rows in new.items():
        changes += _of_key(old[key], rows, rejected)
    changes.sort(key=lambda change: (change.after.line or 0, change.doing))
    rejected.sort(key=lambda one: one.told.line)
    return Plan(tuple(changes), tuple(rejected))


def _of_key(old: dict[date, Told], new: dict[date, Told], rejected: list[Rejected]) -> list[Change]:
    new = dict(new)
    # Each round takes one row out that stands in another's way; what is left agrees.
    while bad := _in_the_way(merged := _merged(old, new)):
        row, other = bad
        rejected.append(Rejected(row, OVERLAPS, other))
        del new[row.since]
    changes = []
    for since, after in merged.items():
        before = old.get(since)
        if before is None:
            changes.append(Change(Doing.NEW, None, after))
        elif before.facts != after.facts:
            doing = Doing.CHANGED if since in new else Doing.CLOSED
            changes.append(Change(doing, before, after))
        elif since in new:
            changes.append(Change(Doing.SAME, before, after))
    return changes


def _merged(old: dict[date, Told], new: dict[date, Told]) -> dict[date, Told]:
    """Return old and new rows by their first day, open ones closed by the next."""
    rows = {**old, **{since: _over(old.get(since), row) for since, row in new.items()}}
    ordered = sorted(rows)
    after = dict(pairwise(ordered))
    return {
        since: replace(rows[since], until=after[since] - _DAY)
        if rows[since].until is None and since in after
        else rows[since]
        for since in ordered
    }


def _over(before: Told | None, row: Told) -> Told:
    return replace(row, pk=before.pk) if before else row


def _in_the_way(merged: dict[date, Told]) -> tuple[Told, Told] | None:
    """Return a row of the file and the one whose days it shares, if there is such a pair."""
    rows = list(merged.values())
    for first, second in pairwise(rows):
        if first.until is None or first.until >= second.since:
            # The one that is known stays; of two of a file the later line goes.
            is_second = bool(second.line) and (not first.line or second.line > first.line)
            return (second, first) if is_second else (first, second)
    return None
