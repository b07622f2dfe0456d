"""`manage.py load_roles`: make the groups of staff say what accounts.roles says."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError

from accounts import roles


class Command(BaseCommand):
    """Idempotent; fails loudly, after doing all it could, when the table names a stranger."""

    help = "Create the groups of staff and give each exactly its permissions."

    def handle(self, *args: object, **options: object) -> None:
        """Load the table and report."""
        done = roles.load()
        for group, count in done.given.items():
            self.stdout.write(f"{group}: {count}")
        if done.unknown:
            raise CommandError("no such permissions: " + ", ".join(done.unknown))
