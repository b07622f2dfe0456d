"""How a call says that it will go: RFC 9745 `Deprecation`, RFC 8594 `Sunset` (docs/api.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.http.response import HttpResponseBase
from django.utils.http import http_date


@dataclass(frozen=True, slots=True)
class Deprecated:
    """Since when the call is deprecated, from when it is gone, and the address to use instead."""

    since: date
    sunset_on: date
    instead: str = ""


def say(response: HttpResponseBase, ageing: Deprecated) -> None:
    """Put the headers on the answer."""
    response["Deprecation"] = f"@{_midnight(ageing.since)}"
    response["Sunset"] = http_date(_midnight(ageing.sunset_on))
    if ageing.instead:
        response["Link"] = f'<{ageing.instead}>; rel="successor-version"'


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time.min, tzinfo=UTC).timestamp())
