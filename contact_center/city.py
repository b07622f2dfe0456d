"""
The city the portal serves, as data: every deployment sets its own, no template or rule names one.

`CITY_FILE` may point at a JSON file with the same keys; the invented city below serves the demo.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True, kw_only=True)
class City:
    """Name, phones, zone and map of one city."""

    name: str
    name_in: str  # «в Светлоречье»
    name_of: str  # «Светлоречья»
    region: str
    center_name: str
    center_phone: str
    center_address: str
    center_hours: str
    center_email: str
    emergency_phone: str
    gas_phone: str
    time_zone: str
    latitude: float
    longitude: float
    zoom: int
    outline: str  # path of a GeoJSON file below static/, or ""
    districts: tuple[str, ...]
    # To whom broken deadlines are written of, in the nominative.
    inspectorate: str = "Орган государственного жилищного надзора"
    country_code: str = "RU"


DEMO = City(
    name="Светлоречье",
    name_in="Светлоречье",
    name_of="Светлоречья",
    region="Приволжская область",
    center_name="Контакт-центр при главе города",
    center_phone="+78005550012",
    center_address="Светлоречье, ул. Пристанская, д. 1",
    center_hours="круглосуточно",
    center_email="center@svetlorechye.example",
    emergency_phone="112",
    gas_phone="104",
    time_zone="Europe/Ulyanovsk",
    latitude=54.3150,
    longitude=48.3950,
    zoom=12,
    outline="geo/demo-city.geojson",
    districts=("Береговой", "Заречный", "Нагорный", "Станционный"),
)


def load(path: str) -> City:
    """Return the city described by the JSON file at `path`, or the demo city for an empty path."""
    if not path:
        return DEMO
    try:
        values = json.loads(Path(path).read_text(encoding="utf-8"))
        values["districts"] = tuple(values.get("districts", ()))
        return City(**values)
    except (OSError, ValueError, TypeError) as wrong:
        known = ", ".join(field.name for field in fields(City))
        raise ImproperlyConfigured(f"CITY_FILE {path}: {wrong}; known keys: {known}") from None
