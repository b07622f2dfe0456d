"""Load public registers of houses and organisations; safe to repeat and to break off."""

from __future__ import annotations

import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now
from tqdm import tqdm

from disclosure.registers import reading, runs


class Command(BaseCommand):
    """`manage.py import_registry FILE… [--as-of DAY]`."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the files and the day."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument(
            "--as-of",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="the day of the register, for lines that bear none (default: today)",
        )

    def handle(self, *, files: list[Path], as_of: date | None, **_options: Any) -> None:
        """Load file after file; refuse what is no register, and say so at the end."""
        refused = 0
        try:
            with runs.only_one():
                for path in files:
                    refused += not self._load(path, as_of)
        except runs.Busy as busy:
            raise CommandError(str(busy)) from None
        if refused:
            raise CommandError(f"{refused} of {len(files)} files refused")

    def _load(self, path: Path, as_of: date | None) -> bool:
        began = time.monotonic()
        try:
            size = path.stat().st_size
            with tqdm(
                total=size,
                unit="B",
                unit_scale=True,
                desc=path.name,
                disable=not sys.stderr.isatty(),
            ) as bar:
                run = runs.load(
                    path, at=now(), as_of=as_of, progress=lambda at: bar.update(at - bar.n)
                )
        except (reading.NotARegister, OSError) as wrong:
            self.stderr.write(self.style.ERROR(f"{path.name}: {wrong}"))
            return False
        self.stdout.write(
            f"{path.name}: {run.kind}, {run.added} added, {run.changed} changed, "
            f"{run.unchanged} unchanged, {run.rejected} rejected, {time.monotonic() - began:.1f} s"
            + (f"; report: {run.report}" if run.report else "")
        )
        return True
