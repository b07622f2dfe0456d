"""
A form of the standard as a value: fields, tables, sums, and the day by which it must be there.

Kept in the database as JSON of this shape; rules, pages, uploads and exports read only this.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Type(StrEnum):
    """How a value is written and checked; see field_types."""

    TEXT = "text"
    LONG = "long"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    PERCENT = "percent"
    YEAR = "year"
    DATE = "date"
    INN = "inn"
    OGRN = "ogrn"
    PHONE = "phone"
    EMAIL = "email"
    URL = "url"
    CHOICE = "choice"
    YES_NO = "yes_no"
    FILE = "file"


NUMBERS = frozenset({Type.INTEGER, Type.DECIMAL, Type.MONEY, Type.PERCENT, Type.YEAR})


class Subject(StrEnum):
    """Whom a form describes."""

    COMPANY = "company"
    HOUSE = "house"


class Filler(StrEnum):
    """Who knows the value first; the company may correct what the registry says."""

    COMPANY = "company"
    REGISTRY = "registry"


@dataclass(frozen=True, kw_only=True)
class Condition:
    """The field is asked only where another field of the same row or form has one of the values."""

    field: str
    is_one_of: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Field:
    """One value of a form. `kinds` empty: asked of every kind of company."""

    code: str
    name: str
    type: Type
    hint: str = ""
    unit: str = ""
    required: bool = False
    filled_by: Filler = Filler.COMPANY
    choices: tuple[tuple[str, str], ...] = ()
    when: Condition | None = None
    kinds: tuple[str, ...] = ()
    low: str = ""
    high: str = ""
    longest: int = 500
    weight: int = 1
    clause: str = ""

    @property
    def least(self) -> Decimal | None:
        """The smallest number allowed."""
        return Decimal(self.low) if self.low else None

    @property
    def most(self) -> Decimal | None:
        """The largest number allowed."""
        return Decimal(self.high) if self.high else None


@dataclass(frozen=True, kw_only=True)
class Table:
    """A group of fields that repeats: licences, lifts, works."""

    code: str
    name: str
    fields: tuple[Field, ...]
    hint: str = ""
    required: bool = False
    kinds: tuple[str, ...] = ()
    weight: int = 1

    def field(self, code: str) -> Field | None:
        """Return the column, or None."""
        return next((field for field in self.fields if field.code == code), None)


@dataclass(frozen=True, kw_only=True)
class Sum:
    """
    `total` must equal the sum of `parts`; a part that begins with «-» is taken away.

    Judged when the total and every part are filled. `is_warning`: told, but does not stop.
    """

    total: str
    parts: tuple[str, ...]
    tolerance: str = "0.01"
    is_warning: bool = False


@dataclass(frozen=True, kw_only=True)
class Due:
    """
    When the form must be there.

    A yearly form about year Y: by `month`-`day` of Y+1. Any other: `working_days` after the
    duty began, and confirmed again at least every `confirm_months`.
    """

    month: int = 0
    day: int = 0
    working_days: int = 0
    confirm_months: int = 12


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form of the standard in one edition."""

    code: str
    title: str
    subject: Subject
    due: Due
    fields: tuple[Field, ...] = ()
    tables: tuple[Table, ...] = ()
    sums: tuple[Sum, ...] = ()
    hint: str = ""
    is_yearly: bool = False
    kinds: tuple[str, ...] = ()
    clause: str = ""
    confidence: str = "check"

    def field(self, code: str) -> Field | None:
        """Return the field outside tables, or None."""
        return next((field for field in self.fields if field.code == code), None)

    def table(self, code: str) -> Table | None:
        """Return the table, or None."""
        return next((table for table in self.tables if table.code == code), None)

    def every_field(self) -> Iterator[tuple[Table | None, Field]]:
        """Yield each field with its table (None outside tables), in the order of the form."""
        for field in self.fields:
            yield None, field
        for table in self.tables:
            for field in table.fields:
                yield table, field


def to_json(form: Form) -> dict[str, Any]:
    """Return the form as plain JSON values."""
    return json.loads(json.dumps(asdict(form), ensure_ascii=False))


def digest(form: Form) -> str:
    """Return what tells two definitions apart."""
    plain = json.dumps(to_json(form), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()


def _known(kind: type, values: Mapping[str, Any]) -> dict[str, Any]:
    # A row written by a newer portal may carry more than this one knows.
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in values.items() if name in names}


def _field(values: Mapping[str, Any]) -> Field:
    known = _known(Field, values)
    when = known.get("when")
    return Field(
        **{
            **known,
            "type": Type(known["type"]),
            "filled_by": Filler(known.get("filled_by", Filler.COMPANY)),
            "choices": tuple((code, name) for code, name in known.get("choices", ())),
            "kinds": tuple(known.get("kinds", ())),
            "when": Condition(field=when["field"], is_one_of=tuple(when["is_one_of"]))
            if when
            else None,
        }
    )


def from_json(values: Mapping[str, Any]) -> Form:
    """Return the form that `to_json` wrote."""
    known = _known(Form, values)
    return Form(
        **{
            **known,
            "subject": Subject(known["subject"]),
            "due": Due(**_known(Due, known["due"])),
            "fields": tuple(_field(each) for each in known.get("fields", ())),
            "tables": tuple(
                Table(
                    **{
                        **_known(Table, each),
                        "fields": tuple(_field(column) for column in each["fields"]),
                        "kinds": tuple(each.get("kinds", ())),
                    }
                )
                for each in known.get("tables", ())
            ),
            "sums": tuple(
                Sum(**{**_known(Sum, each), "parts": tuple(each["parts"])})
                for each in known.get("sums", ())
            ),
            "kinds": tuple(known.get("kinds", ())),
        }
    )
