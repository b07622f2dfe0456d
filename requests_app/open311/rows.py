"""
A request as everybody may see it, in the standard's fields.

What people wrote is personal data here: the matter's name stands in its place. Photos are not
shown at all, nor is the house where it would name its dwellers (`requests_app.places`).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.utils.translation import get_language

from disclosure.models import street_in_words
from requests_app import places
from requests_app.open311 import states
from requests_app.open311.windows import shown
from requests_app.statuses import Status, public_words

# Rows, not models: four objects a row would be most of the cost of a thousand.
COLUMNS = (
    *("pk", "number", "status", "outcome", "registered_at", "changed_at", "closed_at", "due_at"),
    *("executor_name", "norm_text", "norm_clause", "is_emergency", "reopened_count"),
    *("category__slug", "category__name", "category__parent__name"),
    *("building_id", "building__address", "building__flats", "building__district"),
    *("building__lat", "building__lon", "building__street__name"),
    "building__street__settlement",
)
# Ten centimetres; a house is longer.
_DIGITS = 6


def thing(row: Any) -> dict[str, Any]:
    """Return the fields of one request; `row` has COLUMNS. Every field is there, empty or not."""
    is_named = places.is_large(row.building__flats)
    is_closed = row.status == Status.CLOSED
    group = row.category__parent__name
    return {
        "service_request_id": row.number,
        "status": states.STATES[row.status],
        "status_notes": _words(row.status, row.outcome, get_language()),
        "service_name": row.category__name,
        "service_code": row.category__slug,
        "description": f"{group}: {row.category__name}" if group else row.category__name,
        "agency_responsible": row.executor_name or None,
        "service_notice": row.norm_text or None,
        "requested_datetime": shown(row.registered_at),
        "updated_datetime": shown(row.closed_at if is_closed else row.changed_at),
        "expected_datetime": shown(row.due_at),
        "address": row.building__address
        if is_named
        else street_in_words(row.building__street__settlement, row.building__street__name),
        "address_id": str(row.building_id) if is_named else None,
        "zipcode": None,
        "lat": _rounded(row.building__lat) if is_named else None,
        "long": _rounded(row.building__lon) if is_named else None,
        "media_url": None,
    }


def extended(row: Any, notes: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what `extensions=true` adds: our own words for the state, the norm, the timeline."""
    return {
        "extended_attributes": {
            "status_code": row.status,
            "outcome": row.outcome or None,
            "group": row.category__parent__name,
            "emergency": row.is_emergency,
            "times_reopened": row.reopened_count,
            "norm_clause": row.norm_clause or None,
            "district": row.building__district or None,
        },
        "notes": notes,
    }


# A page says the same few words a thousand times.
@lru_cache(maxsize=128)
def _words(status: str, outcome: str, _language: str | None) -> str:
    return str(public_words(status, outcome))


def _rounded(degrees: float | None) -> float | None:
    return None if degrees is None else round(degrees, _DIGITS)
