"""Checking what was written in a form: a pure function from texts to values and faults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from disclosure.forms_standard.definition import Field, Form, Sum, Table
from disclosure.forms_standard.field_types import Invalid, is_stub, parse

MOST_ROWS = 300
# A fault of a sum names its parts while they are few.
_NAMED = 3


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a value stands; outside tables `table` is "" and `row` 0."""

    code: str
    table: str = ""
    row: int = 0

    @property
    def name(self) -> str:
        """The name of the input: «inn», «licenses-0-license_number»."""
        return f"{self.table}-{self.row}-{self.code}" if self.table else self.code


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong at a place; without a place it is about the whole table or form."""

    place: Place
    message: str
    is_warning: bool = False
    is_missing: bool = False


@dataclass(frozen=True)
class Content:
    """Texts of a form: of fields outside tables, and rows of each table."""

    fields: dict[str, str] = field(default_factory=dict)
    tables: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> Content:
        """Return the content that `as_json` gave."""
        stored = stored or {}
        return cls(dict(stored.get("fields", {})), dict(stored.get("tables", {})))

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values, empty texts and empty rows left out."""
        return {
            "fields": {code: text for code, text in self.fields.items() if text},
            "tables": {
                code: kept
                for code, rows in self.tables.items()
                if (kept := [filled for row in rows if (filled := _filled(row))])
            },
        }

    def text(self, place: Place) -> str:
        """Return what stands at the place, or ""."""
        if not place.table:
            return self.fields.get(place.code, "")
        rows = self.tables.get(place.table, [])
        return rows[place.row].get(place.code, "") if place.row < len(rows) else ""


@dataclass(frozen=True)
class Checked:
    """Canonical values of all that could be read, and the faults of the rest."""

    content: Content
    faults: list[Fault]

    @property
    def errors(self) -> list[Fault]:
        """What stops a publication: values that are wrong."""
        return [fault for fault in self.faults if not (fault.is_warning or fault.is_missing)]

    @property
    def missing(self) -> list[Fault]:
        """
        What is required and not there.

        It lowers the completeness and stops nothing: half of the facts serve a resident better
        than none.
        """
        return [fault for fault in self.faults if fault.is_missing]

    @property
    def warnings(self) -> list[Fault]:
        """What is told and stops nothing."""
        return [fault for fault in self.faults if fault.is_warning]


def _filled(row: Mapping[str, str]) -> dict[str, str]:
    return {code: text for code, text in row.items() if text and text.strip()}


def is_asked(asked: Field, values: Mapping[str, str], *, kind: str) -> bool:
    """Whether the field applies to this kind of company beside these canonical values."""
    if asked.kinds and kind not in asked.kinds:
        return False
    return asked.when is None or values.get(asked.when.field, "") in asked.when.is_one_of


def is_table_asked(table: Table, *, kind: str) -> bool:
    """Whether the table applies to this kind of company."""
    return not table.kinds or kind in table.kinds


def check(form: Form, content: Content, *, kind: str) -> Checked:
    """
    Read every text by its type, then judge what is required and the sums.

    A field that does not apply is dropped: what a hidden question once held is not published.
    """
    faults: list[Fault] = []
    fields = _row(form.fields, content.fields, Place(code=""), faults, kind=kind)
    tables: dict[str, list[dict[str, str]]] = {}
    for table in form.tables:
        if is_table_asked(table, kind=kind):
            tables[table.code] = list(_rows(table, content, faults, kind=kind))
    for rule in form.sums:
        faults.extend(_unequal(rule, form, fields))
    return Checked(Content(fields, tables), faults)


def _rows(
    table: Table, content: Content, faults: list[Fault], *, kind: str
) -> Iterator[dict[str, str]]:
    rows = content.tables.get(table.code, [])
    if len(rows) > MOST_ROWS:
        message = _("At most %(count)d rows.") % {"count": MOST_ROWS}
        faults.append(Fault(place=Place(code="", table=table.code), message=message))
        rows = rows[:MOST_ROWS]
    empty = True
    for number, row in enumerate(rows):
        if _filled(row):
            empty = False
            place = Place(code="", table=table.code, row=number)
            yield _row(table.fields, row, place, faults, kind=kind)
    if table.required and empty:
        faults.append(
            Fault(
                place=Place(code="", table=table.code),
                message=_("Fill in at least one row."),
                is_missing=True,
            )
        )


def _row(
    fields: tuple[Field, ...],
    texts: Mapping[str, str],
    at: Place,
    faults: list[Fault],
    *,
    kind: str,
) -> dict[str, str]:
    read: dict[str, str] = {}
    broken: set[str] = set()
    for each in fields:
        try:
            read[each.code] = parse(texts.get(each.code, ""), each)
        except Invalid as wrong:
            broken.add(each.code)
            place = Place(code=each.code, table=at.table, row=at.row)
            faults.append(Fault(place=place, message=str(wrong)))
    kept: dict[str, str] = {}
    for each in fields:
        if each.code in broken or not is_asked(each, read, kind=kind):
            continue
        value = read[each.code]
        place = Place(code=each.code, table=at.table, row=at.row)
        if value and not is_stub(value, each):
            kept[each.code] = value
        elif each.required:
            message = _("Fill this in.") if not value else _("This is no answer: fill it in.")
            faults.append(Fault(place=place, message=message, is_missing=True))
    return kept


def _unequal(rule: Sum, form: Form, values: Mapping[str, str]) -> Iterator[Fault]:
    codes = [part.lstrip("-") for part in rule.parts]
    if not all(values.get(code) for code in (rule.total, *codes)):
        return
    due = sum(
        (Decimal(values[part.lstrip("-")]) * (-1 if part[0] == "-" else 1) for part in rule.parts),
        Decimal(0),
    )
    if abs(due - Decimal(values[rule.total])) <= Decimal(rule.tolerance):
        return
    told = number_format(due, use_l10n=True, force_grouping=True)
    names = [part.name for code in codes if (part := form.field(code))]
    message = (
        _("The parts give %(sum)s: %(parts)s.")
        % {"sum": told, "parts": ", ".join(f"«{name}»" for name in names)}
        if len(names) <= _NAMED
        else _("The parts below give %(sum)s.") % {"sum": told}
    )
    yield Fault(place=Place(code=rule.total), message=message, is_warning=rule.is_warning)
