"""What differs between two contents of a form: a pure function."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from disclosure.forms_standard.checking import Content, Place
from disclosure.forms_standard.definition import Form


@dataclass(frozen=True, kw_only=True)
class Change:
    """One value that differs; canonical texts, "" where there is none."""

    code: str
    before: str
    after: str
    table: str = ""
    row: int = 0

    @property
    def place(self) -> Place:
        """Where the value stands."""
        return Place(code=self.code, table=self.table, row=self.row)

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


def between(form: Form, before: Content, after: Content) -> list[Change]:
    """Return what differs, in the order of the form; rows are compared by their place."""
    return list(_changes(form, before, after))


def _changes(form: Form, before: Content, after: Content) -> Iterator[Change]:
    for field in form.fields:
        old, new = before.fields.get(field.code, ""), after.fields.get(field.code, "")
        if old != new:
            yield Change(code=field.code, before=old, after=new)
    for table in form.tables:
        was, now = before.tables.get(table.code, []), after.tables.get(table.code, [])
        for row in range(max(len(was), len(now))):
            for field in table.fields:
                place = Place(code=field.code, table=table.code, row=row)
                old, new = before.text(place), after.text(place)
                if old != new:
                    yield Change(code=field.code, before=old, after=new, table=table.code, row=row)
