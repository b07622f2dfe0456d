"""The piece of the world that a map shows, as its address says it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

Box = tuple[float, float, float, float]


def within(box: Box, building: str = "building") -> Q:
    """Return the condition that the house at the path `building` lies in the box."""
    west, south, east, north = box
    limits: dict[str, Any] = {
        f"{building}__lon__gte": west,
        f"{building}__lon__lte": east,
        f"{building}__lat__gte": south,
        f"{building}__lat__lte": north,
    }
    return Q(**limits)


def box_of(text: str) -> Box | None:
    """Return west, south, east, north in degrees; None for what is no such piece of the world."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        return None
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        return None
    return west, south, east, north
