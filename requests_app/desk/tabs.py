"""The saved views of the work list, and how many requests wait behind each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, IntegerField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import Actor, Executor, Operator, user_id_of
from accounts.models import User
from requests_app.models import Request
from requests_app.querysets import RequestQuerySet
from requests_app.statuses import Status

BY_DUE = ["due_at", "id"]
NEWEST = ["-registered_at", "-id"]
# A queue longer than this is «99+»: nobody reads the exact number, and counting it costs.
COUNTED = 99

Narrow = Callable[[RequestQuerySet, Actor, datetime], RequestQuerySet]


@dataclass(frozen=True)
class Tab:
    """A saved view: its code in addresses, its words, its rows and their order."""

    code: str
    label: Promise
    narrow: Narrow
    icon: str
    order: tuple[str, ...] = tuple(BY_DUE)
    is_counted: bool = True


TABS: tuple[Tab, ...] = (
    Tab(
        "open",
        pgettext_lazy("requests", "Open"),
        lambda rows, _by, _at: rows.still_open(),
        "list",
    ),
    Tab(
        "new",
        pgettext_lazy("requests", "New"),
        lambda rows, _by, _at: rows.filter(status=Status.NEW),
        "inbox",
    ),
    Tab(
        "overdue",
        pgettext_lazy("requests", "Overdue"),
        lambda rows, _by, at: rows.overdue(at),
        "alert",
    ),
    Tab(
        "mine",
        pgettext_lazy("requests", "Mine"),
        lambda rows, by, _at: rows.assigned_to(user_id_of(by)).still_open(),
        "user",
    ),
    Tab(
        "waiting",
        _("Waiting for an answer"),
        lambda rows, _by, _at: rows.filter(status=Status.NEEDS_INFO),
        "question",
    ),
    Tab(
        "done",
        _("Done, the resident's turn"),
        lambda rows, _by, _at: rows.awaiting_confirmation(),
        "document",
    ),
    Tab(
        "all",
        pgettext_lazy("requests", "All"),
        lambda rows, _by, _at: rows,
        "archive",
        tuple(NEWEST),
        is_counted=False,
    ),
)
BY_CODE = {tab.code: tab for tab in TABS}
DEFAULT = BY_CODE["open"]


def counts(
    actor: Operator | Executor,
    *,
    at: datetime,
    tabs: Sequence[Tab] = TABS,
    rows: RequestQuerySet | None = None,
) -> dict[str, str]:
    """
    Return «0»…«99» or «99+» for each counted view: one statement, at most 100 rows a view.

    `rows` are those that the views part, all that the actor may see unless told otherwise.
    """
    seen = Request.objects.visible_to(actor) if rows is None else rows
    counted = [tab for tab in tabs if tab.is_counted]
    lengths = [
        Func(
            ArraySubquery(tab.narrow(seen, actor, at).order_by().values("pk")[: COUNTED + 1]),
            function="cardinality",
            output_field=IntegerField(),
        )
        for tab in counted
    ]
    found = User.objects.filter(pk=actor.id).values_list(*lengths).get()
    return {
        tab.code: f"{COUNTED}+" if count > COUNTED else str(count)
        for tab, count in zip(counted, found, strict=True)
    }
