"""Pages by key: a deep page costs what the first one costs, and nothing is counted."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import BooleanField, F, Func, Value
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _

M = TypeVar("M", bound=models.Model)
_CURSOR_MAX = 500


class BadCursor(ValueError):
    """The cursor is not one of ours; the message is for people."""


class _RowCompared(Func):
    """`(a, b) > (x, y)`, which Postgres answers from an index on (a, b)."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, columns: list[str], values: list[Any], sign: str) -> None:
        super().__init__(*[F(name) for name in columns], *[Value(value) for value in values])
        self.columns = len(columns)
        self.sign = sign

    def as_sql(  # type: ignore[override]
        self, compiler: Any, connection: Any, **extra: Any
    ) -> tuple[str, list[Any]]:
        parts: list[str] = []
        parameters: list[Any] = []
        for expression in self.source_expressions:
            sql, found = compiler.compile(expression)
            parts.append(sql)
            parameters.extend(found)
        left, right = ", ".join(parts[: self.columns]), ", ".join(parts[self.columns :])
        return f"({left}) {self.sign} ({right})", parameters


@dataclass(frozen=True)
class Page(Generic[M]):
    """Rows of one page and the cursors of its neighbours ("" where there is none)."""

    rows: list[M]
    next: str
    previous: str

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def _written(row: models.Model, columns: list[str], *, backward: bool) -> str:
    values = []
    for name in columns:
        value = getattr(row, name)
        values.append(value.isoformat() if isinstance(value, date) else value)
    text = json.dumps([int(backward), *values], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _field(rows: models.QuerySet[Any], name: str) -> Any:
    """Return what the column holds: a field of the model, or what the query computed."""
    annotation = rows.query.annotations.get(name)
    if annotation is not None:
        return annotation.output_field
    field: Any = rows.model._meta.get_field(name)
    # A generated column holds what its expression gives.
    return getattr(field, "output_field", field)


def _read(rows: models.QuerySet[Any], columns: list[str], cursor: str) -> tuple[bool, list[Any]]:
    try:
        # A long one is not ours, and brackets by the thousand exhaust the reader of JSON.
        if len(cursor) > _CURSOR_MAX:
            raise ValueError
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        backward, *values = json.loads(text)
        if len(values) != len(columns) or backward not in (0, 1):
            raise ValueError
        read: list[Any] = []
        for name, value in zip(columns, values, strict=True):
            field = _field(rows, name)
            if isinstance(field, models.DateTimeField):
                moment = parse_datetime(value)
                # At the ends of the calendar a zone carries a moment out of what Python can hold.
                if moment is None or moment.tzinfo is None or not 1 < moment.year < 9999:
                    raise ValueError
                read.append(moment)
            elif isinstance(field, models.DateField):
                day = parse_date(value)
                if day is None:
                    raise ValueError
                read.append(day)
            elif isinstance(field, models.IntegerField):
                if type(value) is not int or abs(value) > 2**62:
                    raise ValueError
                read.append(value)
            else:
                if not isinstance(value, str) or "\x00" in value:
                    raise ValueError
                # Half a surrogate pair is a string to JSON and to no database: ValueError, too.
                value.encode()
                read.append(value)
    except (ValueError, TypeError, FieldDoesNotExist):
        raise BadCursor(_("This page address is broken. Start from the first page.")) from None
    return bool(backward), read


def page(rows: models.QuerySet[M], order: list[str], *, size: int, cursor: str = "") -> Page[M]:
    """
    Return one page of `rows` in `order`: names of columns, all with "-" or all without.

    A column may be an annotation that is never NULL. The last column must be unique. Raise
    BadCursor for a cursor that is not ours.
    """
    columns = [name.lstrip("-") for name in order]
    descending = order[0].startswith("-")
    if any(name.startswith("-") != descending for name in order):
        raise ValueError("all columns of a key must run the same way")
    backward, after = _read(rows, columns, cursor) if cursor else (False, [])
    if after:
        sign = "<" if descending != backward else ">"
        rows = rows.filter(_RowCompared(columns, after, sign))
    sorting = order
    if backward:
        sorting = [name if descending else f"-{name}" for name in columns]
    found = list(rows.order_by(*sorting)[: size + 1])
    more = len(found) > size
    found = found[:size]
    if backward:
        found.reverse()
    if not found:
        return Page([], "", "")
    has_next = more if not backward else True
    has_previous = bool(cursor) if not backward else more
    return Page(
        found,
        _written(found[-1], columns, backward=False) if has_next else "",
        _written(found[0], columns, backward=True) if has_previous else "",
    )
