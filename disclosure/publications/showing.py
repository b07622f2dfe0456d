"""A published form as a page shows it: values in words, tables, what changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from disclosure.forms_standard.checking import Content, is_asked, is_table_asked
from disclosure.forms_standard.definition import Field, Type
from disclosure.models import Publication
from disclosure.publications.contents import shown


@dataclass(frozen=True)
class Shown:
    """Facts of the form, its tables, and its changes since the version before."""

    facts: list[dict[str, str]]
    tables: list[dict[str, Any]]
    changes: list[dict[str, str]]


def as_shown(publication: Publication, content: Content) -> Shown:
    """Return the version in words; `form` and `company` must be loaded."""
    form, kind = publication.form.form, publication.company.kind
    facts = [
        _fact(publication, field, content.fields.get(field.code, ""))
        for field in form.fields
        if content.fields.get(field.code)
        or (field.required and is_asked(field, content.fields, kind=kind))
    ]
    tables = []
    for table in form.tables:
        rows = content.tables.get(table.code, [])
        if not rows or not is_table_asked(table, kind=kind):
            continue
        used = [field for field in table.fields if any(row.get(field.code) for row in rows)]
        tables.append(
            {
                "caption": table.name,
                "columns": [{"word": _named(field), "number": _is_number(field)} for field in used],
                "rows": [[_cell(publication, field, row) for field in used] for row in rows],
            }
        )
    return Shown(facts, tables, [_change(publication, each) for each in publication.changes])


def _named(field: Field) -> str:
    return f"{field.name}, {field.unit}" if field.unit else field.name


def _is_number(field: Field) -> bool:
    return field.type in {Type.INTEGER, Type.DECIMAL, Type.MONEY, Type.PERCENT}


def file_url(publication: Publication, upload_id: str) -> str:
    """Return the address of a document of the version; `company` must be loaded."""
    return reverse(
        "publications:file",
        args=[
            publication.company.reference,
            publication.place,
            publication.key,
            publication.version,
            upload_id,
        ],
    )


def _fact(publication: Publication, field: Field, value: str) -> dict[str, str]:
    if not value:
        return {"term": field.name, "value": _("not filled in"), "href": "", "gap": "yes"}
    if field.type is Type.FILE:
        return {
            "term": field.name,
            "value": _("Open the document"),
            "href": file_url(publication, value),
        }
    href = value if field.type is Type.URL else ""
    return {"term": field.name, "value": shown(value, field), "href": href}


def _cell(publication: Publication, field: Field, row: dict[str, str]) -> dict[str, Any]:
    value = row.get(field.code, "")
    cell: dict[str, Any] = {"label": _named(field), "number": _is_number(field), "href": ""}
    if value and field.type is Type.FILE:
        return cell | {"text": _("Document"), "href": file_url(publication, value)}
    # The unit stands in the head of the column.
    bare = shown(value, field).removesuffix(f" {field.unit}") if value else "—"
    return cell | {"text": bare}


def _change(publication: Publication, change: dict[str, Any]) -> dict[str, str]:
    form = publication.form.form
    table = form.table(change["table"]) if change["table"] else None
    field = table.field(change["code"]) if table else form.field(change["code"])
    name = field.name if field else change["code"]
    if table:
        name = f"{table.name}, {_('row')} {change['row'] + 1}: {name}"

    def words(value: str) -> str:
        if not value or field is None:
            return value
        return _("document") if field.type is Type.FILE else _safely(value, field)

    return {"name": name, "before": words(change["before"]), "after": words(change["after"])}


def _safely(value: str, field: Field) -> str:
    try:
        return shown(value, field)
    except (ValueError, ArithmeticError):
        # What the version before held was read by an older edition of the form.
        return value
