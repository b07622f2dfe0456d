"""Stretches of time as pairs of whole seconds (start, end): joined, cut out, cut at borders."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from heapq import heappop, heappush
from itertools import pairwise

Span = tuple[int, int]
Measured = tuple[int, int, Decimal]


def union(spans: Iterable[Span]) -> list[Span]:
    """Return `spans` sorted and joined; two that touch are one."""
    joined: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def subtract(spans: Sequence[Span], holes: Sequence[Span]) -> list[Span]:
    """Return what is left of joined `spans` outside of joined `holes`."""
    return [(start, end) for start, end, _ in _outside([(*s, Decimal(0)) for s in spans], holes)]


def length(spans: Iterable[Span]) -> int:
    """Return how many seconds disjoint `spans` hold."""
    return sum(end - start for start, end in spans)


def clip(spans: Iterable[Span], inside: Span) -> list[Span]:
    """Return the parts of `spans` that lie `inside`."""
    low, high = inside
    return [(max(start, low), min(end, high)) for start, end in spans if start < high and end > low]


def worst(
    measured: Iterable[Measured], *, badness: Callable[[Decimal], Decimal], outside: Sequence[Span]
) -> list[Measured]:
    """
    Return disjoint stretches with one reading each, none of them in the joined spans `outside`.

    Where two readings cover one moment, the worse one counts, once.
    """
    rows = sorted((row for row in measured if row[0] < row[1]), key=lambda row: row[:2])
    if any(rows[place][1] > rows[place + 1][0] for place in range(len(rows) - 1)):
        rows = _flatten(rows, badness)
    return list(_outside(rows, outside))


def _flatten(rows: list[Measured], badness: Callable[[Decimal], Decimal]) -> list[Measured]:
    moments = sorted({row[0] for row in rows} | {row[1] for row in rows})
    heap: list[tuple[Decimal, int, Decimal]] = []
    flat: list[Measured] = []
    coming = 0
    for start, end in pairwise(moments):
        while coming < len(rows) and rows[coming][0] <= start:
            _start, until, reading = rows[coming]
            heappush(heap, (-badness(reading), until, reading))
            coming += 1
        while heap and heap[0][1] <= start:
            heappop(heap)
        if heap:
            flat.append((start, end, heap[0][2]))
    return flat


def _outside(rows: Sequence[Measured], holes: Sequence[Span]) -> Iterator[Measured]:
    place = 0
    for start, end, reading in rows:
        while place < len(holes) and holes[place][1] <= start:
            place += 1
        seen = place
        while seen < len(holes) and holes[seen][0] < end:
            if start < holes[seen][0]:
                yield start, holes[seen][0], reading
            start = max(start, holes[seen][1])
            seen += 1
        if start < end:
            yield start, end, reading


def cut(span: Span, borders: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Yield `span` cut at the sorted `borders` as (border's place, start, end)."""
    start, end = span
    place = bisect_right(borders, start) - 1
    while start < end:
        until = borders[place + 1] if place + 1 < len(borders) else end
        yield place, start, min(until, end)
        start = until
        place += 1
