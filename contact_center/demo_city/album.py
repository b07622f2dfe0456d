"""Uploads of the invented city: drawn photos kept on storage like any file that was sent in."""

from __future__ import annotations

import random  # noqa: TID251 - seeded, draws an invented city
import uuid
from datetime import datetime
from functools import lru_cache

from django.db.models import F

from accounts.actors import Nobody, Resident
from accounts.models import Upload
from accounts.sanitising.kinds import Clean
from accounts.uploads import receiving
from contact_center.demo_city import photos


class Album:
    """Keeps drawn photos until `room` of them are kept: files cost more than rows."""

    def __init__(self, *, room: int) -> None:
        self.room = room
        self.kept: list[uuid.UUID] = []
        self.dice = random.Random(5)

    def take(self, name: str, *, by: int | None, at: datetime) -> uuid.UUID | None:
        """Store one photo of `name` as sent at that moment; None when there is no more room."""
        if len(self.kept) >= self.room:
            return None
        sender = Resident(id=by) if by is not None else Nobody()
        upload = receiving.keep(_drawn(name, self.dice.randrange(photos.MOODS)), by=sender, at=at)
        self.kept.append(upload.pk)
        return upload.pk

    def claim(self) -> None:
        """Mark all as attached at the moment they came."""
        Upload.objects.filter(pk__in=self.kept).update(claimed_at=F("created_at"))


@lru_cache(maxsize=64)
def _drawn(name: str, mood: int) -> Clean:
    return photos.photo(name, mood)
