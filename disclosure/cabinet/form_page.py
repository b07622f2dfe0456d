"""A form of the standard as fields of a page: drawn from its definition, read back as content."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms.boundfield import BoundField
from django.forms.utils import ErrorList
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from accounts import uploads
from disclosure.forms_standard.checking import (
    MOST_ROWS,
    Content,
    Fault,
    Place,
    is_table_asked,
)
from disclosure.forms_standard.definition import NUMBERS, Field, Form, Table, Type
from disclosure.publications.contents import shown

# What a browser may send for one value; the definition's own limit is told beside the field.
LONGEST = 5000
# Beyond so many rows a page is no place to type: a table is sent as a file.
PAGE_ROWS = 100
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Row:
    """A row of a table on the page."""

    number: int
    cells: list[BoundField]

    @property
    def label(self) -> str:
        """«Row 2»."""
        return _("Row %(number)d") % {"number": self.number + 1}


@dataclass(frozen=True)
class TableOnPage:
    """A table on the page with its rows."""

    table: Table
    rows: list[Row]
    errors: list[str]
    is_full: bool


@dataclass
class FormPage:
    """What the template draws; `form` serves the error summary."""

    form: forms.Form
    fields: list[BoundField]
    tables: list[TableOnPage]
    hidden_rows: dict[str, int] = field(default_factory=dict)


def build(
    form: Form,
    content: Content,
    *,
    kind: str,
    faults: Iterable[Fault] = (),
    adding: str = "",
) -> FormPage:
    """
    Return the page of a form that shows `content`, with `faults` beside their fields.

    `adding` names the table that gets one empty row more.
    """
    made = forms.Form(use_required_attribute=False)
    for each in form.fields:
        if not each.kinds or kind in each.kinds:
            made.fields[each.code] = _input(each, content.fields.get(each.code, ""), form.fields)
    tables = [table for table in form.tables if is_table_asked(table, kind=kind)]
    counts: dict[str, int] = {}
    for table in tables:
        rows = content.tables.get(table.code, [])
        more = 1 if table.code == adding or (table.required and not rows) else 0
        counts[table.code] = min(len(rows) + more, MOST_ROWS)
        for number in range(counts[table.code]):
            row = rows[number] if number < len(rows) else {}
            for each in table.fields:
                if not each.kinds or kind in each.kinds:
                    place = Place(code=each.code, table=table.code, row=number)
                    made.fields[place.name] = _input(each, row.get(each.code, ""), table.fields)
    of_tables = _put_errors(made, faults)
    return FormPage(
        form=made,
        fields=[made[each.code] for each in form.fields if each.code in made.fields],
        tables=[
            TableOnPage(
                table=table,
                rows=[
                    Row(number, list(_cells(made, table, number)))
                    for number in range(counts[table.code])
                ],
                errors=of_tables.get(table.code, []),
                is_full=counts[table.code] >= PAGE_ROWS,
            )
            for table in tables
        ],
        hidden_rows=counts,
    )


def _cells(made: forms.Form, table: Table, number: int) -> Iterator[BoundField]:
    for each in table.fields:
        name = Place(code=each.code, table=table.code, row=number).name
        if name in made.fields:
            yield made[name]


def _put_errors(made: forms.Form, faults: Iterable[Fault]) -> dict[str, list[str]]:
    """Put faults beside their fields and return those of whole tables."""
    of_tables: dict[str, list[str]] = {}
    for fault in faults:
        if fault.place.name in made.fields:
            errors = made.errors.setdefault(fault.place.name, ErrorList())
            errors.append(fault.message)
        elif fault.place.table:
            of_tables.setdefault(fault.place.table, []).append(fault.message)
    return of_tables


def _input(each: Field, value: str, siblings: Iterable[Field]) -> forms.Field:
    made: forms.Field
    attrs: dict[str, str] = {"autocomplete": "off"}
    if each.type is Type.CHOICE:
        made = forms.ChoiceField(choices=[("", "—"), *each.choices])
    elif each.type is Type.YES_NO:
        made = forms.ChoiceField(choices=[("", "—"), ("yes", _("Yes")), ("no", _("No"))])
    elif each.type is Type.FILE:
        made = forms.FileField()
        made.widget = forms.FileInput(attrs={"accept": ",".join(uploads.MEDIA_TYPES)})
    elif each.type is Type.LONG:
        made = forms.CharField(widget=forms.Textarea(attrs={"rows": "3"}))
    elif each.type is Type.DATE:
        # A browser shows nothing for a date it cannot read; what a file brought must be seen.
        as_date = not value or _ISO.fullmatch(value)
        attrs |= {"type": "date" if as_date else "text", "class": "short"}
        made = forms.CharField(widget=forms.TextInput(attrs=attrs))
    else:
        made = forms.CharField(widget=forms.TextInput(attrs=attrs | _how_typed(each)))
    made.required = each.required
    made.label = f"{each.name}, {each.unit}" if each.unit else each.name
    made.help_text = " ".join(filter(None, (each.hint, _when(each, siblings))))
    made.initial = value
    return made


def _how_typed(each: Field) -> dict[str, str]:
    match each.type:
        case Type.PHONE:
            return {"type": "tel"}
        case Type.EMAIL:
            return {"type": "email", "inputmode": "email"}
        case Type.URL:
            return {"inputmode": "url"}
        case Type.INTEGER | Type.YEAR | Type.INN | Type.OGRN:
            return {"inputmode": "numeric", "class": "short"}
        case kind if kind in NUMBERS:
            return {"inputmode": "decimal", "class": "short"}
    return {}


def _when(each: Field, siblings: Iterable[Field]) -> str:
    """Return in words when the field is asked at all."""
    if each.when is None:
        return ""
    other = next(field for field in siblings if field.code == each.when.field)
    words = [shown(value, other) for value in each.when.is_one_of]
    return _("Only if «%(field)s» is: %(values)s.") % {
        "field": other.name,
        "values": ", ".join(words),
    }


def read(form: Form, posted: QueryDict, *, kind: str) -> Content:
    """Return what was typed, files aside: a file's hidden input names the one already there."""
    fields = {
        each.code: posted.get(each.code, "")[:LONGEST]
        for each in form.fields
        if not each.kinds or kind in each.kinds
    }
    tables: dict[str, list[dict[str, str]]] = {}
    for table in form.tables:
        if not is_table_asked(table, kind=kind):
            continue
        said = posted.get(f"rows-{table.code}", "0")
        count = int(said) if said.isdecimal() and len(said) < 5 else 0
        tables[table.code] = [
            {
                each.code: posted.get(Place(code=each.code, table=table.code, row=row).name, "")[
                    :LONGEST
                ]
                for each in table.fields
            }
            for row in range(min(count, MOST_ROWS))
        ]
    for place, text in list(_file_places(form, Content(fields, tables))):
        name = place.name
        kept = "" if posted.get(f"{name}-remove") else posted.get(f"{name}-kept", "")
        _put(fields, tables, place, kept[:LONGEST] or text)
    return Content(fields, tables)


def _put(
    fields: dict[str, str], tables: Mapping[str, list[dict[str, str]]], place: Place, text: str
) -> None:
    target = tables[place.table][place.row] if place.table else fields
    target[place.code] = text


def _file_places(form: Form, content: Content) -> Iterator[tuple[Place, str]]:
    for table, each in form.every_field():
        if each.type is not Type.FILE:
            continue
        if table is None:
            yield Place(code=each.code), ""
            continue
        for row in range(len(content.tables.get(table.code, []))):
            yield Place(code=each.code, table=table.code, row=row), ""


def new_files(
    form: Form, content: Content, files: MultiValueDict[str, UploadedFile]
) -> Iterator[tuple[Place, UploadedFile]]:
    """Yield the files that were attached, with their places."""
    for place, _text in _file_places(form, content):
        attached = files.get(place.name)
        if attached:
            yield place, attached


def put_file(content: Content, place: Place, upload_id: str) -> None:
    """Name an accepted file at its place."""
    _put(content.fields, content.tables, place, upload_id)


def without_row(content: Content, table: str, row: int) -> Content:
    """Return the content without a row."""
    rows = content.tables.get(table, [])
    return Content(
        content.fields,
        {**content.tables, table: [each for n, each in enumerate(rows) if n != row]},
    )
