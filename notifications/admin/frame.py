"""What every page of this room shares: admin's own frame, pages by key, nothing editable."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, QueryDict

SIZE = 50


class ShownOnly(admin.ModelAdmin):
    """Written by the portal, changed by nobody."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False


def values(request: HttpRequest, model: type[Model], **more: Any) -> dict[str, Any]:
    """Return the context of a page."""
    return {**admin.site.each_context(request), "opts": model._meta, **more}


def page(rows: QuerySet[Any], asked: QueryDict) -> tuple[list[Any], str]:
    """Return the newest rows before `?before=<id>` and the address of the page after, or ""."""
    before = asked.get("before", "")
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows.order_by("-pk")[: SIZE + 1])
    if len(found) <= SIZE:
        return found, ""
    return found[:SIZE], address(asked, before=str(found[SIZE - 1].pk))


def address(asked: QueryDict, **changed: str) -> str:
    """Return the address of this list with some of its parameters changed; "" drops one."""
    parameters = asked.copy()
    parameters.pop("before", None)
    for name, value in changed.items():
        parameters.pop(name, None)
        if value:
            parameters[name] = value
    return f"?{parameters.urlencode()}"
