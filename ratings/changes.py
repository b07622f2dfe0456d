"""How a company's score moved between two ratings, and how sure it is that it moved at all."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from ratings import months
from ratings.models import RatingResult, RatingSnapshot

_Z = 1.96
_SURE, _LIKELY = 0.95, 0.75
# A window of twelve months shares nothing with the one a year before.
YEAR = 12
NAMED = 3


@dataclass(frozen=True)
class Change:
    """Points gained since the earlier rating, and the chance that the true quality moved so."""

    points: float
    certainty: float

    @property
    def is_likely(self) -> bool:
        """Whether there is a change to speak of."""
        return self.certainty >= _LIKELY

    @property
    def icon(self) -> str:
        """Return the arrow; a level line where nothing is known to have moved."""
        if not self.is_likely:
            return "level"
        return "arrow-up" if self.points > 0 else "arrow-down"

    @property
    def words(self) -> str:
        """Return the change in words: never the arrow alone."""
        if not self.is_likely:
            return _("no change to speak of")
        sure = _("surely") if self.certainty >= _SURE else _("most likely")
        moved = _("better by %(points)s") if self.points > 0 else _("worse by %(points)s")
        return f"{sure} {moved}" % {"points": f"{abs(self.points):.1f}".replace(".", ",")}


def between(now: RatingResult, then: RatingResult) -> Change:
    """
    Compare two standings of one company.

    Windows that overlap share requests, which makes the real doubt smaller than the one taken
    here: an arrow is never bolder than it should be.
    """
    spread = math.hypot(_sd(now), _sd(then)) or 1e-9
    points = float(now.score - then.score)
    return Change(points, math.erfc(-abs(points) / spread / math.sqrt(2)) / 2)


def _sd(result: RatingResult) -> float:
    return float(result.high - result.low) / (2 * _Z)


def earlier(snapshot: RatingSnapshot) -> RatingSnapshot | None:
    """Return the rating to compare with: of a year before, else the oldest since; one query."""
    return (
        RatingSnapshot.objects.published()
        .light()
        .defer("manifest")
        .filter(period__lt=snapshot.period, period__gte=months.shifted(snapshot.period, -YEAR))
        .order_by("period", "-edition")
        .first()
    )


def of_rows(results: Iterable[RatingResult], then: RatingSnapshot | None) -> dict[int, Change]:
    """Return the change of each rated company by its id; one query."""
    rated = [one for one in results if one.is_rated]
    if then is None or not rated:
        return {}
    before = {
        one.company_id: one
        for one in RatingResult.objects.filter(
            snapshot=then, is_rated=True, company_id__in=[one.company_id for one in rated]
        ).defer("indicators")
    }
    return {
        one.company_id: between(one, before[one.company_id])
        for one in rated
        if one.company_id in before
    }


@dataclass(frozen=True)
class Mover:
    """A company that moved."""

    result: RatingResult
    change: Change


def movers(snapshot: RatingSnapshot) -> tuple[list[Mover], list[Mover], date | None]:
    """Return who rose and who fell most since the month before, likely ones only; three queries."""
    before = (
        RatingSnapshot.objects.published()
        .light()
        .defer("manifest")
        .filter(period__lt=snapshot.period)
        .order_by("-period", "-edition")
        .first()
    )
    if before is None:
        return [], [], None
    now = list(
        RatingResult.objects.filter(snapshot=snapshot, is_rated=True).defer("indicators", "signs")
    )
    changed = of_rows(now, before)
    moved = sorted(
        (
            Mover(one, changed[one.company_id])
            for one in now
            if one.company_id in changed and changed[one.company_id].is_likely
        ),
        key=lambda each: each.change.points,
    )
    fell = [each for each in moved[:NAMED] if each.change.points < 0]
    rose = [each for each in reversed(moved[-NAMED:]) if each.change.points > 0]
    return rose, fell, before.period


def history_of(company_id: int, until: date) -> list[RatingResult]:
    """Return the company's standing in the newest edition of each month, the oldest first."""
    found = (
        RatingResult.objects.in_published()
        .filter(company_id=company_id, snapshot__period__lte=until)
        .filter(snapshot__period__gt=months.shifted(until, -2 * YEAR))
        .select_related("snapshot")
        .defer("indicators", "snapshot__inputs", "snapshot__rows", "snapshot__manifest")
        .order_by("snapshot__period", "snapshot__edition")
    )
    newest = {one.snapshot.period: one for one in found}
    return list(newest.values())
