"""One matter for programs: who answers for it by when, which clause says so, what to do at once."""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.rest.call import PublicRead
from accounts.rest.refusals import not_found
from disclosure.api import parts as joining
from disclosure.utilities import Utility
from requests_app.api.categories import FRESH_SECONDS, CategoryShape, category
from requests_app.deadlines import Limit, Unit
from requests_app.models import Category, Norm
from requests_app.models.categories import Answers, Confidence

_STAGES = ("react", "inspect", "fix", "answer")


class LimitShape(serializers.Serializer[Any]):
    """A length of time that the norm allows."""

    amount = serializers.IntegerField()
    unit = serializers.ChoiceField(choices=Unit.choices)


class WindowShape(serializers.Serializer[Any]):
    """The part of the day in which the fixing time runs."""

    start = serializers.TimeField()
    end = serializers.TimeField()


class LimitsShape(serializers.Serializer[Any]):
    """By when what is to be done; null where the norm is silent."""

    react = LimitShape(allow_null=True)
    inspect = LimitShape(allow_null=True)
    fix = LimitShape(allow_null=True)
    answer = LimitShape(allow_null=True)
    window = WindowShape(allow_null=True)


class InForceShape(serializers.Serializer[Any]):
    """A norm and the days it holds."""

    since = serializers.DateField(allow_null=True)
    until = serializers.DateField(allow_null=True, help_text="The first day without it")
    answers = serializers.ChoiceField(choices=Answers.choices)
    second_answers = serializers.ChoiceField(choices=[("", ""), *Answers.choices])
    utility = serializers.ChoiceField(choices=[("", ""), *Utility.choices])
    limits = LimitsShape()
    clause = serializers.CharField()
    text = serializers.CharField(help_text="What it says, in plain words")
    source = serializers.CharField()  # type: ignore[assignment]
    confidence = serializers.ChoiceField(
        choices=Confidence.choices, help_text="`check` waits for a lawyer"
    )


class WholeCategoryShape(CategoryShape):
    """A matter with its norm."""

    norm = InForceShape(allow_null=True, help_text="In force today; null for a top")
    earlier = InForceShape(many=True, help_text="Norms of other days, the latest first")
    children = serializers.ListField(
        child=serializers.CharField(), help_text="Slugs of the matters below a top"
    )


class OneCategory(PublicRead):
    """GET /api/v1/categories/<slug>/: one matter with the norm that promises its terms."""

    shape = WholeCategoryShape
    fresh_seconds = FRESH_SECONDS
    parts: joining.Parts = ()

    @extend_schema(
        operation_id="categories_read", responses={200: WholeCategoryShape}, tags=["categories"]
    )
    def get(self, http: HttpRequest, slug: str) -> Response:
        """Return an open matter, its norms, and what to do at once."""
        at = timezone.now()
        day = timezone.localtime(at).date()
        shown = Category.objects.shown(day)
        row = shown.filter(slug=slug).first()
        if row is None:
            raise not_found(_("There is no such category."))
        norms = list(_norms_of(row))
        now = next((norm for norm in norms if day in norm.in_force), None)
        return Response(
            {
                **category(row),
                "norm": _norm(now) if now else None,
                "earlier": [_norm(norm) for norm in norms if norm is not now],
                "children": [] if row.parent else list(_children(shown, row)),
                **joining.make(self.parts, row, at=at),
            }
        )


def _norms_of(row: Category) -> QuerySet[Norm]:
    return Norm.objects.filter(category=row).order_by(F("in_force").desc())


def _children(shown: QuerySet[Category], top: Category) -> QuerySet[Category, str]:
    return shown.filter(parent=top).values_list("slug", flat=True)


def _norm(norm: Norm) -> dict[str, Any]:
    limits = norm.limits()
    window = limits.window
    return {
        "since": norm.in_force.lower,
        "until": norm.in_force.upper,
        "answers": norm.answers,
        "second_answers": norm.second_answers,
        "utility": norm.utility,
        "limits": {
            **{
                name: _limit(getattr(limits, name))
                for name in ("react", "inspect", "fix", "answer")
            },
            "window": {"start": window[0], "end": window[1]} if window else None,
        },
        "clause": norm.clause,
        "text": norm.text,
        "source": norm.source,
        "confidence": norm.confidence,
    }


def _limit(limit: Limit | None) -> dict[str, Any] | None:
    return {"amount": limit.amount, "unit": limit.unit} if limit else None
