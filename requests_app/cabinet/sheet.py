"""
The states of requests as a table: for executors whose own system knows them better than a page.

Written and read under the same headings. What the file may change: state, planned time, act; the
rest is there to be recognised by. No contact: a table is copied on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from django.utils import timezone
from django.utils.translation import gettext as _

from disclosure.sheets import writing
from disclosure.sheets.form_file import CellFault
from disclosure.sheets.reading import Limits, Line, Unreadable, lines
from requests_app.cabinet.bringing import TARGETS, Wish
from requests_app.models import Request
from requests_app.statuses import Status

NUMBER, STATE, PLANNED = "Номер", "Состояние", "План"
ACT_ON, ACT_BY, WORDS, VERSION = "Акт от", "Акт подписал", "Слова жителю", "Версия"
_TOLD = (
    *("Что случилось", "Адрес", "Подъезд", "Квартира", "Описание"),
    *("Зарегистрирована", "Срок"),
)
HEAD = (NUMBER, *_TOLD, STATE, PLANNED, ACT_ON, ACT_BY, WORDS, VERSION)
# Each row may write three letters and as many lines of history: more would keep a browser waiting.
LIMITS = Limits(megabytes=2, unpacked_megabytes=20, rows=301)
_MOMENTS = ("%d.%m.%Y %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S")
_DAYS = ("%d.%m.%Y", "%Y-%m-%d")


@dataclass(frozen=True, kw_only=True)
class Row(Wish):
    """A row as it was sent."""

    # Where each heading's cell of this row is, as «C7».
    cells: dict[str, str] = field(default_factory=dict)


@dataclass
class Taken:
    """What the file says, or the faults that stop it."""

    rows: list[Row] = field(default_factory=list)
    faults: list[CellFault] = field(default_factory=list)


def csv_lines(items: Iterator[Request], *, zone: tzinfo) -> Iterator[str]:
    """Yield the file line by line; each item comes with category and building."""
    yield "\ufeff" + writing.csv_line(HEAD)
    for item in items:
        yield writing.csv_line(
            [
                item.number,
                item.category.name,
                item.building.address,
                item.entrance,
                item.flat,
                item.description,
                _moment(item.registered_at, zone),
                _moment(item.due_at, zone),
                str(Status(item.status).label),
                _moment(item.planned_at, zone) if item.planned_at else "",
                "",
                "",
                "",
                item.version,
            ]
        )


def _moment(moment: datetime, zone: tzinfo) -> str:
    return f"{moment.astimezone(zone):%d.%m.%Y %H:%M}"


def read(data: bytes) -> Taken:
    """
    Return the rows of a CSV or XLSX under these headings, in any order; with faults, by cell.

    Raise Unreadable for what is no such file.
    """
    found = lines(data, LIMITS)
    head = next(found, None)
    taken = Taken()
    if head is None:
        raise Unreadable(_("The file is empty."))
    columns = _columns(head, taken)
    if NUMBER not in columns:
        raise Unreadable(_("No column «%(name)s».") % {"name": NUMBER})
    seen: set[str] = set()
    for line in found:
        row = _row(line, columns, taken)
        if row is None:
            continue
        if row.number in seen:
            taken.faults.append(
                CellFault(row.cells[NUMBER], _("This request stands in the file twice."))
            )
        seen.add(row.number)
        taken.rows.append(row)
    if not taken.rows and not taken.faults:
        raise Unreadable(_("No request was found in the file."))
    return taken


def _columns(head: Line, taken: Taken) -> dict[str, int]:
    known = {name.casefold(): name for name in HEAD}
    found: dict[str, int] = {}
    for column, text in enumerate(head.cells):
        name = known.get(text.casefold())
        if name is None and text:
            taken.faults.append(CellFault(head.address(column), _("Unknown column.")))
        elif name in found:
            taken.faults.append(CellFault(head.address(column), _("This column stands twice.")))
        elif name:
            found[name] = column
    return found


def _row(line: Line, columns: dict[str, int], taken: Taken) -> Row | None:
    def cell(name: str) -> str:
        column = columns.get(name, len(line.cells))
        return line.cells[column].strip() if column < len(line.cells) else ""

    cells = {name: line.address(column) for name, column in columns.items()}
    if not cell(NUMBER):
        taken.faults.append(CellFault(cells[NUMBER], _("The number is missing.")))
        return None
    faults: list[tuple[str, str]] = []
    state = _state(cell(STATE), faults)
    planned = _read(cell(PLANNED), _MOMENTS)
    if cell(PLANNED) and planned is None:
        faults.append((PLANNED, _("Write day and time as 31.12.2026 18:00.")))
    act_on = _read(cell(ACT_ON), _DAYS)
    if cell(ACT_ON) and act_on is None:
        faults.append((ACT_ON, _("Write the day as 31.12.2026.")))
    version = cell(VERSION)
    if version and not (version.isascii() and version.isdecimal() and len(version) < 10):
        faults.append((VERSION, _("Leave the version as it was in the file.")))
        version = ""
    taken.faults += [CellFault(cells[name], words) for name, words in faults]
    return Row(
        number=cell(NUMBER),
        state=state,
        planned_at=timezone.make_aware(planned) if planned else None,
        act_on=act_on.date() if act_on else None,
        act_by=cell(ACT_BY),
        words=cell(WORDS),
        version=int(version) if version else None,
        cells=cells,
    )


def _state(text: str, faults: list[tuple[str, str]]) -> str:
    wanted = text.casefold()
    for status in Status:
        if wanted in {status.value, str(status.label).casefold()}:
            return status.value
    if text:
        names = ", ".join(f"«{status.label}»" for status in TARGETS)
        faults.append(
            (STATE, _("There is no such state. You can set: %(names)s.") % {"names": names})
        )
    return ""


def _read(text: str, formats: Sequence[str]) -> datetime | None:
    for one in formats:
        try:
            # Made aware by the caller, in the city's zone.
            return datetime.strptime(text, one)  # noqa: DTZ007
        except ValueError:
            continue
    return None
