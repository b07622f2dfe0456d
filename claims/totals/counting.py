"""
The public totals: sums by year and by what was won, made of rows that name nobody.

A group of fewer than five rows is folded into the rest; while the rest itself is that small, the
smallest shown group joins it, so that no difference of two figures gives a household away.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.db.models import Count, F, Sum
from django.db.models.functions import ExtractYear

from claims.models import Claim, WorkWon

SMALLEST = 5
REST = ""


class By(StrEnum):
    """What the rows are grouped by."""

    YEAR = "year"
    UTILITY = "utility"
    COMPANY = "company"
    DISTRICT = "district"


@dataclass(frozen=True, slots=True)
class Group:
    """How many rows and rubles; `key` is REST for what is folded."""

    key: str
    count: int
    sum_rub: Decimal


_CLAIMS = {
    By.YEAR: ExtractYear("credited_in"),
    By.UTILITY: F("service"),
    By.COMPANY: F("executor_name"),
    By.DISTRICT: F("request__building__district"),
}
_WORKS = {
    By.YEAR: ExtractYear("done_on"),
    By.COMPANY: F("executor_name"),
    By.DISTRICT: F("building__district"),
}


def claims(by: By) -> list[Group]:
    """Return the rubles that residents saw on their bills; one query."""
    rows = (
        Claim.objects.won()
        .order_by()
        .values(key=_CLAIMS[by])
        .annotate(count=Count("pk"), sum_rub=Sum("paid_rub"))
    )
    return fold(Group(str(row["key"] or "?"), row["count"], row["sum_rub"]) for row in rows)


def works(by: By) -> list[Group]:
    """Return what works were worth; by utility there is nothing to group. One query."""
    if by not in _WORKS:
        return []
    rows = (
        WorkWon.objects.order_by()
        .values(key=_WORKS[by])
        .annotate(count=Count("pk"), sum_rub=Sum("price_rub"))
    )
    return fold(Group(str(row["key"] or "?"), row["count"], row["sum_rub"]) for row in rows)


def of_month(month: date) -> tuple[Group, Group]:
    """Return what the bills of a month gave back, and the works done in it; two queries."""
    after = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    bills = Claim.objects.won().filter(credited_in__gte=month, credited_in__lt=after)
    done = WorkWon.objects.filter(done_on__gte=month, done_on__lt=after)
    paid = bills.aggregate(count=Count("pk"), sum_rub=Sum("paid_rub"))
    worth = done.aggregate(count=Count("pk"), sum_rub=Sum("price_rub"))
    nothing = Decimal("0.00")
    return (
        Group(str(month), paid["count"], paid["sum_rub"] or nothing),
        Group(str(month), worth["count"], worth["sum_rub"] or nothing),
    )


def fold(groups: Iterable[Group]) -> list[Group]:
    """Return `groups`, the largest sum first, small ones folded into the last one."""
    ordered = sorted(groups, key=lambda group: (group.count, group.sum_rub, group.key))
    small = [group for group in ordered if group.count < SMALLEST]
    shown = ordered[len(small) :]
    while small and shown and sum(group.count for group in small) < SMALLEST:
        small.append(shown.pop(0))
    found = sorted(shown, key=lambda group: (-group.sum_rub, group.key))
    return [*found, total(small)] if small else found


def total(groups: Sequence[Group]) -> Group:
    """Return all groups as one."""
    return Group(
        REST,
        sum(group.count for group in groups),
        sum((group.sum_rub for group in groups), Decimal("0.00")),
    )


def is_showable(group: Group) -> bool:
    """Tell whether a figure hides everybody it is made of."""
    return group.count >= SMALLEST
