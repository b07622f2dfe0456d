"""Load a list of tariffs and norms: show what changes, then apply it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from claims.tariffs import loading
from claims.tariffs.planning import Doing
from disclosure.sheets.reading import Unreadable


class Command(BaseCommand):
    """`manage.py load_tariffs FILE [--apply]`; 1 if a row was not taken."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the file, and what is to be done with the difference."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--apply", action="store_true", help="without it nothing is written")

    def handle(self, *, file: Path, apply: bool, **_options: Any) -> None:
        """Print each change and each row that is not taken, with its reason."""
        try:
            data = file.read_bytes()
            found = loading.load(data) if apply else loading.preview(data)
        except (OSError, Unreadable) as wrong:
            raise CommandError(str(wrong)) from None
        for change in found.plan.changes:
            if change.doing != Doing.SAME:
                after = change.after
                days = f"{after.since}…{after.until or ''}"
                self.stdout.write(
                    f"{change.doing}: {'/'.join(str(part or '-') for part in after.key)} "
                    f"{after.value.normalize():f} {after.unit} {days}"
                )
        counts = ", ".join(f"{doing} {len(found.plan.of(doing))}" for doing in Doing)
        self.stdout.write(f"{counts}{'' if apply else '; nothing written, --apply does it'}")
        for bad in found.bad:
            self.stderr.write(f"row {bad.line}: {bad.reason}")
        if found.bad:
            raise CommandError(f"{len(found.bad)} rows not taken")
