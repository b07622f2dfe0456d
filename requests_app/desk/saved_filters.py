"""Filters under a name: each operator's own, and those that colleagues share."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, models, transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.actors import Operator
from requests_app.desk import tabs
from requests_app.desk.filters import WorkListFilter
from requests_app.models import Request, SavedFilter
from requests_app.querysets import RequestQuerySet
from requests_app.typed_text import one_line

AT_MOST = 50
# What is typed into the search box is left out: it may be a person's name or phone.
KEPT = frozenset({"tab", *WorkListFilter.base_filters})


class CannotSave(ValueError):
    """The filter is not kept; the message is for people. `field`: name, tab, or one it narrows."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def kept_part(asked: QueryDict) -> str:
    """Return the part of the list's address that a filter keeps, always in one order."""
    kept = QueryDict(mutable=True)
    for name, values in sorted(asked.lists()):
        filled = [value for value in values if value]
        if name in KEPT and filled:
            kept.setlist(name, filled)
    return kept.urlencode()


def usable_by(by: Operator) -> models.QuerySet[SavedFilter]:
    """Return the operator's filters and the shared ones, by name, each with its owner."""
    return SavedFilter.objects.usable_by(by.id).select_related("owner").order_by("name", "id")


def narrowed(
    saved: SavedFilter, rows: RequestQuerySet, *, by: Operator, at: datetime
) -> tuple[RequestQuerySet, tuple[str, ...]]:
    """
    Return those of `rows` that the filter keeps, and the order of its view.

    Raise CannotSave where what it names is gone, as a matter that is no more.
    """
    asked = QueryDict(saved.query)
    tab = tabs.BY_CODE.get(asked.get("tab", ""), tabs.DEFAULT)
    return _read(asked, tab.narrow(rows, by, at)).qs, tab.order


def save(asked: QueryDict, *, name: str, is_shared: bool, by: Operator) -> tuple[SavedFilter, bool]:
    """
    Keep the filter under a name; one of that name is replaced.

    Return it and whether it is a new one. Raise CannotSave.
    """
    name, query = _named(name), kept_part(asked)
    if not query:
        raise CannotSave("", _("Nothing is filtered: there is nothing to keep."))
    if len(query) > 1000:
        raise CannotSave("", _("The filter is too long to keep."))
    if asked.get("tab") and asked["tab"] not in tabs.BY_CODE:
        raise CannotSave("tab", _("The list has no such view."))
    _read(QueryDict(query), Request.objects.none())
    with transaction.atomic():
        others = SavedFilter.objects.filter(owner_id=by.id).exclude(name=name)
        if others.count() >= AT_MOST:
            raise CannotSave("name", _("You have 50 filters already: delete one first."))
        return SavedFilter.objects.update_or_create(
            owner_id=by.id, name=name, defaults={"query": query, "is_shared": is_shared}
        )


def change(
    pk: int, *, by: Operator, name: str | None = None, is_shared: bool | None = None
) -> SavedFilter | None:
    """
    Rename the operator's own filter, show it to colleagues or hide it; None leaves as it is.

    Return it, None when there is none. Raise CannotSave.
    """
    with transaction.atomic():
        row = SavedFilter.objects.select_for_update().filter(pk=pk, owner_id=by.id).first()
        if row is None:
            return None
        if name is not None:
            row.name = _named(name)
        if is_shared is not None:
            row.is_shared = is_shared
        try:
            with transaction.atomic():
                row.save(update_fields=["name", "is_shared"])
        except IntegrityError as broken:
            if "saved_filter_name_once" not in str(broken):
                raise
            raise CannotSave("name", _("You have a filter of this name already.")) from None
    return row


def delete(pk: int, *, by: Operator) -> bool:
    """Delete the operator's own filter; False when there is none."""
    return bool(SavedFilter.objects.filter(pk=pk, owner_id=by.id).delete()[0])


def _named(name: str) -> str:
    name = one_line(name)
    if not name or len(name) > 60:
        raise CannotSave("name", _("Give the filter a name, at most 60 characters."))
    return name


def _read(asked: QueryDict, rows: RequestQuerySet) -> WorkListFilter:
    """Return the list's own filter over `rows`; raise CannotSave for what it cannot read."""
    found = WorkListFilter(asked, queryset=rows)
    for field, words in found.form.errors.items():
        raise CannotSave(field, f"{found.form.fields[field].label}: {' '.join(map(str, words))}")
    return found
