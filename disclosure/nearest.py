"""Finds the buildings around a place: where somebody stands with a phone."""

from __future__ import annotations

from datetime import date

from django.db import connection

from disclosure.address_search import FOUND_SQL, FoundBuilding

# A phone between houses is wrong by tens of metres; farther off the place is another street's.
RADIUS_METRES = 300
_METRES_OF_A_DEGREE = 111_320

# A box finds by index what could be near; metres on a sphere then judge, which is exact enough.
_SQL = """
WITH place AS (SELECT %s::float8 AS lat, %s::float8 AS lon), best AS (
    SELECT id, 2 * 6371000 * asin(sqrt(power(sin(radians(building.lat - place.lat) / 2), 2)
        + cos(radians(building.lat)) * cos(radians(place.lat))
        * power(sin(radians(building.lon - place.lon) / 2), 2))) AS metres
    FROM place JOIN disclosure_building AS building ON building.lat IS NOT NULL
        AND point(building.lon, building.lat) <@ box(
            point(place.lon - %s / cos(radians(place.lat)), place.lat - %s),
            point(place.lon + %s / cos(radians(place.lat)), place.lat + %s))
    ORDER BY metres, id
    LIMIT %s
)
"""


def find(*, lat: float, lon: float, on: date, limit: int = 10) -> list[FoundBuilding]:
    """
    Return the buildings within `RADIUS_METRES` of the place, nearest first, one statement.

    `lat` and `lon` are degrees of WGS 84; a place outside -85…85 and -180…180 has none.
    """
    if not (abs(lat) <= 85 and abs(lon) <= 180):
        return []
    degrees = RADIUS_METRES / _METRES_OF_A_DEGREE
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_SQL}{FOUND_SQL}WHERE best.metres <= %s ORDER BY best.metres, best.id",
            [lat, lon, degrees, degrees, degrees, degrees, limit, on, RADIUS_METRES],
        )
        return [FoundBuilding(*row) for row in cursor.fetchall()]


def place_of(text: str) -> tuple[float, float] | None:
    """Return latitude and longitude of «54.3142,48.4031»; None for anything else."""
    before, comma, after = text.partition(",")
    try:
        lat, lon = float(before), float(after)
    except ValueError:
        return None
    # Not a number is in no range, infinity neither.
    return (lat, lon) if comma and abs(lat) <= 90 and abs(lon) <= 180 else None
