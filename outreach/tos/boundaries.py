"""
The boundary of a territory as GeoJSON: read, checked, and asked which houses lie inside.

Plain functions; the geometry is shapely's, loaded when first needed, as it weighs megabytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from math import asin, cos, isfinite, radians, sin, sqrt
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from shapely import MultiPolygon, Polygon

LONGEST = 1_000_000
MOST_POINTS = 5_000
# No city reaches farther from its middle; a boundary beyond is another city, or turned about.
FAR_KM = 60
# Six digits of a degree are a decimetre.
_DIGITS = 6
_EARTH_KM = 6371.0
Point = tuple[float, float]


class BadBoundary(ValueError):
    """This is no boundary; the message says what is wrong and where."""


def read(text: str, *, centre: Point) -> dict[str, Any]:
    """
    Return the geometry of a pasted GeoJSON (a geometry, a feature or a collection of them).

    `centre` is the city's latitude and longitude. Raise BadBoundary.
    """
    if len(text) > LONGEST:
        raise BadBoundary(_("The boundary is larger than a megabyte: simplify it."))
    try:
        value = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise BadBoundary(_("This is no GeoJSON: the text is torn or has a stray sign.")) from None
    return checked(value, centre=centre)


def checked(value: object, *, centre: Point) -> dict[str, Any]:
    """Return the geometry as it is kept, a Polygon or a MultiPolygon; raise BadBoundary."""
    from shapely import MultiPolygon, Polygon
    from shapely.geometry import mapping
    from shapely.validation import explain_validity

    parts = [
        Polygon(rings[0], rings[1:]) for rings in (_rings(one, centre) for one in _parts(value))
    ]
    if not parts:
        raise BadBoundary(_("There is no polygon in it: a line or a point is no boundary."))
    shape: Polygon | MultiPolygon = parts[0] if len(parts) == 1 else MultiPolygon(parts)
    if not shape.is_valid:
        raise BadBoundary(_wrong(explain_validity(shape)))
    if not shape.area:
        raise BadBoundary(_("The boundary embraces nothing: its corners lie on one line."))
    return json.loads(json.dumps(mapping(shape)))  # tuples become lists, as JSON keeps them


def _no_number(_name: str) -> float:
    raise ValueError


def _wrong(reason: str) -> str:
    """Return what shapely found, «Self-intersection[48.39 54.31]», in words with the place."""
    kind, _bracket, place = reason.partition("[")
    words = place.rstrip("]").split()
    where = f"{float(words[1]):.5f} {float(words[0]):.5f}" if len(words) == 2 else "—"
    if "Self-intersection" in kind:
        return _("The boundary crosses itself near %(place)s (latitude, longitude).") % {
            "place": where
        }
    if "Hole" in kind or "hole" in kind:
        return _("A hole of the boundary lies outside of it, near %(place)s.") % {"place": where}
    return _("The boundary touches or covers itself near %(place)s.") % {"place": where}


def _parts(value: object) -> Iterator[object]:
    """Yield the coordinates of each polygon inside a GeoJSON value."""
    if not isinstance(value, dict):
        raise BadBoundary(_("This is no GeoJSON: it must be an object with a type."))
    kind = value.get("type")
    if kind == "Polygon":
        yield value.get("coordinates")
    elif kind == "MultiPolygon":
        yield from _list(value.get("coordinates"))
    elif kind == "Feature":
        yield from _parts(value.get("geometry"))
    elif kind == "FeatureCollection":
        for feature in _list(value.get("features")):
            yield from _parts(feature)
    else:
        raise BadBoundary(
            _("“%(kind)s” is no boundary: a Polygon or a MultiPolygon is expected.")
            % {"kind": str(kind)[:40]}
        )


def _list(value: object) -> list[Any]:
    if not isinstance(value, list) or len(value) > MOST_POINTS:
        raise BadBoundary(_("The coordinates are not a list as GeoJSON has it."))
    return value


def _rings(coordinates: object, centre: Point) -> list[list[Point]]:
    rings = [[_point(one, centre) for one in _list(ring)] for ring in _list(coordinates)]
    if not rings:
        raise BadBoundary(_("A polygon without coordinates."))
    if sum(len(ring) for ring in rings) > MOST_POINTS:
        raise BadBoundary(_("More than %(count)d corners: simplify it.") % {"count": MOST_POINTS})
    for ring in rings:
        if len(set(ring)) < 3:
            raise BadBoundary(_("A boundary needs three corners at least."))
    return rings


def _point(value: object, centre: Point) -> Point:
    pair = value[:2] if isinstance(value, list) and len(value) in {2, 3} else []
    if len(pair) != 2 or not all(
        isinstance(one, int | float) and not isinstance(one, bool) and isfinite(one) for one in pair
    ):
        raise BadBoundary(_("A corner must be two numbers: longitude and latitude."))
    lon, lat = float(pair[0]), float(pair[1])
    if not (-180 <= lon <= 180 and -90 <= lat <= 90) or _km((lat, lon), centre) > FAR_KM:
        if -90 <= lon <= 90 and -180 <= lat <= 180 and _km((lon, lat), centre) <= FAR_KM:
            raise BadBoundary(_("Latitude and longitude are turned about: longitude comes first."))
        raise BadBoundary(
            _("The corner %(place)s lies outside of the city.") % {"place": f"{lat:.5f} {lon:.5f}"}
        )
    return round(lon, _DIGITS), round(lat, _DIGITS)


def _km(one: Point, other: Point) -> float:
    """Return the distance of two points (latitude, longitude) on a globe."""
    lat, lon, to_lat, to_lon = (radians(value) for value in (*one, *other))
    half = sin((to_lat - lat) / 2) ** 2 + cos(lat) * cos(to_lat) * sin((to_lon - lon) / 2) ** 2
    return 2 * _EARTH_KM * asin(min(1.0, sqrt(half)))


def inside(geometry: dict[str, Any], houses: Iterable[tuple[int, float, float]]) -> set[int]:
    """Return the ids of the houses (id, latitude, longitude) within, those on the line included."""
    from shapely import intersects_xy, prepare
    from shapely.geometry import shape

    area = shape(geometry)
    prepare(area)
    known = list(houses)
    hits = intersects_xy(area, [lon for _id, _lat, lon in known], [lat for _id, lat, _lon in known])
    return {one[0] for one, is_in in zip(known, hits, strict=True) if is_in}


def box(geometry: dict[str, Any]) -> tuple[float, float, float, float]:
    """Return west, south, east and north."""
    from shapely.geometry import shape

    west, south, east, north = shape(geometry).bounds
    return west, south, east, north


def middle(geometry: dict[str, Any]) -> Point:
    """Return a latitude and longitude that surely lies inside: where a label stands."""
    from shapely.geometry import shape

    point = shape(geometry).representative_point()
    return point.y, point.x
