"""The piece of the world that a map shows, as its address says it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

Box = tuple[float, float, float, float]


def within(box: Box, building: str = "building") -> Q:
    """Return the condition that the house at the path `building` ("": itself) lies in the box."""
    west, south, east, north = box
    path = f"{building}__" if building else ""
    limits: dict[str, Any] = {
        f"{path}lon__gte": west,
        f"{path}lon__lte": east,
        f"{path}lat__gte": south,
        f"{path}lat__lte": north,
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
