"""Load the questions of owners' meetings with their majorities; safe to repeat."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from outreach.meetings import agenda_file


class Command(BaseCommand):
    """`manage.py load_majorities`."""

    help = __doc__

    def handle(self, **_options: Any) -> None:
        """Load, then print what was done and what was edited by hand."""
        try:
            done = agenda_file.load(*agenda_file.read())
        except agenda_file.Unreadable as wrong:
            raise CommandError(f"nothing was loaded:\n{wrong}") from None
        self.stdout.write(f"{done.added:5} added\n{done.changed:5} changed")
        for code in done.kept:
            self.stdout.write(self.style.WARNING(f"{code}: edited here, left alone"))
