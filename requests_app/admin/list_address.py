"""Addresses of the work list: what is asked for now, with changes."""

from __future__ import annotations

from django.http import QueryDict
from django.urls import reverse

LIST = "admin:requests_app_request_changelist"


def without(asked: QueryDict, *names: str) -> QueryDict:
    kept = asked.copy()
    for name in names:
        kept.pop(name, None)
    for name in [name for name, values in kept.lists() if values == [""]]:
        del kept[name]
    return kept


def address(asked: QueryDict, **changes: str | None) -> str:
    kept = without(asked)
    for name, value in changes.items():
        kept.pop(name, None)
        if value:
            kept[name] = value
    query = kept.urlencode()
    return f"{reverse(LIST)}?{query}" if query else reverse(LIST)
