"""Load the tree of matters and their norms; safe to repeat, leaves alone what was edited here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from requests_app.reference import loading, reading


class Command(BaseCommand):
    """`manage.py load_categories [--file FILE]`."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --file."""
        parser.add_argument("--file", type=Path, default=reading.FILE, help="another TOML file")

    def handle(self, *, file: Path, **_options: Any) -> None:
        """Load, then print what was done and what people should look at."""
        try:
            done = loading.load(reading.read(file))
        except reading.Unreadable as wrong:
            raise CommandError(f"nothing was loaded:\n{wrong}") from None
        for what, count in sorted(done.counts.items()):
            self.stdout.write(f"{count:5} {what}")
        for line in done.kept:
            self.stdout.write(self.style.WARNING(line))
        for slug in done.gone:
            self.stdout.write(
                self.style.WARNING(f"{slug}: no longer in the file; close it in admin if need be")
            )
