"""The piece of the world that a map shows, as its address says it."""

from __future__ import annotations

Box = tuple[float, float, float, float]


def box_of(text: str) -> Box | None:
    """Return west, south, east, north in degrees; None for what is no such piece of the world."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        return None
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        return None
    return west, south, east, north
