"""Measures the reading of outage notices on labelled files and prints precision and recall."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from requests_app.incidents import notices_measure

_HOME = Path(settings.BASE_DIR) / "tests" / "requests_app" / "notices"


class Command(BaseCommand):
    help = "Print per-house precision and recall of the notices' reader on labelled files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="*", type=Path)
        parser.add_argument("--register", type=Path, default=_HOME / "register.txt")
        parser.add_argument("--faults", action="store_true", help="show what was read wrongly")

    def handle(self, *args: Any, **options: Any) -> None:
        known = notices_measure.register(options["register"].read_text(encoding="utf-8"))
        files = options["files"] or [*sorted(_HOME.glob("labelled*.txt")), _HOME / "heldout.txt"]
        for file in files:
            found = notices_measure.measure(file.read_text(encoding="utf-8"), known)
            self.stdout.write(f"{file.stem}: {found}")
            if options["faults"]:
                for fault in found.faults:
                    self.stdout.write(f"\n{fault}")
