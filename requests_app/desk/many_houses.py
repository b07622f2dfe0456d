"""Many houses at once, as dispatchers name them: a house or a whole street on each line."""

from __future__ import annotations

from dataclasses import dataclass, field

from disclosure import address_search, addresses
from disclosure.models import Building, Street
from requests_app.typed_text import one_line

LINES = 200


@dataclass
class Found:
    """The houses that the lines name, and the lines that name none."""

    ids: list[int] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def read(text: str) -> Found:
    """Return the houses that the lines of `text` mean; the same house twice counts once."""
    found = Found()
    for line in text.splitlines()[:LINES]:
        line = one_line(line)[:200]
        if not line:
            continue
        ids = _house(line) if any(map(str.isdigit, line)) else []
        ids = ids or _street(line)
        if not ids:
            found.unknown.append(line)
        found.ids.extend(ids)
    found.ids = list(dict.fromkeys(found.ids))
    return found


def _house(line: str) -> list[int]:
    return [house.id for house in address_search.find(line, limit=1)]


def _street(line: str) -> list[int]:
    """Return every open house of the streets whose name is what was typed, type aside."""
    wanted = addresses.street_key(line)
    streets = [
        street.pk
        for street in Street.objects.filter(search_name__startswith=wanted)
        if addresses.street_key(street.name) == wanted
    ]
    return list(
        Building.objects.filter(street__in=streets, is_open=True)
        .order_by("address")
        .values_list("pk", flat=True)
    )
