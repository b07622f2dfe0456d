"""Uploads of the invented city: drawn photos kept on storage like any file that was sent in."""

from __future__ import annotations

import random  # noqa: TID251 - seeded, draws an invented city
import uuid
from datetime import datetime
from functools import lru_cache

from accounts.actors import Nobody, Resident
from accounts.models import Upload
from accounts.sanitising.kinds import Clean
from accounts.uploads import receiving
from contact_center.demo_city import photos
from contact_center.demo_city.copying import Table


class Album:
    """Keeps drawn photos until `room` of them are kept: files cost more than rows."""

    def __init__(self, *, room: int) -> None:
        self.room = room
        self.dice = random.Random(5)
        self.uploads = Table(Upload, [str(field.column) for field in Upload._meta.concrete_fields])

    def take(self, name: str, *, by: int | None, at: datetime) -> uuid.UUID | None:
        """Store one photo of `name`, attached when it came; None when there is no more room."""
        if not self.room:
            return None
        self.room -= 1
        sender = Resident(id=by) if by is not None else Nobody()
        upload = receiving.put(_drawn(name, self.dice.randrange(photos.MOODS)), by=sender, at=at)
        upload.claimed_at = at
        self.uploads.add(vars(upload)[field.attname] for field in Upload._meta.concrete_fields)
        return upload.pk


@lru_cache(maxsize=64)
def _drawn(name: str, mood: int) -> Clean:
    return photos.photo(name, mood)
