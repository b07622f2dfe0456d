"""Check every file of open data of a day against its dictionary; exit 1 if one is wrong."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from disclosure.open_data.models import OpenDataFile
from disclosure.open_data.verifying import verify


class Command(BaseCommand):
    """`manage.py verify_open_data [--day 2026-03-02]`; without a day, the newest."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --day."""
        parser.add_argument("--day", type=date.fromisoformat, help="another day than the newest")

    def handle(self, *, day: date | None, **_options: Any) -> None:
        """Print each fault, then the verdict."""
        if day is None:
            day = OpenDataFile.objects.order_by("-day").values_list("day", flat=True).first()
        if day is None:
            raise CommandError("there are no files yet: manage.py publish_open_data")
        faults = list(verify(day))
        for fault in faults:
            self.stdout.write(self.style.ERROR(fault))
        if faults:
            raise CommandError(f"{day}: {len(faults)} faults")
        count = OpenDataFile.objects.filter(day=day).count()
        self.stdout.write(f"{day}: {count} files, all as their dictionary says")
