"""
A form as a file: the template a company downloads, and the same file read back.

XLSX: the sheet «Форма» with a row for each field, then a sheet for each table. CSV: one long table
with the columns table, row, code, name, value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from disclosure.forms_standard.checking import MOST_ROWS, Content, Place, check, is_table_asked
from disclosure.forms_standard.definition import Field, Form, Table, Type
from disclosure.publications.contents import shown
from disclosure.sheets import writing
from disclosure.sheets.reading import Line, Unreadable, lines

MAIN_SHEET = "Форма"
CODE, NAME, VALUE, UNIT = "Код", "Показатель", "Значение", "Единица"
TABLE, ROW = "Таблица", "Строка"


@dataclass(frozen=True)
class CellFault:
    """What is wrong with a cell, by its address in the file."""

    address: str
    message: str


@dataclass
class Taken:
    """What a file says: content with the cells it came from, or the faults that stopped it."""

    content: Content
    faults: list[CellFault] = field(default_factory=list)
    filled: int = 0


def to_xlsx(form: Form, content: Content, *, kind: str) -> bytes:
    """Return the form's file with what is filled in."""
    sheets: list[writing.Sheet] = []
    if form.fields:
        rows: list[list[writing.Cell]] = [[CODE, NAME, VALUE, UNIT]]
        rows += [
            [each.code, each.name, told(content.fields, each), each.unit]
            for each in _asked(form.fields, kind)
        ]
        sheets.append(writing.Sheet(MAIN_SHEET, rows))
    for table in form.tables:
        if is_table_asked(table, kind=kind):
            columns = list(_asked(table.fields, kind))
            rows = [[each.name for each in columns]]
            rows += [
                [told(row, each) for each in columns] for row in content.tables.get(table.code, [])
            ]
            sheets.append(writing.Sheet(table.name, rows))
    return writing.workbook(sheets)


def to_csv(form: Form, content: Content, *, kind: str) -> bytes:
    """Return the form's file as one long table."""
    rows: list[list[writing.Cell]] = [[TABLE, ROW, CODE, NAME, VALUE]]
    rows += [
        ["", "", each.code, each.name, told(content.fields, each)]
        for each in _asked(form.fields, kind)
    ]
    for table in form.tables:
        if not is_table_asked(table, kind=kind):
            continue
        for number, row in enumerate(content.tables.get(table.code) or [{}], start=1):
            rows += [
                [table.code, str(number), each.code, each.name, told(row, each)]
                for each in _asked(table.fields, kind)
            ]
    return writing.csv_file(rows)


def _asked(fields: tuple[Field, ...], kind: str) -> Iterator[Field]:
    # A document cannot lie in a cell: it is attached on the form's page.
    for each in fields:
        if each.type is not Type.FILE and (not each.kinds or kind in each.kinds):
            yield each


def told(values: Mapping[str, str], each: Field) -> str:
    """Return the value as a person writes it in a cell."""
    text = values.get(each.code, "")
    if each.type not in {Type.CHOICE, Type.YES_NO, Type.DATE}:
        return text
    try:
        return shown(text, each)
    except ValueError:
        return text


def read(form: Form, data: bytes, *, kind: str, keep: Content) -> Taken:
    """
    Return what the file says. A file with any fault gives no content at all.

    What the file does not name stays as in `keep`; a table that it names is replaced, its
    documents stay in their rows. Raise Unreadable for what is no such file.
    """
    fields = dict(keep.fields)
    tables: dict[str, list[dict[str, str]]] = {}
    cells: dict[str, str] = {}
    faults: list[CellFault] = []
    sheets: dict[str, list[Line]] = {}
    for line in lines(data):
        sheets.setdefault(line.sheet, []).append(line)
    if not sheets:
        raise Unreadable(_("The file is empty."))
    for title, rows in sheets.items():
        table = _table_of(form, title)
        if table is not None:
            _read_table(table, rows, tables, cells, faults)
        else:
            _read_long(form, rows, fields, tables, cells, faults)
    for code, rows_read in tables.items():
        _keep_documents(form.table(code), keep.tables.get(code, []), rows_read)
    content = Content(fields, {**keep.tables, **tables})
    for fault in check(form, content, kind=kind).errors:
        if fault.place.name in cells:
            faults.append(CellFault(cells[fault.place.name], fault.message))
        elif fault.place.table in tables and not fault.place.code:
            faults.append(CellFault(fault.place.table, fault.message))
    if not cells and not faults:
        raise Unreadable(_("No value of this form was found in the file. Take the template."))
    return Taken(Content() if faults else content, faults, filled=len(cells))


def _table_of(form: Form, title: str) -> Table | None:
    for table in form.tables:
        if title and title in {table.code, table.name[:31].strip("' ")}:
            return table
    return None


def _columns(line: Line, wanted: dict[str, str], faults: list[CellFault]) -> dict[int, str]:
    """Return which column holds what; a column may stand anywhere, but only once."""
    found: dict[int, str] = {}
    for column, text in enumerate(line.cells):
        code = wanted.get(text.strip().lower())
        if code is None:
            if text:
                faults.append(CellFault(line.address(column), _("Unknown column.")))
        elif code in found.values():
            faults.append(CellFault(line.address(column), _("This column stands twice.")))
        else:
            found[column] = code
    return found


def _read_table(
    table: Table,
    rows: list[Line],
    tables: dict[str, list[dict[str, str]]],
    cells: dict[str, str],
    faults: list[CellFault],
) -> None:
    head, *body = rows
    wanted = {name.lower(): each.code for each in table.fields for name in (each.code, each.name)}
    columns = _columns(head, wanted, faults)
    faults.extend(
        CellFault(head.address(0), _("No column «%(name)s».") % {"name": each.name})
        for each in table.fields
        if each.required and each.type is not Type.FILE and each.code not in columns.values()
    )
    if len(body) > MOST_ROWS:
        faults.append(
            CellFault(
                body[MOST_ROWS].address(0), _("At most %(count)d rows.") % {"count": MOST_ROWS}
            )
        )
        return
    tables[table.code] = []
    for number, line in enumerate(body):
        row: dict[str, str] = {}
        for column, code in columns.items():
            row[code] = line.cells[column] if column < len(line.cells) else ""
            cells[Place(code=code, table=table.code, row=number).name] = line.address(column)
        tables[table.code].append(row)


def _read_long(
    form: Form,
    rows: list[Line],
    fields: dict[str, str],
    tables: dict[str, list[dict[str, str]]],
    cells: dict[str, str],
    faults: list[CellFault],
) -> None:
    head, *body = rows
    wanted = {name.lower(): name for name in (CODE, NAME, VALUE, UNIT, TABLE, ROW)}
    columns = {name: column for column, name in _columns(head, wanted, faults).items()}
    if CODE not in columns or VALUE not in columns:
        missing = CODE if CODE not in columns else VALUE
        faults.append(CellFault(head.address(0), _("No column «%(name)s».") % {"name": missing}))
        return

    def at(line: Line, name: str) -> str:
        column = columns.get(name, -1)
        return line.cells[column].strip() if 0 <= column < len(line.cells) else ""

    for line in body:
        code, value = at(line, CODE), at(line, VALUE)
        table = form.table(at(line, TABLE)) if at(line, TABLE) else None
        known = table.field(code) if table else form.field(code)
        number = at(line, ROW) or "1"
        if known is None or (at(line, TABLE) and table is None):
            faults.append(CellFault(line.address(columns[CODE]), _("No such field in the form.")))
            continue
        if table and not (number.isdecimal() and 1 <= int(number[:6]) <= MOST_ROWS):
            faults.append(CellFault(line.address(columns[ROW]), _("Write the number of the row.")))
            continue
        place = Place(
            code=code, table=table.code if table else "", row=int(number) - 1 if table else 0
        )
        if place.name in cells:
            faults.append(CellFault(line.address(columns[CODE]), _("This field stands twice.")))
            continue
        cells[place.name] = line.address(columns[VALUE])
        if table is None:
            fields[code] = value
            continue
        found = tables.setdefault(table.code, [])
        while len(found) <= place.row:
            found.append({})
        found[place.row][code] = value


def _keep_documents(
    table: Table | None, before: list[dict[str, str]], rows: list[dict[str, str]]
) -> None:
    documents = [each.code for each in table.fields if each.type is Type.FILE] if table else []
    for old, new in zip(before, rows, strict=False):
        for code in documents:
            if old.get(code):
                new.setdefault(code, old[code])
