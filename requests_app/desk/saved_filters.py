"""Filters under a name: each operator's own, and those that colleagues share."""

from __future__ import annotations

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.actors import Operator
from requests_app.desk.filters import WorkListFilter
from requests_app.models import SavedFilter
from requests_app.typed_text import one_line

AT_MOST = 50
# What is typed into the search box is left out: it may be a person's name or phone.
KEPT = frozenset({"tab", *WorkListFilter.base_filters})


class CannotSave(ValueError):
    """The filter is not kept; the message is for people."""


def kept_part(asked: QueryDict) -> str:
    """Return the part of the list's address that a filter keeps, always in one order."""
    kept = QueryDict(mutable=True)
    for name, values in sorted(asked.lists()):
        filled = [value for value in values if value]
        if name in KEPT and filled:
            kept.setlist(name, filled)
    return kept.urlencode()


def usable_by(by: Operator) -> list[SavedFilter]:
    """Return the operator's filters and the shared ones, by name."""
    return list(SavedFilter.objects.usable_by(by.id).select_related("owner").order_by("name", "id"))


def save(asked: QueryDict, *, name: str, is_shared: bool, by: Operator) -> SavedFilter:
    """Keep the filter under a name; one of that name is replaced. Raise CannotSave."""
    name, query = one_line(name), kept_part(asked)
    if not name or len(name) > 60:
        raise CannotSave(_("Give the filter a name, at most 60 characters."))
    if not query:
        raise CannotSave(_("Nothing is filtered: there is nothing to keep."))
    if len(query) > 1000:
        raise CannotSave(_("The filter is too long to keep."))
    with transaction.atomic():
        others = SavedFilter.objects.filter(owner_id=by.id).exclude(name=name)
        if others.count() >= AT_MOST:
            raise CannotSave(_("You have 50 filters already: delete one first."))
        saved, _is_new = SavedFilter.objects.update_or_create(
            owner_id=by.id, name=name, defaults={"query": query, "is_shared": is_shared}
        )
    return saved


def delete(pk: int, *, by: Operator) -> bool:
    """Delete the operator's own filter; False when there is none."""
    return bool(SavedFilter.objects.filter(pk=pk, owner_id=by.id).delete()[0])


def share(pk: int, *, is_shared: bool, by: Operator) -> bool:
    """Show the operator's own filter to colleagues, or hide it; False when there is none."""
    return bool(SavedFilter.objects.filter(pk=pk, owner_id=by.id).update(is_shared=is_shared))
