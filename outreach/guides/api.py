"""Guides for programs: all of them, those a question means, and one with its text."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import keyset
from accounts.actors import Nobody
from accounts.rest import asked, pages
from accounts.rest.call import PublicRead
from outreach.guides import markdown, search
from outreach.models import Guide, Topic
from requests_app.models.categories import Confidence

# A page: as many as the first answer held before there were pages.
SIZE = 200
_BY_TITLE = ["title", "id"]
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


class GuidesShape(pages.PageShape):
    """With `q` at most ten, best first, on one page; without it all, by title."""

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
        parameters=[
            OpenApiParameter("q", str, description="Everyday words: «холодные батареи»"),
            pages.CURSOR,
        ],
        responses={200: GuidesShape},
        tags=["guides"],
    )
    def get(self, http: Request) -> Response:
        """List them by title, or those that the words mean."""
        if words := asked.words(http, "q", most=_WORDS_MAX):
            # There is no second page of an answer to words: whatever came as a cursor is none.
            pages.opened(http)
            page = keyset.Page(search.find(words), "", "")
        else:
            rows = Guide.objects.visible_to(Nobody()).light()
            page = pages.page(http, rows, _BY_TITLE, size=SIZE)
        return Response(pages.body(page, map(_shown, page)))


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
