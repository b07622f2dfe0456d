"""
The public totals: sums of the groups that `publishing` made of rows, and of nothing else.

A figure is a sum of whole groups of five or more, whatever is chosen: see `folding`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.db.models import Count, Sum

from claims.models import Claim, Won, WonGroup, WorkWon
from claims.totals.folding import REST

NOTHING = Decimal("0.00")


class By(StrEnum):
    """What the rows are grouped by."""

    YEAR = "year"
    UTILITY = "utility"
    COMPANY = "company"
    DISTRICT = "district"


@dataclass(frozen=True, slots=True)
class Group:
    """How many rows and rubles; `key` is REST for what is folded, "" for what nobody said."""

    key: str
    count: int
    sum_rub: Decimal


def won(by: By, chosen: Mapping[str, str] | None = None) -> dict[Won, list[Group]]:
    """
    Return what was won of each kind, one query: the newest year or the largest sum first.

    What is folded comes last.
    `chosen` narrows it to groups of those values, by aspect.
    """
    found: dict[Won, list[Group]] = {what: [] for what in Won}
    rows = (
        WonGroup.objects.filter(**(chosen or {}))
        .values_list("what", by)
        .annotate(rows=Sum("count"), rub=Sum("sum_rub"))
        .order_by()
    )
    for what, key, count, rub in rows:
        # Works belong to no service: there is nothing to group by.
        if not (what == Won.WORK and by == By.UTILITY):
            found[Won(what)].append(Group(key, count, rub))
    for groups in found.values():
        groups.sort(key=lambda group: group.key if by == By.YEAR else group.sum_rub, reverse=True)
        groups.sort(key=lambda group: group.key == REST)
    return found


def of_month(month: date) -> dict[Won, Group]:
    """Return what a month shows to strangers: the rows whose month is told; one query."""
    code = f"{month:%Y-%m}"
    rows = WonGroup.objects.filter(month=code).values_list("what")
    found = rows.annotate(rows=Sum("count"), rub=Sum("sum_rub")).order_by()
    return {Won(what): Group(code, count, rub) for what, count, rub in found}


def whole_month(month: date) -> dict[Won, Group]:
    """Return all that a month won, also of fewer than five: for staff only; two queries."""
    after = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    bills = Claim.objects.won().filter(credited_in__gte=month, credited_in__lt=after)
    done = WorkWon.objects.filter(done_on__gte=month, done_on__lt=after)
    sums = {
        Won.BILL: bills.aggregate(rows=Count("pk"), rub=Sum("paid_rub")),
        Won.WORK: done.aggregate(rows=Count("pk"), rub=Sum("price_rub")),
    }
    return {
        what: Group(f"{month:%Y-%m}", found["rows"], found["rub"])
        for what, found in sums.items()
        if found["rows"]
    }


def total(groups: Iterable[Group]) -> Group:
    """Return all groups as one."""
    kept: Sequence[Group] = list(groups)
    return Group(
        "", sum(group.count for group in kept), sum((group.sum_rub for group in kept), NOTHING)
    )
