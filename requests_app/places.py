"""Where a public request is, told so that no dweller can be told by it."""

from __future__ import annotations

from disclosure.models import Building

# Below this number of flats a house number tells who lives there; then the street is enough.
FLATS_TO_NAME_A_HOUSE = 5


def is_large(flats: int | None) -> bool:
    """Whether a house of so many flats may be named, also as a point of the map."""
    return (flats or 0) >= FLATS_TO_NAME_A_HOUSE


def names_nobody(building: Building) -> bool:
    """Whether the house is large enough to be named."""
    return is_large(building.flats)


def public_place(building: Building) -> str:
    """Return the address, or only its street where the house would name its dwellers."""
    return building.address if names_nobody(building) else str(building.street)
