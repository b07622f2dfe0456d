"""Guides for programs: all of them, those a question means, and one with its text."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Nobody
from accounts.rest import asked
from accounts.rest.call import PublicRead
from outreach.guides import markdown, search
from outreach.models import Guide, Topic
from requests_app.models.categories import Confidence

# The shelves hold some dozens; a list of more would be a defect of the shelves.
MOST = 200
_WORDS_MAX = 10_000


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


class Guides(PublicRead):
    """GET /api/v1/guides/?q=…: the published guides."""

    @extend_schema(
        operation_id="guides_list",
        parameters=[OpenApiParameter("q", str, description="Everyday words: «холодные батареи»")],
        responses={200: GuidesShape},
        tags=["guides"],
    )
    def get(self, http: Request) -> Response:
        if words := asked.words(http, "q", most=_WORDS_MAX):
            found = search.find(words)
        else:
            found = list(Guide.objects.visible_to(Nobody()).light().order_by("title")[:MOST])
        return Response({"results": [_shown(row) for row in found]})


class OneGuide(PublicRead):
    """GET /api/v1/guides/<slug>/: a published guide with its text."""

    @extend_schema(
        operation_id="guides_read",
        responses={200: GuideTextShape},
        tags=["guides"],
    )
    def get(self, http: Request, slug: str) -> Response:
        row = get_object_or_404(Guide.objects.visible_to(Nobody()), slug=slug)
        return Response(
            {
                **_shown(row),
                "html": markdown.to_html(row.body),
                "clauses": row.clauses.splitlines(),
                "sources": row.sources.splitlines(),
                "confidence": row.confidence,
            }
        )


def _shown(row: Guide) -> dict[str, Any]:
    return {
        "slug": row.slug,
        "title": row.title,
        "question": row.question,
        "topic": row.topic,
        "summary": row.summary,
        "reviewed_on": row.reviewed_on,
        "url": f"{settings.PUBLIC_URL}{row.get_absolute_url()}",
    }
