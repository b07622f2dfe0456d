"""
The forms of all houses of a company as one workbook: a sheet a form, a row a house.

Tables and documents of a form do not fit into a row: they stay as they are, on the form's page.
The column «Версия» says which draft the row was taken from: a row that somebody changed meanwhile
is refused instead of written over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from disclosure.forms_standard.checking import Content, check
from disclosure.forms_standard.definition import Field, Form, Type
from disclosure.publications.reports import Report
from disclosure.sheets import writing
from disclosure.sheets.form_file import CellFault, told
from disclosure.sheets.reading import Limits, Line, Unreadable, lines

HOUSE, ADDRESS, MARK = "Код дома", "Дом", "Версия"
LIMITS = Limits(megabytes=15, unpacked_megabytes=150, rows=40_000)


@dataclass(frozen=True)
class Known:
    """A house's form as it stands: what is filled in, and the mark of its draft or version."""

    report: Report
    content: Content
    mark: str


@dataclass
class TakenHouses:
    """What the file changes, or the faults that stopped it."""

    changed: list[tuple[Known, Content]] = field(default_factory=list)
    faults: list[CellFault] = field(default_factory=list)
    rows: int = 0


def to_xlsx(known: Sequence[Known]) -> bytes:
    """Return the workbook with what is filled in already."""
    sheets: dict[str, list[list[writing.Cell]]] = {}
    for each in known:
        columns = list(_columns(each.report.form, each.report.company.kind))
        if not columns:
            continue
        rows = sheets.setdefault(
            each.report.key, [[HOUSE, ADDRESS, MARK, *(_title(column) for column in columns)]]
        )
        house = each.report.building
        start: list[writing.Cell] = [
            each.report.place,
            house.address if house else "",
            each.mark,
        ]
        rows.append([*start, *(told(each.content.fields, column) for column in columns)])
    return writing.workbook(writing.Sheet(*one) for one in sheets.items())


def _columns(form: Form, kind: str) -> Iterator[Field]:
    for each in form.fields:
        if each.type is not Type.FILE and (not each.kinds or kind in each.kinds):
            yield each


def _title(column: Field) -> str:
    return f"{column.name}, {column.unit}" if column.unit else column.name


def read(data: bytes, known: Sequence[Known]) -> TakenHouses:
    """
    Return what the workbook changes; with any fault, nothing.

    Raise Unreadable for what is no such file. A sheet or a column that is not there leaves what it
    would name as it is; an empty cell empties its value.
    """
    by_place = {(each.report.key, each.report.place): each for each in known}
    forms = {each.report.key: each for each in known}
    taken = TakenHouses()
    sheets: dict[str, list[Line]] = {}
    for line in lines(data, LIMITS):
        sheets.setdefault(line.sheet, []).append(line)
    for title, (head, *body) in sheets.items():
        if title not in forms:
            taken.faults.append(
                CellFault(head.address(0), _("There is no such form: leave the sheets' names."))
            )
            continue
        sample = forms[title].report
        columns = _read_head(head, list(_columns(sample.form, sample.company.kind)), taken)
        if HOUSE not in columns or MARK not in columns:
            continue
        seen: set[str] = set()
        for line in body:
            place = _cell(line, columns[HOUSE])
            each = by_place.get((title, place))
            if each is None:
                message = _("The company does not run this house, or it has no such form.")
            elif place in seen:
                message = _("This house stands twice.")
            else:
                seen.add(place)
                taken.rows += 1
                _read_row(line, columns, each, taken)
                continue
            taken.faults.append(CellFault(line.address(columns[HOUSE]), message))
    if not taken.rows and not taken.faults:
        raise Unreadable(_("No house of the company was found in the file. Take the template."))
    if taken.faults:
        taken.changed = []
    return taken


def _read_head(head: Line, wanted: list[Field], taken: TakenHouses) -> dict[str, int]:
    names = {name.lower(): name for name in (HOUSE, ADDRESS, MARK)}
    for each in wanted:
        names |= {each.code.lower(): each.code, each.name.lower(): each.code}
        names[_title(each).lower()] = each.code
    found: dict[str, int] = {}
    for column, text in enumerate(head.cells):
        name = names.get(text.strip().lower())
        if name is None:
            if text:
                taken.faults.append(CellFault(head.address(column), _("Unknown column.")))
        elif name in found:
            taken.faults.append(CellFault(head.address(column), _("This column stands twice.")))
        else:
            found[name] = column
    taken.faults += [
        CellFault(head.address(0), _("No column «%(name)s».") % {"name": name})
        for name in (HOUSE, MARK)
        if name not in found
    ]
    return found


def _read_row(line: Line, columns: Mapping[str, int], known: Known, taken: TakenHouses) -> None:
    if _cell(line, columns[MARK]) != known.mark:
        taken.faults.append(
            CellFault(
                line.address(columns[MARK]),
                _("Somebody changed this form since the file was taken. Take the file again."),
            )
        )
        return
    fields = dict(known.content.fields)
    cells = {}
    for code, column in columns.items():
        if code not in (HOUSE, ADDRESS, MARK):
            fields[code] = _cell(line, column)
            cells[code] = line.address(column)
    content = Content(fields, known.content.tables)
    checked = check(known.report.form, content, kind=known.report.company.kind)
    for fault in checked.errors:
        if fault.place.name in cells:
            taken.faults.append(CellFault(cells[fault.place.name], fault.message))
    if any(
        _canonical(checked.content, code) != known.content.fields.get(code, "") for code in cells
    ):
        taken.changed.append((known, content))


def _canonical(content: Content, code: str) -> str:
    return content.fields.get(code, "")


def _cell(line: Line, column: int) -> str:
    return line.cells[column].strip() if column < len(line.cells) else ""
