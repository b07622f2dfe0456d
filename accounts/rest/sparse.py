"""Sparse fields: `?fields=number,status` keeps those of an object, or of each of its `results`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers
from rest_framework.request import Request

from accounts.problems import Problem

NAME = "fields"
ROWS = "results"


def names_in(responses: Any) -> tuple[str, ...]:
    """Return the fields that the answer 200 of an `extend_schema` may be cut to; () if unknown."""
    if isinstance(responses, Mapping):
        found = [
            shape
            for status, shape in responses.items()
            if (status[0] if isinstance(status, tuple) else status) in (200, "200")
        ]
        responses = found[0] if found else None
    if isinstance(responses, OpenApiResponse):
        responses = responses.response
    if isinstance(responses, type) and issubclass(responses, serializers.BaseSerializer):
        responses = responses()
    if isinstance(responses, serializers.ListSerializer):
        responses = responses.child
    if not isinstance(responses, serializers.Serializer):
        return ()
    rows = responses.fields.get(ROWS)
    if isinstance(rows, serializers.ListSerializer):
        rows = rows.child
    return tuple((rows if isinstance(rows, serializers.Serializer) else responses).fields)


def parameter(names: tuple[str, ...]) -> OpenApiParameter:
    """Return the description of `fields`."""
    return OpenApiParameter(
        NAME,
        {"type": "array", "items": {"type": "string", "enum": list(names)}, "minItems": 1},
        explode=False,
        style="form",
        description="Names by commas: the answer, or each of its `results`, keeps only these.",
    )


def wanted(http: Request, names: tuple[str, ...]) -> frozenset[str]:
    """Return the fields that are asked for, none for all; raise Problem 400 naming a wrong one."""
    said = [part.strip() for part in http.query_params.get(NAME, "").split(",") if part.strip()]
    for name in said:
        if name not in names:
            raise Problem(
                _("The answer has no field «%(name)s».") % {"name": name[:100]},
                code="unknown_field",
                errors={NAME: _("There is no such value. Known are: %s.") % ", ".join(names)},
            )
    return frozenset(said)


def cut(body: Any, keep: frozenset[str]) -> Any:
    """Return the body with only the fields `keep`."""
    if isinstance(body, list):
        return [_kept(row, keep) for row in body]
    if isinstance(body, Mapping) and isinstance(body.get(ROWS), list):
        return {**body, ROWS: [_kept(row, keep) for row in body[ROWS]]}
    return _kept(body, keep)


def _kept(row: Any, keep: frozenset[str]) -> Any:
    if not isinstance(row, Mapping):
        return row
    return {name: value for name, value in row.items() if name in keep}
