"""Published answers of the centre's experts for programs; nothing of who asked."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rest import asked, pages
from accounts.rest.call import PublicRead
from accounts.rest.refusals import not_found
from outreach.guides import markdown
from outreach.models import Question, Topic

FRESH_SECONDS = 300
_ID_MAX = 2**31 - 1


class QuestionShape(serializers.Serializer[Any]):
    """A question as an editor wrote it for everybody."""

    id = serializers.IntegerField()
    topic = serializers.ChoiceField(choices=Topic.choices)
    question = serializers.CharField()
    answer = serializers.CharField(help_text="Markdown, as in guides")
    published_at = serializers.DateTimeField()
    url = serializers.URLField(help_text="Its page for people")


class QuestionsShape(pages.PageShape):
    """A page of answers, the newest first."""

    results = QuestionShape(many=True)


class WholeQuestionShape(QuestionShape):
    """An answer ready to be shown."""

    html = serializers.CharField(help_text="Cleaned: words, lists, tables and links only")
    guide = serializers.CharField(allow_null=True, help_text="Slug of the guide that says more")


class Questions(PublicRead):
    """GET /api/v1/questions/: the published answers."""

    fresh_seconds = FRESH_SECONDS

    @extend_schema(
        operation_id="questions_list",
        parameters=[
            OpenApiParameter("q", str, description="Words, whatever their endings; all are met"),
            OpenApiParameter("topic", str, enum=Topic.values),
            pages.CURSOR,
        ],
        responses={200: QuestionsShape},
        tags=["questions"],
    )
    def get(self, http: Request) -> Response:
        """Return what was answered, the newest first, or what holds the words."""
        rows = Question.objects.published().light()
        if topic := asked.one_of(http, "topic", Topic.values):
            rows = rows.filter(topic=topic)
        if words := asked.words(http, "q"):
            rows = rows.with_words(words)
        page = pages.page(http, rows, ["-published_at", "-id"])
        return Response(pages.body(page, map(_shown, page)))


class OneQuestion(PublicRead):
    """GET /api/v1/questions/<id>/: one published answer."""

    fresh_seconds = FRESH_SECONDS

    @extend_schema(
        operation_id="questions_read", responses={200: WholeQuestionShape}, tags=["questions"]
    )
    def get(self, http: Request, pk: int) -> Response:
        """Return an answer with its text ready to be shown."""
        rows = Question.objects.published().filter(pk=min(pk, _ID_MAX))
        row = rows.select_related("guide").defer("search").first()
        if row is None:
            raise not_found(_("There is no such answer."))
        guide = row.guide if row.guide and row.guide.is_published else None
        return Response(
            {
                **_shown(row),
                "html": markdown.to_html(row.public_answer),
                "guide": guide.slug if guide else None,
            }
        )


def _shown(row: Question) -> dict[str, Any]:
    return {
        "id": row.pk,
        "topic": row.topic,
        "question": row.public_question,
        "answer": row.public_answer,
        "published_at": row.published_at,
        "url": f"{settings.PUBLIC_URL}{reverse('outreach:question', args=[row.pk])}",
    }
