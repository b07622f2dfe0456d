"""Every address of the API, found in the resolver: a test that walks them forgets none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLResolver

PREFIX = "api/v1/"
# The document itself and its reader.
ABOUT = {"api-schema", "api-docs"}


def calls(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the route and the view class of each call below /api/v1/."""
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if route.startswith(PREFIX[: len(route)]):
                yield from calls(pattern, route)
        elif route.startswith(PREFIX) and pattern.name not in ABOUT:
            yield route, pattern.callback.cls
