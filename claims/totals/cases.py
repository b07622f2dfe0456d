"""
Court cases in public: how many were filed, how they ended and what they brought, by year.

Years of fewer than five cases are folded as every group of the totals is; an outcome is told of a
year only where the year itself may be shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, DecimalField, F, Q, Sum
from django.db.models.functions import Coalesce, ExtractYear

from claims.court.statuses import WON, Outcome
from claims.models import CourtCase
from claims.totals.folding import REST, SMALLEST

_NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class CaseGroup:
    """
    Cases filed in one year, whatever year they ended in; `key` is REST for what is folded.

    `won` counts those won in full or in part; `going` have no outcome yet.
    """

    key: str
    filed: int
    won: int
    lost: int
    settled: int
    withdrawn: int
    received_rub: Decimal

    @property
    def going(self) -> int:
        """How many have no outcome yet."""
        return self.filed - self.won - self.lost - self.settled - self.withdrawn

    @property
    def told_rub(self) -> Decimal | None:
        """Return the money received; None where it came to so few that it may be one person's."""
        return self.received_rub if self.won >= SMALLEST else None

    @property
    def share_percent(self) -> int | None:
        """Return the share of the won among the decided, rounded half up; None for none decided."""
        decided = self.won + self.lost
        return (self.won * 200 + decided) // (decided * 2) if decided else None


def by_year() -> list[CaseGroup]:
    """Return the cases by the year of filing, the newest first, small years folded; one query."""
    return fold(counted())


def counted() -> list[CaseGroup]:
    """Return the cases by the year of filing, nothing folded: for the proof, not for a page."""
    nothing = Coalesce(
        Sum("paid_rub"), _NOTHING, output_field=DecimalField(max_digits=14, decimal_places=2)
    )
    rows = (
        CourtCase.objects.filed()
        .order_by()
        .values(year=ExtractYear(F("filed_on")))
        .annotate(
            filed=Count("pk"),
            won=Count("pk", filter=Q(outcome__in=sorted(WON))),
            lost=Count("pk", filter=Q(outcome=Outcome.LOST)),
            settled=Count("pk", filter=Q(outcome=Outcome.SETTLED)),
            withdrawn=Count("pk", filter=Q(outcome=Outcome.WITHDRAWN)),
            received=nothing,
        )
    )
    return [
        CaseGroup(
            key=str(row["year"]),
            filed=row["filed"],
            won=row["won"],
            lost=row["lost"],
            settled=row["settled"],
            withdrawn=row["withdrawn"],
            received_rub=row["received"],
        )
        for row in rows
    ]


def fold(groups: Iterable[CaseGroup]) -> list[CaseGroup]:
    """Return `groups`, the newest year first, those under SMALLEST folded into the last one."""
    ordered = sorted(groups, key=lambda group: (group.filed, group.key))
    small = [group for group in ordered if group.filed < SMALLEST]
    shown = ordered[len(small) :]
    while small and shown and sum(group.filed for group in small) < SMALLEST:
        small.append(shown.pop(0))
    found = sorted(shown, key=lambda group: group.key, reverse=True)
    return [*found, total(small)] if small else found


def total(groups: Iterable[CaseGroup]) -> CaseGroup:
    """Return all groups as one."""
    rows = list(groups)
    return CaseGroup(
        key=REST,
        filed=sum(group.filed for group in rows),
        won=sum(group.won for group in rows),
        lost=sum(group.lost for group in rows),
        settled=sum(group.settled for group in rows),
        withdrawn=sum(group.withdrawn for group in rows),
        received_rub=sum((group.received_rub for group in rows), _NOTHING),
    )


def is_showable(group: CaseGroup) -> bool:
    """Tell whether a figure hides everybody it is made of."""
    return group.filed >= SMALLEST
