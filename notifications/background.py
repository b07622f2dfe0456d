"""Holding, resuming and cancelling background work; who did it and why stays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from notifications import delivery
from notifications.models import BackgroundWork, Deed, WorkDeed, WorkState

Work = TypeVar("Work", bound=BackgroundWork)

REASON_MAX = 300

# From where a person may move work, and whereto.
MOVES: dict[Deed, tuple[tuple[WorkState, ...], WorkState]] = {
    Deed.PAUSE: ((WorkState.WAITING, WorkState.RUNNING), WorkState.PAUSED),
    Deed.GO_ON: ((WorkState.PAUSED,), WorkState.RUNNING),
    Deed.CANCEL: (
        (WorkState.WAITING, WorkState.RUNNING, WorkState.PAUSED),
        WorkState.CANCELLED,
    ),
}


class CannotMove(Exception):
    """The work does not stand where this could be done; its text is for the person."""


class NoReason(CannotMove):
    """Others must be able to read why."""


def deeds_of(work: BackgroundWork) -> list[Deed]:
    """Return what may be done with the work as it stands."""
    return [
        deed
        for deed, (sources, _target) in MOVES.items()
        if work.state in sources and (deed != Deed.CANCEL or work.may_be_cancelled)
    ]


@transaction.atomic
def move(work: Work, deed: Deed, *, reason: str, by: int | None, at: datetime) -> Work:
    """
    Hold, resume or cancel the work once its batch in hand is whole; return it as it stands now.

    What is cancelled tells nobody else, and its letters that have not left yet do not leave. Raise
    NoReason, or CannotMove if a colleague (or a second press) came first; nothing is written then.
    """
    reason = " ".join(reason.split())[:REASON_MAX]
    if not reason and deed != Deed.GO_ON:
        raise NoReason(_("Say why."))
    row = type(work)._default_manager.select_for_update().get(pk=work.pk)
    if deed not in deeds_of(row):
        raise CannotMove(_("It stands otherwise by now: nothing was changed."))
    row.state = MOVES[deed][1]
    row.save(update_fields=["state"])
    kept = 0
    if deed == Deed.CANCEL and row.letters_begin_with:
        kept = delivery.cancel_all(row.letters_begin_with)
    WorkDeed.objects.create(
        work=_name(row), deed=deed, reason=reason, kept_back=kept, by_id=by, at=at
    )
    return row


def decisions_on(works: Iterable[BackgroundWork]) -> dict[int, list[WorkDeed]]:
    """Return what was decided on each (by its id), the oldest first; one query, works of a kind."""
    names = {_name(work): work.pk for work in works}
    found: dict[int, list[WorkDeed]] = {pk: [] for pk in names.values()}
    for row in WorkDeed.objects.filter(work__in=names).select_related("by").order_by("id"):
        found[names[row.work]].append(row)
    return found


def forget(works: Iterable[BackgroundWork]) -> None:
    """Delete what was decided on works that are about to be deleted."""
    WorkDeed.objects.filter(work__in=[_name(work) for work in works]).delete()


def _name(work: BackgroundWork) -> str:
    return f"{work._meta.label_lower}:{work.pk}"
