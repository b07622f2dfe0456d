"""The tree of matters, for whoever builds a form of their own."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response
from rest_framework.views import APIView

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


class Categories(APIView):
    """GET /api/v1/categories/: the open matters in their order, tops among them."""

    authentication_classes = ()

    @extend_schema(
        operation_id="categories_list",
        responses={200: CategoryShape(many=True), 304: OpenApiResponse(description="As before")},
        tags=["categories"],
    )
    def get(self, http: HttpRequest) -> HttpResponseBase:
        day = timezone.localtime().date()
        rows = [
            {
                "slug": row.slug,
                "name": row.name,
                "parent": row.parent.slug if row.parent else None,
                "leaf": row.parent is not None,
                "emergency": row.emergency,
                "hint": row.hint,
                "stop_kind": row.stop_kind,
                "stop_message": row.stop_message,
            }
            for row in Category.objects.shown(day)
        ]
        body = JSONRenderer().render(rows)
        answer = Response(rows)
        answer["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        patch_cache_control(answer, public=True, max_age=FRESH_SECONDS)
        same = get_conditional_response(http._request, etag=answer["ETag"], response=answer)
        return same or answer
