"""A piece of the map drawn by hand, and whether a house lies in it: plain functions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from disclosure.viewport import Box

CORNERS_MAX = 60
CORNERS_MIN = 3
_PAIR = re.compile(r"^\s*(-?\d{1,3}(?:\.\d{1,12})?)\s+(-?\d{1,3}(?:\.\d{1,12})?)\s*$")


@dataclass(frozen=True)
class Area:
    """A polygon; `corners` are latitude and longitude in degrees, the last joins the first."""

    corners: tuple[tuple[float, float], ...]

    @property
    def box(self) -> Box:
        """Return its west, south, east and north."""
        lats = [lat for lat, _lon in self.corners]
        lons = [lon for _lat, lon in self.corners]
        return min(lons), min(lats), max(lons), max(lats)

    def holds(self, lat: float, lon: float) -> bool:
        """
        Whether the point lies inside, counted by crossings of a ray (even-odd).

        Of a line that crosses itself the parts crossed twice are outside.
        """
        inside = False
        before = self.corners[-1]
        for corner in self.corners:
            (lat_a, lon_a), (lat_b, lon_b) = before, corner
            if (lat_a > lat) != (lat_b > lat):
                crossing = lon_a + (lat - lat_a) / (lat_b - lat_a) * (lon_b - lon_a)
                inside ^= lon < crossing
            before = corner
        return inside


def read(text: str) -> Area | None:
    """
    Return the area of «54.31 48.39, 54.32 48.39, 54.32 48.41»; None for what is none.

    Two corners are opposite ones of a rectangle.
    """
    corners: list[tuple[float, float]] = []
    for pair in text.split(","):
        found = _PAIR.match(pair)
        if found is None or len(corners) == CORNERS_MAX:
            return None
        lat, lon = float(found[1]), float(found[2])
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            return None
        corners.append((lat, lon))
    if len(corners) == 2:
        (south, west), (north, east) = corners
        corners = [(south, west), (south, east), (north, east), (north, west)]
    if len(corners) < CORNERS_MIN:
        return None
    return Area(tuple(corners))


def text_of(area: Area) -> str:
    """Return the area as `read` takes it, to a metre or so."""
    return ", ".join(f"{lat:.5f} {lon:.5f}" for lat, lon in area.corners)
