"""Every address that programs call, found in the resolver: a test that walks them forgets none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import URLResolver, get_resolver

PREFIX = "api/v1/"
# The document itself and its reader.
ABOUT = {"api-schema", "api-docs"}
# Whatever a program reads or writes: the API, the standard's doors, feeds, calendars.
_FOR_PROGRAMS = re.compile(r"^(api/v1/|open311/)|feed|\.atom|\.ics|open-data/.*(json|csv|zip)")
_PARAMETER = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
_PLAIN = {"int": "1", "uuid": "5f0c5a4e-6f0b-4c39-9b5e-0d3a1f2b7c11", "month": "2026-03"}
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Address:
    """One address and what it takes."""

    route: str
    view: Any
    methods: tuple[str, ...]


def calls() -> Iterator[tuple[str, Any]]:
    """Yield the route and the view class of each call below /api/v1/."""
    for address in addresses():
        if address.route.startswith(PREFIX):
            yield address.route, address.view


def addresses() -> list[Address]:
    """Return all addresses for programs, in their order."""
    found = []
    for route, name, callback in _walk(get_resolver(), ""):
        if not _FOR_PROGRAMS.search(route) or name in ABOUT or route.startswith("admin/"):
            continue
        view = getattr(callback, "cls", None) or getattr(callback, "view_class", None)
        if view is None:
            # A plain function says itself what it takes.
            found.append(Address(route, callback, ("get", "post")))
            continue
        allowed = getattr(view, "http_method_names", METHODS)
        has = tuple(one for one in METHODS if one in allowed and hasattr(view, one))
        found.append(Address(route, view, has))
    return found


def _walk(resolver: URLResolver, before: str) -> Iterator[tuple[str, str, Any]]:
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern).lstrip("^")
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, route)
        else:
            yield route, pattern.name or "", pattern.callback


def rows_of(client: Client, path: str, headers: dict[str, str] | None = None) -> list[Any]:
    """Return the rows of the list at `path`, as far as the reader sees any."""
    answer = client.get(path, headers=headers or {})
    if answer.status_code != 200 or "json" not in answer["Content-Type"]:
        return []
    body = answer.json()
    rows = body.get("results", []) if isinstance(body, dict) else body
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def filled(address: Address, planted: dict[str, Any], client: Client) -> str:
    """Return the address with values that exist, as far as its list or `planted` tells of them."""
    path = "/" + address.route.replace("\\Z", "").rstrip("$")
    while found := _PARAMETER.search(path):
        name, kind = found["name"], found["kind"] or "str"
        before = path[: found.start()]
        value = planted.get(f"{before}{name}") or planted.get(name)
        if value is None:
            rows = rows_of(client, before) if before.endswith("/") else []
            known = [
                row[key] for row in rows for key in (name, "id", "number", "slug") if key in row
            ]
            value = known[0] if known else _PLAIN.get(kind, "x")
        path = f"{before}{value}{path[found.end() :]}"
    return path
