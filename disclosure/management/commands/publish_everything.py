"""Make today's archive of all open data, prune old ones, and check what was made."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from disclosure.open_data.everything import checking, making


class Command(BaseCommand):
    """`manage.py publish_everything [--again] [--check]`; safe to repeat."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --again and --check."""
        parser.add_argument("--again", action="store_true", help="replace today's archive")
        parser.add_argument("--check", action="store_true", help="read it back by its manifest")

    def handle(self, *, again: bool, check: bool, **_options: Any) -> None:
        """Make it, print its size, check it when asked."""
        try:
            row = making.make(at=now(), again=again)
        except making.Busy:
            raise CommandError("another process is making one; try later") from None
        self.stdout.write(f"{row}: {row.rows} rows, {row.size} bytes, sha256 {row.sha256}")
        if not check:
            return
        with default_storage.open(row.storage_key) as stream:
            faults = list(checking.check(stream))
        for fault in faults:
            self.stdout.write(self.style.ERROR(fault))
        if faults:
            raise CommandError(f"{row}: {len(faults)} faults")
        self.stdout.write(f"{row}: as its manifest says")
