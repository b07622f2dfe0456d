"""Folding of small groups, so that no figure tells strangers what one family reported."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

SMALLEST = 5
REST = "*"


@dataclass(frozen=True)
class Counted:
    """A line of a table of figures; `before` is what was filed in the month before."""

    key: str
    word: str
    filed: int
    judged: int = 0
    in_time: int = 0
    presented: int = 0
    reopened: int = 0
    still_open: int = 0
    hours_median: float | None = None
    before: int | None = None


def fold(lines: Iterable[Counted]) -> list[Counted]:
    """
    Return `lines`, the most filed first, those under five folded into a last one.

    While the last one itself is that small, the smallest shown line joins it: no difference of two
    figures gives a small one away. Shares of what is folded, or of under five, are not told, and
    neither is the month before where it was that small.
    """
    ordered = sorted(lines, key=lambda line: (line.filed, line.word))
    small = [line for line in ordered if line.filed < SMALLEST]
    shown = ordered[len(small) :]
    while small and shown and sum(line.filed for line in small) < SMALLEST:
        small.append(shown.pop(0))
    found = [_veiled(line) for line in reversed(shown)]
    rest = sum(line.filed for line in small)
    return [*found, Counted(REST, "", rest)] if rest >= SMALLEST else found


def _veiled(line: Counted) -> Counted:
    is_judged, is_presented = line.judged >= SMALLEST, line.presented >= SMALLEST
    return Counted(
        key=line.key,
        word=line.word,
        filed=line.filed,
        judged=line.judged if is_judged else 0,
        in_time=line.in_time if is_judged else 0,
        presented=line.presented if is_presented else 0,
        reopened=line.reopened if is_presented else 0,
        still_open=line.still_open,
        hours_median=line.hours_median if is_presented else None,
        before=line.before if line.before is not None and line.before >= SMALLEST else None,
    )
