"""Load the guides of the repository; safe to repeat, leaves alone what was edited here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from outreach.reference import loading, reading


class Command(BaseCommand):
    """`manage.py load_guides [--folder FOLDER]`."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --folder."""
        parser.add_argument("--folder", type=Path, default=reading.FOLDER, help="another folder")

    def handle(self, *, folder: Path, **_options: Any) -> None:
        """Load, then print what was done and what people should look at."""
        try:
            done = loading.load(reading.read(folder))
        except reading.Unreadable as wrong:
            raise CommandError(f"nothing was loaded:\n{wrong}") from None
        for what, count in sorted(done.counts.items()):
            self.stdout.write(f"{count:5} {what}")
        for line in done.kept:
            self.stdout.write(self.style.WARNING(line))
        for slug in done.gone:
            self.stdout.write(
                self.style.WARNING(f"{slug}: no file any more; unpublish it in admin if need be")
            )
