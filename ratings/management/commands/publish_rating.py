"""`publish_rating 2026-10`: freeze the month's data, work the rating out, and publish it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now
from django.utils.translation import gettext as _

from accounts.actors import System
from ratings import months, publishing, snapshots
from ratings.models import RatingSnapshot
from requests_app.special_days import calendar_of


class Command(BaseCommand):
    help = (
        "Publish the month's draft, or make and publish it. A draft that companies may still "
        "comment on is refused; one they have not seen says so on its page. Run twice, it stops."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("period", help="the month, as 2026-10")
        parser.add_argument("--draft", action="store_true", help="only make, or renew, the draft")
        parser.add_argument(
            "--comments", action="store_true", help="show the draft to its companies first"
        )
        parser.add_argument("--erratum", default="", help="what was wrong: makes a new edition")

    def handle(
        self, *, period: str, draft: bool, comments: bool, erratum: str, **_options: Any
    ) -> None:
        at = now()
        try:
            month = months.read(period)
            waiting = RatingSnapshot.objects.of_month(month).filter(published_at=None).first()
            if draft or erratum or waiting is None:
                waiting = snapshots.draft(month, at=at, erratum=erratum)
            if comments:
                calendar = calendar_of(at.year)
                waiting = publishing.open_comments(
                    waiting.pk, calendar=calendar, by=System(), at=at
                )
            elif not draft:
                heard = waiting.comments_from is not None
                waiver = "" if heard else _("Published by command, without time for comments.")
                waiting = publishing.publish(waiting.pk, by=System(), at=at, waiver=waiver)
        except (ValueError, publishing.Refused) as wrong:
            raise CommandError(str(wrong)) from None
        self.stdout.write(f"{period}, edition {waiting.edition}: {_state(waiting)}")
        for name, file in sorted(waiting.manifest["files"].items()):
            self.stdout.write(f"{file['sha256']}  {name}  {file['rows']} rows")


def _state(snapshot: RatingSnapshot) -> str:
    if snapshot.is_published:
        return "published"
    return f"in comments until {snapshot.comments_until}" if snapshot.comments_until else "draft"
