"""Load grounds of free legal aid and the state duty; leaves alone what was edited here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from claims.legal_aid import loading


class Command(BaseCommand):
    """`manage.py load_court [--grounds FILE] [--duty FILE]`."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Add other files."""
        parser.add_argument("--grounds", type=Path, default=loading.GROUNDS)
        parser.add_argument("--duty", type=Path, default=loading.DUTY)

    def handle(self, *, grounds: Path, duty: Path, **_options: Any) -> None:
        """Load, then print what was done and what people should look at."""
        try:
            done = loading.load(grounds=grounds, duty=duty)
        except loading.Unreadable as wrong:
            raise CommandError(f"nothing was loaded:\n{wrong}") from None
        for what, count in sorted(done.counts.items()):
            self.stdout.write(f"{count:5} {what}")
        for line in done.kept:
            self.stdout.write(self.style.WARNING(line))
