"""Guides for programs: all of them, those a question means, and one with its text."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actors import Nobody
from outreach.guides import markdown, search
from outreach.models import Guide, Topic
from requests_app.models.categories import Confidence

# The shelves hold some dozens; a list of more would be a defect of the shelves.
MOST = 200


class GuideShape(serializers.Serializer[Any]):
    """A guide as lists show it."""

    slug = serializers.CharField()
    title = serializers.CharField()
    question = serializers.CharField()
    topic = serializers.ChoiceField(choices=Topic.choices)
    summary = serializers.CharField(help_text="What to do right now")
    reviewed_on = serializers.DateField()
    url = serializers.CharField(help_text="The guide's page")


class GuidesShape(serializers.Serializer[Any]):
    """With `q` at most ten, best first; without it all, by title."""

    results = GuideShape(many=True)


class GuideTextShape(GuideShape):
    """A guide with its text and the clauses it rests on; an explanation, not legal advice."""

    html = serializers.CharField(help_text="Cleaned: words, lists, tables and links only")
    clauses = serializers.ListField(child=serializers.CharField())
    sources = serializers.ListField(child=serializers.CharField())
    confidence = serializers.ChoiceField(choices=Confidence.choices)


class Guides(APIView):
    """GET /api/v1/guides/?q=…: the published guides."""

    authentication_classes = ()

    @extend_schema(
        operation_id="guides_list",
        parameters=[OpenApiParameter("q", str, description="Everyday words: «холодные батареи»")],
        responses=GuidesShape,
        tags=["guides"],
    )
    def get(self, http: Request) -> Response:
        asked = " ".join(http.query_params.get("q", "").replace("\x00", " ").split())
        if asked:
            found = search.find(asked)
        else:
            found = list(Guide.objects.visible_to(Nobody()).light().order_by("title")[:MOST])
        return Response({"results": [_shown(row, http) for row in found]})


class OneGuide(APIView):
    """GET /api/v1/guides/<slug>/: a published guide with its text."""

    authentication_classes = ()

    @extend_schema(
        operation_id="guides_read",
        responses={200: GuideTextShape, 404: OpenApiResponse(description="No such guide")},
        tags=["guides"],
    )
    def get(self, http: Request, slug: str) -> Response:
        row = get_object_or_404(Guide.objects.visible_to(Nobody()), slug=slug)
        return Response(
            {
                **_shown(row, http),
                "html": markdown.to_html(row.body),
                "clauses": row.clauses.splitlines(),
                "sources": row.sources.splitlines(),
                "confidence": row.confidence,
            }
        )


def _shown(row: Guide, http: Request) -> dict[str, Any]:
    return {
        "slug": row.slug,
        "title": row.title,
        "question": row.question,
        "topic": row.topic,
        "summary": row.summary,
        "reviewed_on": row.reviewed_on,
        "url": http.build_absolute_uri(row.get_absolute_url()),
    }
