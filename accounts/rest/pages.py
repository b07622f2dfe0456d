"""
Pages of the API: by key (`accounts.keyset`), with cursors that belong to their question.

A cursor is sealed over the address and its filters: a made-up one, or one taken to another list
or other filters, is refused instead of showing rows from somewhere.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any, TypeVar

from django.conf import settings
from django.db import models
from django.utils.encoding import force_bytes
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from accounts import keyset
from accounts.rest import sparse

M = TypeVar("M", bound=models.Model)

SIZE = 50
NAME = "cursor"
CURSOR = OpenApiParameter(
    NAME, str, description="`next` or `previous` of another page of the same question"
)
_SEAL = 16


class PageShape(serializers.Serializer[Any]):
    """A page; a subclass adds `results`."""

    next = serializers.CharField(help_text="Cursor of the next page, empty at the end")
    previous = serializers.CharField(help_text="Cursor of the page before, empty at the start")


def page(
    http: Request, rows: models.QuerySet[M], order: list[str], *, size: int | None = None
) -> keyset.Page[M]:
    """
    Return the page of `rows` that the call asks for; `order` as `keyset.page` wants it.

    Raise keyset.BadCursor, which the base of calls turns into 400 `bad_cursor`.
    """
    return sealed_page(http, keyset.page(rows, order, size=size or SIZE, cursor=opened(http)))


def body(page: keyset.Page[M], results: Iterable[Any]) -> dict[str, Any]:
    """Return what a PageShape describes."""
    return {"results": list(results), "next": page.next, "previous": page.previous}


def opened(http: Request) -> str:
    """Return the cursor of the call for `keyset`, "" without one; raise keyset.BadCursor."""
    said = http.query_params.get(NAME, "")
    if not said:
        return ""
    raw, _dot, seal = said.rpartition(".")
    expected = _seal(raw, http.path, http.query_params.dict())
    if not raw or not hmac.compare_digest(seal.encode(), expected.encode()):
        raise keyset.BadCursor(_("This cursor is not of this question. Start from the first page."))
    return raw


def sealed_page(http: Request, page: keyset.Page[M]) -> keyset.Page[M]:
    """Return the page with its cursors fit for this call; for rules that page by themselves."""
    return replace(
        page,
        next=sealed(page.next, path=http.path, asked=http.query_params.dict()),
        previous=sealed(page.previous, path=http.path, asked=http.query_params.dict()),
    )


def sealed(raw: str, *, path: str, asked: Mapping[str, Any]) -> str:
    """Return a cursor of `keyset` for the list at `path` with the filters `asked`."""
    return f"{raw}.{_seal(raw, path, asked)}" if raw else ""


def _seal(raw: str, path: str, asked: Mapping[str, Any]) -> str:
    filters = sorted((k, v) for k, v in asked.items() if k not in (NAME, sparse.NAME))
    text = json.dumps(["api cursor", raw, path, filters]).encode()
    digest = hmac.digest(force_bytes(settings.SECRET_KEY), text, sha256)
    return base64.urlsafe_b64encode(digest).decode()[:_SEAL]
