"""`publish_rating 2026-10`: freeze the month's data, work the rating out, and publish it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from accounts.actors import System
from ratings import months, publishing, snapshots
from ratings.models import RatingSnapshot


class Command(BaseCommand):
    help = "Publish the month's draft, or make and publish it. Run twice, it says so and stops."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("period", help="the month, as 2026-10")
        parser.add_argument("--draft", action="store_true", help="only make, or renew, the draft")
        parser.add_argument("--erratum", default="", help="what was wrong: makes a new edition")

    def handle(self, *, period: str, draft: bool, erratum: str, **_options: Any) -> None:
        try:
            month = months.read(period)
            waiting = RatingSnapshot.objects.of_month(month).filter(published_at=None).first()
            if draft or erratum or waiting is None:
                waiting = snapshots.draft(month, at=now(), erratum=erratum)
            if not draft:
                waiting = publishing.publish(waiting.pk, by=System(), at=now())
        except (ValueError, publishing.Refused) as wrong:
            raise CommandError(str(wrong)) from None
        state = "draft" if draft else "published"
        self.stdout.write(f"{period}, edition {waiting.edition}: {state}")
        for name, file in sorted(waiting.manifest["files"].items()):
            self.stdout.write(f"{file['sha256']}  {name}  {file['rows']} rows")
