"""What webhooks tell of a published rating."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse
from rest_framework import serializers

from accounts.actors import Actor
from notifications.webhooks.catalogue import EventType
from notifications.webhooks.subjects import Keys, Subject
from ratings.models import RatingSnapshot


class ToldRatingShape(serializers.Serializer[Any]):
    """A published rating; its files are linked from `page`."""

    id = serializers.IntegerField()
    month = serializers.RegexField(r"^\d{4}-\d{2}$")
    edition = serializers.IntegerField()
    erratum = serializers.CharField(
        allow_blank=True, help_text="What was wrong with the edition before"
    )
    published_at = serializers.DateTimeField()
    url = serializers.URLField(help_text="Its results as JSON")
    page = serializers.URLField(help_text="Its page for people")


def _published(pk: int) -> RatingSnapshot | None:
    rows = RatingSnapshot.objects.filter(pk=pk, published_at__isnull=False)
    return rows.only("period", "edition", "erratum", "published_at").first()


def _keys(pk: int) -> Keys | None:
    return Keys() if _published(pk) else None


def _shown(pk: int, _actor: Actor, _kind: EventType) -> Mapping[str, Any] | None:
    snapshot = _published(pk)
    if snapshot is None:
        return None
    period = [snapshot.period]
    return {
        "id": snapshot.pk,
        "month": f"{snapshot.period:%Y-%m}",
        "edition": snapshot.edition,
        "erratum": snapshot.erratum,
        "published_at": snapshot.published_at,
        "url": settings.PUBLIC_URL + reverse("ratings:results_json", args=period),
        "page": settings.PUBLIC_URL + reverse("ratings:period", args=period),
    }


RATING = Subject(keys=_keys, shown=_shown, shape=ToldRatingShape)
