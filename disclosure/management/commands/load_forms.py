"""Load the forms of the disclosure standard; safe to repeat, never over what was published."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from disclosure.forms_standard import loading, reference


class Command(BaseCommand):
    """`manage.py load_forms [--file FILE]`."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --file."""
        parser.add_argument("--file", type=Path, default=reference.FILE, help="another TOML file")

    def handle(self, *, file: Path, **_options: Any) -> None:
        """Load, then print what was done."""
        try:
            done = loading.load(reference.read(file), at=now())
        except reference.Unreadable as wrong:
            raise CommandError(f"nothing was loaded:\n{wrong}") from None
        except loading.PublishedUnder as refused:
            raise CommandError(
                f"nothing was loaded: published under already: {refused}; "
                "give the changed form a new edition with a later «since»"
            ) from None
        self.stdout.write(
            f"{len(done.added)} added, {len(done.changed)} changed, {len(done.same)} the same"
        )
        for code in done.gone:
            self.stdout.write(self.style.WARNING(f"{code}: no longer in the file, left as it is"))
