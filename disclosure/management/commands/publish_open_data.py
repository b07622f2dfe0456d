"""Write today's files of open data: every public table in every format, as of one moment."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.timezone import now

from disclosure.open_data import snapshot


class Command(BaseCommand):
    """`manage.py publish_open_data [--again]`; safe to repeat."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --again."""
        parser.add_argument("--again", action="store_true", help="replace today's files")

    def handle(self, *, again: bool, **_options: Any) -> None:
        """Write the files and print their sizes."""
        for file in snapshot.make(at=now(), again=again):
            self.stdout.write(f"{file.table}.{file.ext}: {file.rows} rows, {file.size} bytes")
