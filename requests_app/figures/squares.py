"""The squares of the map of heat: a house lies in one, and one holds many houses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# About a kilometre each way in the middle of Russia.
SQUARE_LAT = 0.01
SQUARE_LON = 0.016
SIDE = 24
TONES = 5


@dataclass(frozen=True)
class Square:
    """A square of the picture: its place in it, its count, its tone from 1 (few) to 5 (most)."""

    x: int
    y: int
    count: int
    tone: int


@dataclass(frozen=True)
class Heat:
    """The picture: north is up; its side is as long as the city is wide."""

    width: int
    height: int
    side: int
    squares: tuple[Square, ...]
    most: int


def heat(counts: Sequence[tuple[str, int]]) -> Heat | None:
    """
    Return the picture of `(key, count)`; None of nothing.

    A tone is a fifth of the way to the largest count by its square root, so that one terrible
    street does not make the rest of the city look well.
    """
    placed = [(*_place(key), count) for key, count in counts if key and count > 0]
    if not placed:
        return None
    north = max(row for row, _column, _count in placed)
    west = min(column for _row, column, _count in placed)
    most = max(count for _row, _column, count in placed)
    squares = tuple(
        Square(
            x=(column - west) * SIDE,
            y=(north - row) * SIDE,
            count=count,
            tone=max(1, round(TONES * (count / most) ** 0.5)),
        )
        for row, column, count in placed
    )
    return Heat(
        width=max(one.x for one in squares) + SIDE,
        height=max(one.y for one in squares) + SIDE,
        side=SIDE,
        squares=squares,
        most=most,
    )


def _place(key: str) -> tuple[int, int]:
    row, _, column = key.partition(":")
    return int(row), int(column)
