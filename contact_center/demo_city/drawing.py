"""
Draw the invented city: outline with districts and river, street lines, and the named streets.

`python -m contact_center.demo_city.drawing` rewrites the three files; the same input draws the
same city. All geometry is laid out in kilometres east and north of the centre, so that a bend
of the river moves its embankments, its bridges and the districts on both banks together.
"""

from __future__ import annotations

import json
import math
from itertools import pairwise
from pathlib import Path
from typing import Any

from contact_center.city import DEMO

Point = tuple[float, float]
Line = list[Point]

HERE = Path(__file__).resolve().parent
STATIC = HERE.parent.parent / "static" / "geo"
KM_PER_LAT = 111.2
KM_PER_LON = KM_PER_LAT * math.cos(math.radians(DEMO.latitude))

RIVER: Line = [(2.9, 8.6), (2.3, 6.6), (1.7, 4.4), (2.3, 2.2), (3.1, 0.2), (2.8, -2.4)]
RIVER += [(1.7, -4.4), (1.6, -6.4), (2.2, -8.4)]
NORTH, SOUTH = RIVER[1], RIVER[7]
RIVER_HALF_WIDTH = 0.42
STREAM: Line = [(-7.4, 3.6), (-5.2, 2.9), (-3.4, 3.3), (-1.8, 2.7), (0.2, 3.1), (1.9, 3.6)]
RAILWAY: Line = [(-7.2, -2.9), (-4.6, -3.3), (-2.2, -3.2), (0.4, -3.7), (3.0, -4.6), (6.4, -5.4)]

EAST_EDGE: Line = [NORTH, (4.2, 6.3), (5.9, 5.1), (6.9, 3.0), (7.2, 0.6), (6.7, -2.1)]
EAST_EDGE += [(5.6, -4.4), (3.8, -5.9), SOUTH]
SOUTH_EDGE: Line = [SOUTH, (-0.4, -6.6), (-2.7, -6.3), (-4.9, -5.2), (-6.3, -3.5), (-6.6, -2.0)]
WEST_EDGE: Line = [(-6.6, -2.0), (-6.9, 0.4), (-6.4, 2.6), (-5.2, 4.6), (-3.4, 5.9), (-1.3, 6.5)]
NORTH_EDGE: Line = [(-1.3, 6.5), (0.5, 6.9), NORTH]
CREST: Line = [(-1.3, 6.5), (-1.0, 4.0), (-1.3, 1.6), (-0.9, -0.4), (-1.1, -2.0)]
FOOT: Line = [(-1.1, -2.0), (-3.8, -1.6), (-6.6, -2.0)]
GULLY: Line = [(-1.1, -2.0), (0.8, -2.4), (2.8, -2.4)]

PARKS: dict[str, Line] = {
    "Парк Победы": [(-3.0, 3.9), (-1.9, 4.2), (-1.7, 5.2), (-2.6, 5.5), (-3.4, 4.9)],
    "Речной сад": [(0.6, -0.3), (1.5, -0.1), (1.5, -1.2), (0.7, -1.3)],
    "Заречная роща": [(5.0, 1.4), (6.3, 1.6), (6.5, 3.0), (5.6, 3.6), (4.9, 2.6)],
    "Станционный сквер": [(-2.6, -3.7), (-1.7, -3.8), (-1.8, -4.4), (-2.7, -4.3)],
}


def smooth(line: Line, steps: int = 8, *, closed: bool = False) -> Line:
    """Return a Catmull-Rom curve through the points of `line`."""
    count = len(line)
    spans = count if closed else count - 1
    curve: Line = []
    for index in range(spans):
        around = [index - 1, index, index + 1, index + 2]
        if closed:
            a, b, c, d = (line[i % count] for i in around)
        else:
            a, b, c, d = (line[min(max(i, 0), count - 1)] for i in around)
        for step in range(steps):
            t = step / steps
            curve.append((_spline(a[0], b[0], c[0], d[0], t), _spline(a[1], b[1], c[1], d[1], t)))
    return curve if closed else [*curve, line[-1]]


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    )


def beside(line: Line, distance: float) -> Line:
    """Return `line` moved `distance` km to its left (negative: to its right)."""
    moved: Line = []
    for index, (x, y) in enumerate(line):
        before, after = line[max(index - 1, 0)], line[min(index + 1, len(line) - 1)]
        dx, dy = after[0] - before[0], after[1] - before[1]
        length = math.hypot(dx, dy) or 1.0
        moved.append((x - dy / length * distance, y + dx / length * distance))
    return moved


def is_inside(point: Point, ring: Line) -> bool:
    """Tell whether `point` lies in the polygon `ring`."""
    x, y = point
    inside = False
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def kept(line: Line, ring: Line, without: list[Line]) -> list[Line]:
    """Return the parts of `line` inside `ring` and outside every polygon of `without`."""
    parts: list[Line] = [[]]
    for point in finely(line):
        if is_inside(point, ring) and not any(is_inside(point, hole) for hole in without):
            parts[-1].append(point)
        elif parts[-1]:
            parts.append([])
    return [thinned(part) for part in parts if length(part) > 0.25]


def finely(line: Line, step: float = 0.04) -> Line:
    """Return `line` with a point at least every `step` km."""
    points: Line = []
    for (x1, y1), (x2, y2) in pairwise(line):
        count = max(1, math.ceil(math.hypot(x2 - x1, y2 - y1) / step))
        points += [(x1 + (x2 - x1) * i / count, y1 + (y2 - y1) * i / count) for i in range(count)]
    return [*points, line[-1]]


def thinned(line: Line) -> Line:
    """Return `line` without the points that a straight stroke passes within five metres."""
    if len(line) < 3:
        return line
    (x1, y1), (x2, y2) = line[0], line[-1]
    span = math.hypot(x2 - x1, y2 - y1) or 1e-9
    offs = [abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / span for x, y in line[1:-1]]
    worst = max(range(len(offs)), key=offs.__getitem__)
    if offs[worst] < 0.005:
        return [line[0], line[-1]]
    return thinned(line[: worst + 2])[:-1] + thinned(line[worst + 1 :])


def length(line: Line) -> float:
    """Return the length of `line` in km."""
    return sum(math.dist(a, b) for a, b in pairwise(line))


def grid(angle: float, centre: Point, gap: float, reach: float = 9.0) -> list[Line]:
    """Return parallel strokes at `angle` degrees from east, `gap` km apart, round `centre`."""
    along = (math.cos(math.radians(angle)), math.sin(math.radians(angle)))
    across = (-along[1], along[0])
    strokes: list[Line] = []
    for index in range(-int(reach / gap), int(reach / gap) + 1):
        x = centre[0] + across[0] * gap * index
        y = centre[1] + across[1] * gap * index
        # A slight wave: nobody builds a town with a ruler.
        strokes.append(
            smooth(
                [
                    (
                        x + along[0] * t + across[0] * 0.07 * math.sin(t * 1.1 + index),
                        y + along[1] * t + across[1] * 0.07 * math.sin(t * 1.1 + index),
                    )
                    for t in range(-int(reach), int(reach) + 1)
                ],
                3,
            )
        )
    return strokes


def districts() -> dict[str, Line]:
    """Return the four district polygons; neighbours share their border point by point."""
    river = RIVER[1:8]
    upper, lower = river[:5], river[4:]
    curve = smooth
    return {
        DEMO.districts[0]: [
            *curve(NORTH_EDGE),
            *curve(upper),
            *curve(GULLY)[::-1],
            *curve(CREST)[::-1],
        ],
        DEMO.districts[1]: [*curve(EAST_EDGE), *curve(lower)[::-1], *curve(upper)[::-1]],
        DEMO.districts[2]: [*curve(WEST_EDGE), *curve(CREST), *curve(FOOT)],
        DEMO.districts[3]: [*curve(SOUTH_EDGE), *curve(FOOT)[::-1], *curve(GULLY), *curve(lower)],
    }


def to_degrees(line: Line) -> list[list[float]]:
    """Return `line` as [lon, lat] pairs, GeoJSON's order, to about a metre."""
    return [
        [round(DEMO.longitude + x / KM_PER_LON, 5), round(DEMO.latitude + y / KM_PER_LAT, 5)]
        for x, y in line
    ]


def area(line: Line, kind: str, name: str = "") -> dict[str, Any]:
    """Return a polygon feature."""
    ring = to_degrees(line)
    geometry = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    return {"type": "Feature", "properties": {"kind": kind, "name": name}, "geometry": geometry}


def stroke(line: Line, kind: str, name: str = "") -> dict[str, Any]:
    """Return a line feature."""
    geometry = {"type": "LineString", "coordinates": to_degrees(line)}
    return {"type": "Feature", "properties": {"kind": kind, "name": name}, "geometry": geometry}


# Every lane of a district: the angles of its two families of streets, and their gaps in km.
LAYOUT: dict[str, tuple[float, float, float, Point]] = {
    DEMO.districts[0]: (-4, 0.42, 0.5, (0.6, 2.0)),
    DEMO.districts[1]: (12, 0.45, 0.55, (4.8, 0.6)),
    DEMO.districts[2]: (-18, 0.48, 0.6, (-3.8, 1.6)),
    DEMO.districts[3]: (-8, 0.45, 0.55, (-2.0, -4.2)),
}
# Names given to the longest lanes of each district, alternately along and across.
NAMES: dict[str, tuple[str, ...]] = {
    DEMO.districts[0]: (
        "ул. Соборная",
        "ул. Мира",
        "ул. Гончарная",
        "ул. Советская",
        "ул. Театральная",
        "ул. Купеческая",
        "ул. Красноармейская",
        "пер. Почтовый",
    ),
    DEMO.districts[1]: (
        "ул. Заречная",
        "просп. Строителей",
        "ул. Авиаторов",
        "ул. Тополевая",
        "ул. Космонавтов",
        "ул. Парковая",
        "б-р Юбилейный",
        "пр-д Сосновый",
    ),
    DEMO.districts[2]: (
        "ул. Нагорная",
        "просп. Победы",
        "ул. Рябиновая",
        "ул. Академика Павлова",
        "ул. Солнечная",
        "ул. Ветеранов",
        "б-р Сиреневый",
        "пер. Тихий",
    ),
    DEMO.districts[3]: (
        "ул. Вокзальная",
        "ул. Локомотивная",
        "просп. Гагарина",
        "ул. Полевая",
        "ул. Кирова",
        "ул. Заводская",
        "ул. Дружбы",
        "пер. Рельсовый",
    ),
}


def water() -> list[Line]:
    """Return the river (with its bay) and the stream as polygons."""
    line = smooth(RIVER, 10)
    wide = [RIVER_HALF_WIDTH * (1 + 0.28 * math.sin(i / 9)) for i in range(len(line))]
    left = [beside(line, w)[i] for i, w in enumerate(wide)]
    right = [beside(line, -w)[i] for i, w in enumerate(wide)]
    brook = smooth(STREAM, 8)
    return [left + right[::-1], beside(brook, 0.05) + beside(brook, -0.05)[::-1]]


def lanes() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the features of all streets, and the named ones as rows for the seeder."""
    holes = [water()[0], *(smooth(park, closed=True) for park in PARKS.values())]
    features: list[dict[str, Any]] = []
    named: list[dict[str, Any]] = []

    def name(title: str, district: str, line: Line) -> None:
        features.append(stroke(line, "avenue", title))
        named.append({"name": title, "district": district, "line": to_degrees(line)})

    river = smooth(RIVER[1:8], 10)
    for district, ring in districts().items():
        angle, along_gap, across_gap, centre = LAYOUT[district]
        families = [grid(angle, centre, along_gap), grid(angle + 88, centre, across_gap)]
        parts = [
            sorted(
                (part for line in family for part in kept(line, ring, holes)),
                key=length,
                reverse=True,
            )
            for family in families
        ]
        # Every other of the longest: neighbours with names would crowd each other.
        chosen = [part for pair in zip(*(p[1:8:2] for p in parts), strict=True) for part in pair]
        for title, line in zip(NAMES[district], chosen, strict=True):
            name(title, district, line)
        features += [
            stroke(part, "lane") for family in parts for part in family if part not in chosen
        ]
    for title, district, distance in (
        ("ул. Пристанская", DEMO.districts[0], -0.66),
        ("наб. Правобережная", DEMO.districts[1], 0.66),
    ):
        ring = districts()[district]
        quay = max(kept(beside(river, distance), ring, holes[:1]), key=length)
        name(title, district, quay)
    for title, bridge in (
        ("Старый мост", [(0.9, 1.0), (2.8, 0.98), (4.6, 1.0)]),
        ("Железнодорожный мост", [(0.4, -3.7), (3.0, -4.6)]),
    ):
        features.append(stroke(bridge, "bridge", title))
    features.append(stroke(smooth(RAILWAY), "railway", "Железная дорога"))
    return features, named


def outline() -> dict[str, Any]:
    """Return the city's edge, its districts, water and parks as one collection."""
    edge = [p for part in (EAST_EDGE, SOUTH_EDGE, WEST_EDGE, NORTH_EDGE) for p in smooth(part)]
    features = [area(edge, "city", DEMO.name)]
    features += [area(smooth(ring, closed=True), "park", name) for name, ring in PARKS.items()]
    features += [area(ring, "water") for ring in water()]
    features += [area(ring, "district", name) for name, ring in districts().items()]
    return {"type": "FeatureCollection", "features": features}


def write() -> None:
    """Write the three files."""
    features, named = lanes()
    STATIC.mkdir(parents=True, exist_ok=True)
    for path, value in (
        (STATIC / "demo-city.geojson", outline()),
        (STATIC / "demo-streets.geojson", {"type": "FeatureCollection", "features": features}),
        (HERE / "streets.json", {"order": "lon, lat", "streets": named}),
    ):
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        path.write_text(text.replace('},{"', '},\n{"') + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
