"""The tabs of a company's cabinet: each room brings its own, and the addresses join them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import Actor
from disclosure.models import ManagementCompany, ResourceSupplier


@dataclass(frozen=True, kw_only=True)
class Tab:
    """A page of the cabinet; `count` is shown beside its word, None shows nothing."""

    name: str
    word: str
    href: str
    count: int | str | None = None


# Whose cabinet it is: a company's, a supplier's, or (None) of all that a person speaks for.
Mine = ManagementCompany | ResourceSupplier | None
Maker = Callable[[Mine, Actor], list[Tab]]


def made(makers: Iterable[Maker], mine: Mine, now_at: str, *, by: Actor) -> list[dict[str, object]]:
    """Return the tabs as components/tabs.html takes them; `now_at` is the name of this page's."""
    return [
        {"href": tab.href, "word": tab.word, "count": tab.count, "now": tab.name == now_at}
        for maker in makers
        for tab in maker(mine, by)
    ]


def of_forms(mine: Mine, _by: Actor) -> list[Tab]:
    """Return this room's own: the company's forms, its houses, what it has published."""
    if not isinstance(mine, ManagementCompany):
        return []
    return [
        Tab(
            name="company",
            word=_("The company's forms"),
            href=reverse("cabinet:company", args=[mine.inn]),
        ),
        Tab(name="houses", word=_("Houses"), href=reverse("cabinet:houses", args=[mine.inn])),
        Tab(
            name="history",
            word=_("Published"),
            href=reverse("publications:history", args=[mine.reference]),
        ),
    ]
