"""What a higher room adds to an answer of this one: a name, its shape and its value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers


@dataclass(frozen=True)
class Part:
    """A field of an answer; `make` takes the subject and the moment and returns its value."""

    name: str
    shape: Callable[[], serializers.Field[Any, Any, Any, Any]]
    make: Callable[[Any, datetime], Any]


Parts = Sequence[Part]


def make(parts: Parts, subject: Any, *, at: datetime) -> dict[str, Any]:
    """Return the values of the parts by name."""
    return {part.name: part.make(subject, at) for part in parts}


def joined(view: type[Any], parts: Parts) -> type[Any]:
    """Return the view with the parts in its answer and in the description of it."""
    shape: Any = type(
        f"Whole{view.shape.__name__}",
        (view.shape,),
        {"__doc__": view.shape.__doc__, **{part.name: part.shape() for part in parts}},
    )
    whole = type(view.__name__, (view,), {"__doc__": view.__doc__, "parts": tuple(parts)})
    others = getattr(view, "other_answers", {})
    described = extend_schema(responses={200: shape, **others})
    joined_view: type[Any] = extend_schema_view(get=described)(whole)
    return joined_view
