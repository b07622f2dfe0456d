"""One file into the registry: compared first, then applied in one transaction."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pghistory
from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from disclosure.models import ImportRun
from disclosure.registers import houses, organisations, reading
from disclosure.registers.differences import (
    Difference,
    Differences,
    begin_seen,
    gone,
    note_seen,
)
from disclosure.registers.layouts import Layout
from disclosure.registers.outcome import Outcome
from disclosure.registers.rows import EXTRA, House, Line, Organisation, Rejected

BATCH = 2_000
LONGEST_HOUSE = 40
# Any number will do as long as all imports use the same one.
_LOCK = 7_325_001


class Busy(RuntimeError):
    """Another import is running."""


@contextmanager
def only_one() -> Iterator[None]:
    """Hold the import's lock; raise Busy while another process does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            raise Busy("another import is running; wait for its end")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def load(
    path: Path,
    *,
    at: datetime,
    as_of: date | None = None,
    progress: Callable[[int], object] = lambda position: None,
) -> ImportRun:
    """
    Apply the register in one transaction and return its run: all of it is there, or nothing.

    `as_of` is the day of lines that bear none; by default today's. `progress` gets the bytes read.
    Raise NotARegister for other files. Call within `only_one()`.
    """
    return _go_through(path, at=at, as_of=as_of, progress=progress, keep=True)[0]


def compare(
    path: Path,
    *,
    at: datetime,
    as_of: date | None = None,
    progress: Callable[[int], object] = lambda position: None,
) -> tuple[ImportRun, Differences]:
    """
    Return what `load` would do, and do nothing.

    It is the very same work, undone at its end: what is shown is what will happen.
    """
    return _go_through(path, at=at, as_of=as_of, progress=progress, keep=False)


def is_known(path: Path) -> bool:
    """Whether this kind of register was applied before: the difference is then shown first."""
    with reading.opened(path) as register:
        return ImportRun.objects.filter(
            kind=register.layout.code, finished_at__isnull=False
        ).exists()


def _go_through(
    path: Path,
    *,
    at: datetime,
    as_of: date | None,
    progress: Callable[[int], object],
    keep: bool,
) -> tuple[ImportRun, Differences]:
    with reading.opened(path) as register:
        run = _begin(path, register.layout, at=at)
        report = Report(run)
        differences = Differences(report.path.with_name(differences_of(run)))
        batch = _Batch(register.layout, as_of or timezone.localdate(at))
        with transaction.atomic(), pghistory.context(import_run=run.pk):
            _begin_seen()
            for line, cells in register.lines():
                batch.take(line, cells)
                if batch.is_full:
                    batch.store(run, report, differences)
                    progress(register.position())
            batch.store(run, report, differences)
            run.gone = _write_gone(register.layout, differences)
            if keep:
                run.finished_at = timezone.now()
                run.save()
            else:
                transaction.set_rollback(True)
        if not keep:
            run.compared_at = timezone.now()
            run.save()
        progress(register.position())
    return run, differences


def differences_of(run: ImportRun) -> str:
    """Return the name of the file that holds the run's differences, beside its report."""
    return f"{run.kind}-{run.pk}-differences.csv"


def _begin_seen() -> None:
    with connection.cursor() as cursor:
        begin_seen(cursor)


def _write_gone(layout: Layout, differences: Differences) -> int:
    count = 0

    def counted(found: Iterable[Difference]) -> Iterator[Difference]:
        nonlocal count
        for each in found:
            count += 1
            yield each

    with connection.cursor() as cursor:
        differences.write(counted(gone(cursor, source=layout.source, has_houses=layout.has_houses)))
    return count


def _begin(path: Path, layout: Layout, *, at: datetime) -> ImportRun:
    run, _is_new = ImportRun.objects.get_or_create(
        kind=layout.code,
        file_sha256=reading.digest(path),
        defaults={"file_name": path.name[:300], "started_at": at},
    )
    run.file_name, run.started_at, run.finished_at = path.name[:300], at, None
    run.last_line = run.added = run.changed = run.unchanged = run.rejected = 0
    run.gone = run.conflicts = 0
    run.report = f"imports/{layout.code}-{run.pk}.csv"
    run.save()
    return run


class Report:
    """The table of lines that were not stored whole, with the reason of each."""

    def __init__(self, run: ImportRun) -> None:
        self.path = Path(settings.DATA_DIR) / run.report
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerow(("line", "result", "reason"))

    def write(self, outcome: Outcome) -> None:
        """Append the batch's lines, in the file's order."""
        lines = [(line, "rejected", reason) for line, reason in outcome.rejected]
        lines += [(line, "note", reason) for line, reason in outcome.notes]
        with self.path.open("a", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(sorted(lines))


class _Batch:
    """Lines that wait to be stored together: no two of one house or organisation."""

    def __init__(self, layout: Layout, as_of: date) -> None:
        self._layout = layout
        self._as_of = as_of
        self._clear()

    def _clear(self) -> None:
        # Rounds: the second of two lines of one house waits until the first is stored.
        self._rounds: list[list[tuple[int, House | Organisation]]] = [[]]
        self._seen: list[set[object]] = [set()]
        self._own_keys: set[object] = set()
        self._rejected: list[tuple[int, str]] = []
        self._last = 0

    @property
    def is_full(self) -> bool:
        return sum(map(len, self._rounds)) + len(self._rejected) >= BATCH

    def take(self, line: int, cells: Line) -> None:
        """Read the line; one without a place is kept for the report."""
        try:
            if EXTRA in cells:
                raise Rejected("more cells than columns")
            row = self._layout.read(cells)
            if isinstance(row, House) and not _fits(row):
                raise Rejected("house number too long to be one")
        except Rejected as why:
            self._rejected.append((line, str(why)))
        else:
            self._place(line, row)
        self._last = line

    def _place(self, line: int, row: House | Organisation) -> None:
        if row.key and row.key in self._own_keys:
            # Two truths under one key would rewrite each other at every import.
            self._rejected.append((line, "the same key as a line above"))
            return
        self._own_keys.add(row.key)
        keys = _identities(row)
        number = next((n for n, seen in enumerate(self._seen) if not keys & seen), None)
        if number is None:
            number = len(self._rounds)
            self._rounds.append([])
            self._seen.append(set())
        self._rounds[number].append((line, row))
        self._seen[number] |= keys

    def store(self, run: ImportRun, report: Report, differences: Differences) -> None:
        """Store the lines and count them; the caller holds the transaction."""
        if not self._last:
            return
        outcome = self._stored(run)
        outcome.rejected += self._rejected
        known = run.added
        run.added += outcome.added
        run.changed += outcome.changed
        run.unchanged += outcome.unchanged
        run.conflicts += outcome.conflicts
        run.rejected += len(outcome.rejected)
        run.last_line = self._last
        report.write(outcome)
        differences.write(sorted(outcome.differences, key=lambda each: each.line))
        if run.added.bit_length() > known.bit_length():
            _tell_planner(self._layout)
        self._clear()

    def _stored(self, run: ImportRun) -> Outcome:
        total = Outcome()
        with connection.cursor() as cursor:
            for rows in filter(None, self._rounds):
                total.add(self._store_round(cursor, rows, run))
                note_seen(cursor, has_houses=self._layout.has_houses)
        return total

    def _store_round(self, cursor: CursorWrapper, rows: list[Any], run: ImportRun) -> Outcome:
        source, at = self._layout.source, run.started_at
        if self._layout.has_houses:
            return houses.store(cursor, rows, source=source, as_of=self._as_of, run=run.pk, at=at)
        return organisations.store(cursor, rows, source=source, run=run.pk, at=at)


def _tell_planner(layout: Layout) -> None:
    """
    Count a table again each time it has doubled.

    Until then the planner takes a long street for a short one and reads all its houses for each
    line. Autovacuum would come too late: a register is loaded within seconds.
    """
    tables = "disclosure_managementcompany, disclosure_resourcesupplier"
    if layout.has_houses:
        tables = "disclosure_building, disclosure_managementperiod"
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {tables}")


def _fits(row: House) -> bool:
    return len(row.house) <= LONGEST_HOUSE and bool(houses.address_key(row)[2])


def _identities(row: House | Organisation) -> set[object]:
    if isinstance(row, House):
        found: set[object] = {houses.address_key(row)}
        return found | ({row.fias_guid} if row.fias_guid else set())
    return {row.inn or row.key}
