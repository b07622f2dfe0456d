"""Load public registers of houses and organisations: show what changes, then apply it."""

from __future__ import annotations

import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now
from tqdm import tqdm

from disclosure.models import ImportRun
from disclosure.registers import reading, runs
from disclosure.registers.differences import Differences


class Command(BaseCommand):
    """`manage.py import_registry FILE… [--diff | --apply] [--as-of DAY]`."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the files, the day, and what is to be done with the difference."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument(
            "--as-of",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="the day of the register, for lines that bear none (default: today)",
        )
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--diff", action="store_true", help="show what would change, and change nothing"
        )
        what.add_argument(
            "--apply",
            action="store_true",
            help="apply; without it a register of a kind that was loaded before is only compared",
        )

    def handle(
        self, *, files: list[Path], as_of: date | None, diff: bool, apply: bool, **_options: Any
    ) -> None:
        """Take file after file; refuse what is no register, and say so at the end."""
        refused = 0
        try:
            with runs.only_one():
                # Asked before the first is applied: two files of a kind are one loading.
                known = {path: not apply and (diff or self._is_known(path)) for path in files}
                for path in files:
                    refused += not self._take(path, as_of, only_compare=known[path])
        except runs.Busy as busy:
            raise CommandError(str(busy)) from None
        if refused:
            raise CommandError(f"{refused} of {len(files)} files refused")

    def _is_known(self, path: Path) -> bool:
        try:
            return runs.is_known(path)
        except (reading.NotARegister, OSError):
            return False

    def _take(self, path: Path, as_of: date | None, *, only_compare: bool) -> bool:
        began = time.monotonic()
        differences = None
        try:
            with tqdm(
                total=path.stat().st_size,
                unit="B",
                unit_scale=True,
                desc=path.name,
                disable=not sys.stderr.isatty(),
            ) as bar:

                def show(position: int) -> None:
                    bar.update(position - bar.n)

                if only_compare:
                    run, differences = runs.compare(path, at=now(), as_of=as_of, progress=show)
                else:
                    run = runs.load(path, at=now(), as_of=as_of, progress=show)
        except (reading.NotARegister, OSError) as wrong:
            self.stderr.write(self.style.ERROR(f"{path.name}: {wrong}"))
            return False
        self._tell(path, run, time.monotonic() - began)
        if differences is not None:
            self._show(differences)
        return True

    def _tell(self, path: Path, run: ImportRun, seconds: float) -> None:
        self.stdout.write(
            f"{path.name}: {run.kind}, {run.added} new, {run.changed} changed, "
            f"{run.unchanged} unchanged, {run.gone} gone, {run.conflicts} in conflict, "
            f"{run.rejected} rejected, {seconds:.1f} s; report: {run.report}"
        )

    def _show(self, differences: Differences) -> None:
        for what, found in differences.first.items():
            for each in found:
                changed = f", {each.field}: «{each.before}» → «{each.after}»" if each.field else ""
                self.stdout.write(f"  {what}: {each.subject}{changed}")
        self.stdout.write(
            f"  all differences: {differences.path}\n"
            "  nothing is changed yet; the same command with --apply applies it in one go"
        )
