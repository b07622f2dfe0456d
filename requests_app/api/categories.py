"""The tree of matters, for whoever builds a form of their own."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.rest.call import PublicRead
from requests_app.models import Category
from requests_app.models.categories import StopKind

# How long a program may go without asking again after an edit in admin.
FRESH_SECONDS = 60


class CategoryShape(serializers.Serializer[Any]):
    """A matter; only a leaf takes requests."""

    slug = serializers.CharField()
    name = serializers.CharField()
    parent = serializers.CharField(  # type: ignore[assignment]
        allow_null=True, help_text="Slug of its top; null for a top"
    )
    leaf = serializers.BooleanField(help_text="Whether a request may name it")
    emergency = serializers.BooleanField()
    hint = serializers.CharField()
    stop_kind = serializers.ChoiceField(choices=StopKind.choices)
    stop_message = serializers.CharField(help_text="To be shown before filing; empty for most")


class Categories(PublicRead):
    """GET /api/v1/categories/: the open matters in their order, tops among them."""

    fresh_seconds = FRESH_SECONDS

    @extend_schema(
        operation_id="categories_list",
        responses={200: CategoryShape(many=True)},
        tags=["categories"],
    )
    def get(self, http: HttpRequest) -> Response:
        day = timezone.localtime().date()
        return Response([category(row) for row in Category.objects.shown(day)])


def category(row: Category) -> dict[str, Any]:
    """Return a matter as CategoryShape says; `parent` must be loaded."""
    return {
        "slug": row.slug,
        "name": row.name,
        "parent": row.parent.slug if row.parent else None,
        "leaf": row.parent is not None,
        "emergency": row.emergency,
        "hint": row.hint,
        "stop_kind": row.stop_kind,
        "stop_message": row.stop_message,
    }
