"""What this room adds to the answer about a matter: the guides that say what to do at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from rest_framework import serializers

from accounts.actors import Nobody
from disclosure.api.parts import Part
from outreach.models import Guide
from requests_app.models import Category

MOST = 10


class GuideOfMatterShape(serializers.Serializer[Any]):
    """A guide about the matter; its text is a call of its own."""

    slug = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField(help_text="What to do right now")
    url = serializers.URLField(help_text="Its page for people")


def _guides(matter: Category, _at: datetime) -> list[dict[str, Any]]:
    rows = Guide.objects.visible_to(Nobody()).light().for_matter(matter)
    return [
        {
            "slug": row.slug,
            "title": row.title,
            "summary": row.summary,
            "url": f"{settings.PUBLIC_URL}{row.get_absolute_url()}",
        }
        for row in rows[:MOST]
    ]


GUIDES_OF_MATTER = Part(
    "guides",
    lambda: GuideOfMatterShape(many=True, help_text="The nearest first"),
    _guides,
)
