"""
Making the archive of a day: every public table as of one moment, in flat memory.

It is written to a file of the worker, put on storage, and only then published by its row. Whoever
is killed on the way leaves a row that says «being made» and no lock: the next run begins anew.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import structlog
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone
from django.utils.timezone import now

from accounts.training import real_only
from disclosure.open_data.everything.models import ArchiveState, OpenDataArchive
from disclosure.open_data.everything.packing import Pack
from disclosure.open_data.snapshot import one_moment
from disclosure.open_data.tables import tables

# Archives of so many days stay.
KEPT = 14
# Any number that no other lock of the portal has.
_LOCK = 0x6F70656E
_TOLD = 300
log = structlog.get_logger(__name__)


class Busy(Exception):
    """Another process is making an archive."""


def make(*, at: datetime, again: bool = False) -> OpenDataArchive:
    """
    Make and publish the archive of the day of `at`; a day that has one keeps it, unless `again`.

    Raise Busy while another process makes one. A failure is written down, then raised.
    """
    real_only("publishing open data")
    day = timezone.localtime(at).date()
    with _alone() as aside:
        row = OpenDataArchive.objects.filter(day=day).first()
        if row is not None and row.state == ArchiveState.READY and not again:
            return row
        before = row.storage_key if row else ""
        total = len(tables())
        if before and row is not None:
            # It stays to be taken until the new one stands in its place.
            aside.update(day, tables_done=0, tables=total, started_at=at, moved_at=at)
        else:
            OpenDataArchive.objects.update_or_create(
                day=day,
                defaults={
                    "state": ArchiveState.MAKING,
                    "started_at": at,
                    "moved_at": at,
                    "finished_at": None,
                    "tables_done": 0,
                    "tables": total,
                    "fault": "",
                },
            )
        try:
            with tempfile.TemporaryDirectory(prefix="everything-") as folder:
                path = Path(folder) / "archive.zip"
                pack = write(path, day=day, at=at, aside=aside)
                made = _publish(path, pack.rows, day=day, at=at)
        except Exception as failed:
            told = f"{type(failed).__name__}: {failed}"[:_TOLD]
            if before:
                aside.update(day, fault=told)
            else:
                aside.update(day, state=ArchiveState.FAILED, fault=told, finished_at=now())
            log.exception("archive_failed", day=str(day))
            raise
        if before and before != made.storage_key:
            default_storage.delete(before)
        prune()
    return made


def write(path: Path, *, day: date, at: datetime, aside: Aside | None = None) -> Pack:
    """Write the archive into a file and return what it holds; `aside` is told after each table."""
    pack = Pack(path, day=day, made_at=at)
    with one_moment():
        for done, table in enumerate(tables(), start=1):
            pack.add(table)
            if aside is not None:
                aside.update(day, tables_done=done, rows=pack.rows, moved_at=now())
    pack.close()
    return pack


def prune() -> int:
    """Delete all but the newest archives and return how many went; rows first, then bytes."""
    old = list(OpenDataArchive.objects.order_by("-day").values_list("pk", "storage_key")[KEPT:])
    OpenDataArchive.objects.filter(pk__in=[pk for pk, _key in old]).delete()
    for _pk, key in old:
        if key:
            default_storage.delete(key)
    return len(old)


class Aside:
    """Writes how it goes beside the transaction that reads, which can write nothing."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def update(self, day: date, **values: Any) -> None:
        """Set columns of the day's row."""
        names = ", ".join(f"{name} = %s" for name in values)
        table = OpenDataArchive._meta.db_table
        self._cursor.execute(
            f"UPDATE {table} SET {names} WHERE day = %s",  # noqa: S608 - names from this module
            [*(str(v) if isinstance(v, ArchiveState) else v for v in values.values()), day],
        )


@contextmanager
def _alone() -> Iterator[Aside]:
    # A connection of its own: the lock lives as long as the process, and no longer.
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
            if not cursor.fetchone()[0]:
                raise Busy
            yield Aside(cursor)
    finally:
        own.close()


def _publish(path: Path, rows: int, *, day: date, at: datetime) -> OpenDataArchive:
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    size = path.stat().st_size
    with path.open("rb") as stream:
        key = default_storage.save(
            f"open-data/everything/{day:%Y-%m-%d}-{sha256[:12]}.zip", File(stream)
        )
    OpenDataArchive.objects.filter(day=day).update(
        state=ArchiveState.READY,
        made_at=at,
        finished_at=now(),
        rows=rows,
        size=size,
        sha256=sha256,
        storage_key=key,
        fault="",
    )
    return OpenDataArchive.objects.get(day=day)
