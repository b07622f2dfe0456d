"""What webhooks tell of a published rating: what the list of ratings says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.actors import Actor
from notifications.webhooks.catalogue import EventType
from notifications.webhooks.subjects import Keys, Subject
from ratings.api import shapes
from ratings.models import RatingSnapshot


def _published(pk: int) -> RatingSnapshot | None:
    rows = RatingSnapshot.objects.filter(pk=pk, published_at__isnull=False)
    return rows.select_related("methodology").first()


def _keys(pk: int) -> Keys | None:
    return Keys() if _published(pk) else None


def _shown(pk: int, _actor: Actor, _kind: EventType) -> Mapping[str, Any] | None:
    snapshot = _published(pk)
    return shapes.snapshot(snapshot) if snapshot else None


RATING = Subject(keys=_keys, shown=_shown, shape=shapes.SnapshotShape)
