"""`manage.py count_figures`: count every month's figures anew, as beat does every night."""

from __future__ import annotations

from datetime import date

from django.core.management.base import BaseCommand
from django.utils.timezone import now

from requests_app.figures import keeping


class Command(BaseCommand):
    """Safe to repeat and to run beside the portal: a month is replaced whole."""

    help = "Count the figures of the dashboard, the board and the reports anew from the requests."

    def handle(self, *args: object, **options: object) -> None:
        """Count and say each month."""

        def says(month: date, lines: int) -> None:
            self.stdout.write(f"{month:%Y-%m}: {lines}")

        keeping.rebuild(at=now(), says=says)
