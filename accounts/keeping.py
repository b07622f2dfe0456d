"""
What a room keeps about a person, said so that a page, a copy and an erasure read the same list.

A room's `own_data.py` returns sections; `contact_center.own_data` joins those of all rooms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Field, QuerySet

from accounts.models import Upload

if TYPE_CHECKING:
    from django.utils.functional import Promise


@dataclass(frozen=True, kw_only=True)
class Section:
    """
    One kind of rows about a person, and how long they are kept.

    `key` and `fields` are the names in `data.json`, for ever; a field reads through relations
    ("contact__name"). `uploads` are the files that lie beside.
    """

    key: str
    title: Promise | str
    kept: Promise | str
    rows: QuerySet[Any, Any]
    fields: tuple[str, ...]
    uploads: QuerySet[Upload] | None = None


@dataclass(frozen=True, kw_only=True)
class Left:
    """Something that does not go with the account yet: what, until when, by which norm."""

    title: Promise | str
    until: Promise | str
    norm: Promise | str
    path: str = ""


def column(rows: QuerySet[Any, Any], path: str) -> Field[Any, Any]:
    """Return the column that a section's field ends at."""
    model: Any = rows.model
    *through, last = path.split("__")
    for name in through:
        model = model._meta.get_field(name).related_model
    found: Field[Any, Any] = model._meta.get_field(last)
    return found
