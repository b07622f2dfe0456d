"""Reading forms.toml into definitions, with every mistake named by its form."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from disclosure.forms_standard.definition import NUMBERS, Field, Form, Type, from_json

FILE = Path(__file__).with_name("forms.toml")


class Unreadable(Exception):
    """The file has mistakes; each line of the message names a form and what is wrong there."""


@dataclass(frozen=True)
class Edition:
    """A form of the file, in force from `since` until `until` (the next edition, or for ever)."""

    form: Form
    since: date
    until: date | None
    position: int


def read(path: Path = FILE) -> list[Edition]:
    """Return the editions of the file in its order; raise Unreadable."""
    try:
        stated = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise Unreadable(str(wrong)) from None
    lists = {name: [tuple(pair) for pair in pairs] for name, pairs in stated["choices"].items()}
    faults: list[str] = []
    read_forms: list[tuple[Form, date, int]] = []
    for position, each in enumerate(stated.get("form", [])):
        label = f"{each.get('code', '?')} ({each.get('since', '?')})"
        try:
            form = from_json(_expanded(each, lists))
            faults.extend(f"{label}: {fault}" for fault in _faults(form))
            read_forms.append((form, each["since"], position))
        except (KeyError, TypeError, ValueError) as wrong:
            faults.append(f"{label}: {wrong!r}")
    starts: dict[str, list[date]] = {}
    for form, since, _position in read_forms:
        starts.setdefault(form.code, []).append(since)
    for code, days in starts.items():
        if len(set(days)) != len(days):
            faults.append(f"{code}: two editions begin on one day")
    if faults:
        raise Unreadable("\n".join(faults))
    return [
        Edition(
            form=form,
            since=since,
            until=min((day for day in starts[form.code] if day > since), default=None),
            position=position,
        )
        for form, since, position in read_forms
    ]


def _expanded(stated: Mapping[str, Any], lists: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form with named lists of choices put into its fields."""

    def field(each: Mapping[str, Any]) -> dict[str, Any]:
        named = each.get("choices", ())
        return {**each, "choices": lists[named] if isinstance(named, str) else named}

    return {
        **stated,
        "fields": [field(each) for each in stated.get("fields", ())],
        "tables": [
            {**table, "fields": [field(each) for each in table["fields"]]}
            for table in stated.get("tables", ())
        ],
    }


def _faults(form: Form) -> Iterator[str]:
    if form.is_yearly != bool(form.due.month):
        yield "a yearly form has the month and day of its limit, no other has"
    if not form.is_yearly and not form.due.working_days:
        yield "says no limit"
    if not form.fields and not form.tables:
        yield "has no fields"
    for owner, fields in (("", form.fields), *((t.code, t.fields) for t in form.tables)):
        yield from _faults_of_fields(owner, fields)
    if {table.code for table in form.tables} & {field.code for field in form.fields}:
        yield "a table is called like a field"
    for rule in form.sums:
        for code in (rule.total, *(part.lstrip("-") for part in rule.parts)):
            part = form.field(code)
            if part is None or part.type not in NUMBERS - {Type.YEAR}:
                yield f"a sum names {code}, which is no number of the form"


def _faults_of_fields(owner: str, fields: Iterable[Field]) -> Iterator[str]:
    fields = list(fields)
    codes = [field.code for field in fields]
    if len(set(codes)) != len(codes):
        yield f"{owner or 'fields'}: a code stands twice"
    for field in fields:
        where = f"{owner}.{field.code}" if owner else field.code
        if "-" in field.code or not field.name:
            yield f"{where}: a code without «-» and a name are needed"
        if (field.type is Type.CHOICE) != bool(field.choices):
            yield f"{where}: a choice and only a choice has a list"
        if field.when and field.when.field not in codes:
            yield f"{where}: depends on an unknown field"
