"""`verify_rating 2026-10`: work the rating out anew from its stored input and compare."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ratings import months, snapshots
from ratings.models import RatingSnapshot


class Command(BaseCommand):
    help = "Recompute every edition of the month; succeed only if all agrees to the last digit."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("period", help="the month, as 2026-10")

    def handle(self, *, period: str, **_options: Any) -> None:
        try:
            editions = list(RatingSnapshot.objects.of_month(months.read(period)))
        except ValueError as wrong:
            raise CommandError(str(wrong)) from None
        if not editions:
            raise CommandError(f"{period}: no rating")
        found = [
            f"{period}, edition {snapshot.edition}: {fault}"
            for snapshot in editions
            for fault in snapshots.faults(snapshot)
        ]
        if found:
            raise CommandError("\n".join(found))
        for snapshot in editions:
            rows = snapshot.manifest["files"]["results.csv"]["rows"]
            self.stdout.write(f"{period}, edition {snapshot.edition}: {rows} companies agree")
