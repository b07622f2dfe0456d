"""Removing files that nothing ever claimed, and bytes that no row names."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from django.core.files.storage import default_storage
from django.db import transaction

from accounts.models import Upload

log = logging.getLogger(__name__)

# A draft of a request lives no longer.
UNCLAIMED_KEPT_FOR = timedelta(days=3)
_ROOT = "uploads"


def sweep_unclaimed(*, at: datetime, batch: int = 200) -> int:
    """Delete up to `batch` files nobody attached and return how many went."""
    with transaction.atomic():
        old = list(
            Upload.objects.select_for_update(skip_locked=True)
            .filter(claimed_at=None, created_at__lt=at - UNCLAIMED_KEPT_FOR)
            .order_by("created_at")[:batch]
        )
        Upload.objects.filter(pk__in=[upload.pk for upload in old]).delete()
    for upload in old:
        _remove(upload.storage_key)
        _remove(upload.thumbnail_key)
    return len(old)


def destroy(files: Sequence[Upload]) -> None:
    """Delete these files: the rows in the caller's transaction, the bytes once it commits."""
    Upload.objects.filter(pk__in=[upload.pk for upload in files]).delete()

    def remove() -> None:
        for upload in files:
            _remove(upload.storage_key)
            _remove(upload.thumbnail_key)

    transaction.on_commit(remove)


def sweep_orphans(*, at: datetime) -> int:
    """Delete stored bytes older than the draft's life that no row names; return how many went."""
    count = 0
    for shard in _shards(before=(at - UNCLAIMED_KEPT_FOR).date()):
        keys = {f"{shard}/{name}" for name in default_storage.listdir(shard)[1]}
        named: set[str] = set()
        for storage_key, thumbnail_key in Upload.objects.filter(
            storage_key__startswith=f"{shard}/"
        ).values_list("storage_key", "thumbnail_key"):
            named |= {storage_key, thumbnail_key}
        for key in sorted(keys - named):
            _remove(key)
            count += 1
    return count


def _shards(*, before: date) -> Iterator[str]:
    for year in _folders(_ROOT):
        for month in _folders(f"{_ROOT}/{year}"):
            for day in _folders(f"{_ROOT}/{year}/{month}"):
                if date(int(year), int(month), int(day)) < before:
                    yield f"{_ROOT}/{year}/{month}/{day}"


def _folders(path: str) -> list[str]:
    try:
        return sorted(name for name in default_storage.listdir(path)[0] if name.isdecimal())
    except FileNotFoundError:
        return []


def _remove(key: str) -> None:
    if not key:
        return
    try:
        default_storage.delete(key)
    except OSError:
        # Stays as an orphan; the next sweep tries again.
        log.exception("upload_not_removed", extra={"storage_key": key})
