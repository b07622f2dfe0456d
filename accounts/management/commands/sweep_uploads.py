"""`manage.py sweep_uploads`: what the nightly task does, by hand and to the end."""

from __future__ import annotations

from django.core.management.base import BaseCommand
from django.utils.timezone import now

from accounts.uploads import sweeping


class Command(BaseCommand):
    """Removes unclaimed uploads and stored bytes that no row names."""

    help = "Remove uploads that nothing claimed, and stored files that no row names."

    def handle(self, *args: object, **options: object) -> None:
        """Sweep until nothing is left."""
        at = now()
        unclaimed = 0
        while gone := sweeping.sweep_unclaimed(at=at):
            unclaimed += gone
        orphans = sweeping.sweep_orphans(at=at)
        self.stdout.write(f"unclaimed: {unclaimed}, orphans: {orphans}")
