"""`manage.py load_roles`: make the groups of staff say what accounts.roles says."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import roles


class Command(BaseCommand):
    """Idempotent; does all it can, then names what the table has and nothing answers to."""

    help = "Create the groups of staff and give each exactly its permissions."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --strict, for the tests of a release."""
        parser.add_argument("--strict", action="store_true", help="fail on an unknown permission")

    def handle(self, *args: object, **options: object) -> None:
        """Load the table and report."""
        done = roles.load()
        for group, count in done.given.items():
            self.stdout.write(f"{group}: {count}")
        if done.unknown:
            words = "no such permissions: " + ", ".join(done.unknown)
            if options["strict"]:
                raise CommandError(words)
            self.stderr.write(words)
