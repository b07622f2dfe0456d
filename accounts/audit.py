"""What the database's triggers wrote of a row, read as a history: who changed what, and when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import ForeignKey, Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User

SHOWN = 200
# What search compares with, and the row's own number, tell a reader nothing.
_SILENT = ("search", "pgh_")
_FIRST_OR_LAST = {"insert", "filed", "delete"}


@dataclass(frozen=True)
class Table:
    """An audit table, and the column that names the row whose history is asked for."""

    label: str
    column: str = "pgh_obj_id"


@dataclass(frozen=True, kw_only=True)
class Change:
    """A column: its name and its values in words; "" is nothing."""

    term: str
    before: str
    after: str


@dataclass(kw_only=True)
class Entry:
    """One change of one row. `who` is "" where no account was at work: a command or a task."""

    at: datetime
    # Of one transaction all have one moment: the order of writing tells them apart.
    place: int
    what: str
    verb: str
    who: str
    because: str
    changes: list[Change] = field(default_factory=list)


def history(pk: object, tables: Iterable[Table]) -> list[Entry]:
    """Return the newest changes first, at most SHOWN of each table; queries do not grow."""
    entries: list[Entry] = []
    for table in tables:
        audit = apps.get_model(table.label)
        rows = list(
            audit._default_manager.filter(**{table.column: pk})
            .select_related("pgh_context")
            .order_by("-pgh_id")[:SHOWN]
        )
        entries += _entries(audit, rows)
    return sorted(entries, key=lambda entry: (entry.at, entry.place), reverse=True)[:SHOWN]


def _entries(audit: type[Model], rows: Sequence[Any]) -> list[Entry]:
    columns = [
        column
        for column in audit._meta.concrete_fields
        if column.name != "id" and not column.name.startswith(_SILENT)
    ]
    words = _Words(rows, columns)
    before: dict[object, Any] = {}
    found = []
    for row in reversed(rows):
        old = before.get(row.pgh_obj_id)
        before[row.pgh_obj_id] = row
        found.append(
            Entry(
                at=row.pgh_created_at,
                place=row.pgh_id,
                what=str(audit.pgh_tracked_model._meta.verbose_name),  # type: ignore[attr-defined]
                verb=_verb(row.pgh_label),
                who=words.who(row),
                because=_because(row),
                changes=list(words.changes(old, row)),
            )
        )
    return found


def _verb(label: str) -> str:
    names = {
        "insert": pgettext("audit", "entered"),
        "filed": pgettext("audit", "entered"),
        "delete": pgettext("audit", "deleted"),
    }
    return names.get(label, pgettext("audit", "changed"))


def _because(row: Any) -> str:
    """Return what else is known of the cause, in words; "" for a save by hand."""
    known = (row.pgh_context.metadata or {}) if row.pgh_context else {}
    if "import_run" in known:
        return _("import № %(number)s") % {"number": known["import_run"]}
    if "import_conflict" in known:
        return _("conflict № %(number)s decided") % {"number": known["import_conflict"]}
    return ""


class _Words:
    """Words for what the audit keeps as values: a query for people and one for each other table."""

    def __init__(self, rows: Sequence[Any], columns: Sequence[Any]) -> None:
        self._columns = columns
        self._people: dict[Any, str] = {
            user.pk: user.get_full_name() or user.email
            for user in User.objects.filter(pk__in={_user_of(row) for row in rows} - {None})
        }
        self._named: dict[str, dict[Any, Any]] = {}
        for column in columns:
            if isinstance(column, ForeignKey):
                pks = {getattr(row, column.attname) for row in rows} - {None}
                related: Any = column.related_model
                self._named[column.attname] = related._base_manager.in_bulk(pks)

    def who(self, row: Any) -> str:
        user = _user_of(row)
        return self._people.get(user, f"№ {user}" if user else "")

    def changes(self, old: Any, row: Any) -> Iterable[Change]:
        for column in self._columns:
            before = self._word(old, column) if old is not None else ""
            after = self._word(row, column)
            if row.pgh_label == "delete":
                before, after = after, ""
            # The newest rows alone are read: what the first of them changed is not among them.
            is_known = old is not None or row.pgh_label in _FIRST_OR_LAST
            if before != after and is_known:
                yield Change(term=capfirst(str(column.verbose_name)), before=before, after=after)

    def _word(self, row: Any, column: Any) -> str:
        value = getattr(row, column.attname)
        if value is None:
            return ""
        if column.attname in self._named:
            return str(self._named[column.attname].get(value, f"№ {value}"))
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if column.choices:
            return str(dict(column.flatchoices).get(value, value))
        if hasattr(value, "lower") and hasattr(value, "upper") and not isinstance(value, str):
            first, last = (f"{day:%d.%m.%Y}" if day else "…" for day in (value.lower, value.upper))
            return f"{first} — {last}"
        return str(value)


def _user_of(row: Any) -> Any:
    return (row.pgh_context.metadata or {}).get("user") if row.pgh_context else None


class AuditedAdmin(admin.ModelAdmin):
    """A desk whose «History» shows the audit, which nobody edits, and not the desk's own log."""

    audits: Sequence[Table] = ()

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show who changed what and when; nothing on the page can be edited."""
        if not self.audits:
            return super().history_view(request, object_id, extra_context)
        row = self.get_object(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(  # type: ignore[attr-defined]
                request, self.opts, object_id
            )
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        values = {
            **self.admin_site.each_context(request),
            "title": _("History: %(name)s") % {"name": row},
            "opts": self.opts,
            "object": row,
            "entries": history(row.pk, self.audits),
            "shown": SHOWN,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/audit.html", values)
